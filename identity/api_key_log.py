"""The API by which a browser checks its person's own keys and devices against the audit log."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions
from identity import serializers_key_log as shapes
from identity.access import actor_of
from identity.states import KeyDoubt


class KeyEventsView(APIView):
    for_patients = True

    @extend_schema(parameters=[shapes.KeyEventsQuery], responses=shapes.KeyEventsAnswer)
    def get(self, request: Request) -> Response:
        """The sealed events of one's own identity keys and devices, with all that proves them."""
        asked = shapes.KeyEventsQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        log = access.key_log(by=actor_of(request), since_size=asked.validated_data["since_size"])
        return Response(shapes.KeyEventsAnswer(log).data)


class DoubtsView(APIView):
    for_patients = True

    @extend_schema(request=shapes.DoubtRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        """Report what this browser has found when it checked them."""
        sent = shapes.DoubtRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        actions.report_key_doubt(by=actor_of(request), doubt=KeyDoubt(sent.validated_data["doubt"]))
        return Response(status=204)
