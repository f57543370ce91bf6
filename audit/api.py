"""The API of the log."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import access, actions, fhir, serializers
from audit.forms import AccessLogForm, FilterForm, OwnLogForm
from audit.requests import actor_of, proof_file
from medicus.lib.actor import Scope


class FhirRenderer(JSONRenderer):
    media_type, format = fhir.MEDIA_TYPE, "fhir"


class EventsView(APIView):
    renderer_classes = [JSONRenderer, FhirRenderer]
    scopes = {"GET": Scope.AUDIT_READ}

    @extend_schema(
        parameters=[serializers.EventsQuery],
        responses={
            (200, "application/json"): serializers.EventsAnswer,
            (200, fhir.MEDIA_TYPE): OpenApiTypes.OBJECT,
        },
    )
    def get(self, request: Request) -> Response:
        """The events of the admin's own organisation, the newest first, 50 at a time.

        With `Accept: application/fhir+json` a FHIR R4 Bundle of AuditEvent in the pattern of IHE BALP.
        """
        page = actions.read_events(by=actor_of(request), wanted=FilterForm(request.query_params).wanted())
        if request.accepted_renderer.media_type == fhir.MEDIA_TYPE:
            return Response(_bundle(request, page))
        answer = {"rows": page.rows, "older": page.older, "seal": access.seal_state()}
        return Response(serializers.EventsAnswer(answer).data)


def _bundle(request: Request, page: access.EventPage) -> fhir.Resource:
    links = {"self": request.build_absolute_uri()}
    if page.older:
        query = request.query_params.copy()
        query["before"] = str(page.older)
        links["next"] = request.build_absolute_uri(f"?{query.urlencode()}")
    return fhir.bundle([fhir.audit_event(row, origin=settings.ORIGIN) for row in page.rows], links=links)


class ProofView(APIView):
    scopes = {"GET": Scope.AUDIT_READ}

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, event_id: UUID) -> HttpResponse:
        """One sealed event with its inclusion proof, in the form of C2SP tlog-proof."""
        return proof_file(actions.prove(by=actor_of(request), event_id=event_id), event_id)


class AccessLogView(APIView):
    @extend_schema(parameters=[serializers.PeriodQuery], responses=serializers.AccessLogAnswer)
    def get(self, request: Request, patient_id: UUID) -> Response:
        """Who looked at a patient's data, as the admin's own organisation recorded it, the newest first."""
        period = AccessLogForm(request.query_params).wanted()
        log = actions.read_access_log(by=actor_of(request), patient_id=patient_id, period=period)
        return Response(serializers.AccessLogAnswer(log).data)


class OwnAccessLogView(APIView):
    for_patients = True

    @extend_schema(parameters=[serializers.OwnLogQuery], responses=serializers.OwnAccessLogAnswer)
    def get(self, request: Request) -> Response:
        """Who looked at the acting patient's data, over all hospitals that keep a record of them, the newest first."""
        wanted = OwnLogForm(request.query_params).wanted()
        log = actions.read_own_access_log(by=actor_of(request), wanted=wanted)
        return Response(serializers.OwnAccessLogAnswer(log).data)


class NewAccessesView(APIView):
    for_patients = True

    @extend_schema(parameters=[serializers.NewAccessesQuery], responses=serializers.NewAccessesAnswer)
    def get(self, request: Request) -> Response:
        """How many accesses by others came after the event `after`: for a page that keeps itself up to date."""
        query = serializers.NewAccessesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        count = access.new_accesses(by=actor_of(request), after=query.validated_data["after"])
        return Response(serializers.NewAccessesAnswer({"count": count}).data)
