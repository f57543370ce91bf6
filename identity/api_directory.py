"""The API of the directory: searching it, and what an organisation and its people state in it."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions
from identity import serializers_directory as shapes
from identity.access import actor_of
from identity.api_reading import read
from identity.states import ConnectionType


class DirectoryView(APIView):
    @extend_schema(parameters=[shapes.DirectoryQuery], responses=shapes.DirectoryAnswer)
    def get(self, request: Request) -> Response:
        """Search colleagues of all verified organisations; all filters must hold."""
        asked = read(shapes.DirectoryQuery, request.query_params)
        sought = access.Sought(
            query=asked["q"],
            speciality=asked["speciality"],
            sub_speciality=asked["sub_speciality"],
            language=asked["language"],
            organisation_id=asked["organisation"],
            hospital=asked["hospital"],
            on_duty=asked["on_duty"],
        )
        found = actions.search_directory(by=actor_of(request), sought=sought, page=asked["page"])
        return Response(shapes.DirectoryAnswer(found).data)


class ValueSetsView(APIView):
    @extend_schema(responses=shapes.ValueSetsAnswer)
    def get(self, request: Request) -> Response:  # noqa: ARG002 (DRF's signature)
        """The closed sets of the directory with their names: specialities, sub-specialities and languages."""
        return Response(shapes.ValueSetsAnswer(access.value_sets()).data)


class OwnLanguagesView(APIView):
    @extend_schema(operation_id="own_languages_read", responses=shapes.OwnLanguages)
    def get(self, request: Request) -> Response:
        """The languages in which you can be spoken to."""
        return Response({"languages": sorted(access.own_languages(by=actor_of(request)))})

    @extend_schema(
        operation_id="own_languages_set", request=shapes.OwnLanguages, responses=shapes.OwnLanguages
    )
    def put(self, request: Request) -> Response:
        """Say in which languages you can be spoken to."""
        by = actor_of(request)
        actions.set_own_languages(by=by, **read(shapes.OwnLanguages, request.data))
        return Response({"languages": sorted(access.own_languages(by=by))})


class StatementView(APIView):
    @extend_schema(operation_id="people_directory_read", responses=shapes.StatementAnswer)
    def get(self, request: Request, membership_id: uuid.UUID) -> Response:
        """What the organisation states of one of its people in the directory."""
        return Response(
            shapes.StatementAnswer(access.statement(by=actor_of(request), membership_id=membership_id)).data
        )

    @extend_schema(
        operation_id="people_directory_state", request=shapes.Statement, responses=shapes.StatementAnswer
    )
    def put(self, request: Request, membership_id: uuid.UUID) -> Response:
        """State speciality, sub-specialities and Telematik-ID of one of its people."""
        by = actor_of(request)
        access.statement(by=by, membership_id=membership_id)
        actions.state_in_directory(by=by, membership_id=membership_id, **read(shapes.Statement, request.data))
        return Response(shapes.StatementAnswer(access.statement(by=by, membership_id=membership_id)).data)


class OrganisationStatementView(APIView):
    @extend_schema(operation_id="organisation_directory_read", responses=shapes.OrganisationStatementAnswer)
    def get(self, request: Request) -> Response:
        """What the directory says of the organisation that you administer."""
        return _organisation(request)

    @extend_schema(
        operation_id="organisation_directory_state",
        request=shapes.OrganisationStatement,
        responses=shapes.OrganisationStatementAnswer,
    )
    def put(self, request: Request) -> Response:
        """State its Telematik-ID."""
        by = actor_of(request)
        access.administered(by=by)
        actions.state_organisation(by=by, **read(shapes.OrganisationStatement, request.data))
        return _organisation(request)


class EndpointsView(APIView):
    @extend_schema(
        operation_id="endpoints_add", request=shapes.EndpointRequest, responses={201: shapes.EndpointAnswer}
    )
    def post(self, request: Request) -> Response:
        """Tell an address at which the organisation's systems are reached; nothing here calls it."""
        by = actor_of(request)
        access.administered(by=by)
        sent = read(shapes.EndpointRequest, request.data)
        connection_type = ConnectionType(sent.pop("connection_type"))
        made = actions.add_endpoint(by=by, connection_type=connection_type, **sent)
        return Response(shapes.EndpointAnswer(made).data, status=201)


class EndpointView(APIView):
    @extend_schema(operation_id="endpoints_remove", responses={204: None})
    def delete(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """Take an address out of the directory."""
        actions.remove_endpoint(by=actor_of(request), endpoint_id=endpoint_id)
        return Response(status=204)


def _organisation(request: Request) -> Response:
    told = access.organisation_statement(by=actor_of(request))
    return Response(shapes.OrganisationStatementAnswer(told).data)
