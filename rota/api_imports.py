"""The API of rotas from calendars: read, looked at, planned, undone."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from rota import access, actions
from rota import serializers as shapes
from rota.states import Rank


class ImportsView(APIView):
    @extend_schema(
        operation_id="rota_imports_check",
        request=shapes.CalendarRequest,
        responses={201: shapes.RotaImportAnswer},
    )
    def post(self, request: Request, role_id: uuid.UUID) -> Response:
        """Read a calendar: each event that is no shift is named, and nothing is planned yet."""
        by = actor_of(request)
        access.planned_role(by=by, role_id=role_id)
        serializer = shapes.CalendarRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        content, rank = sent["calendar"].encode(), Rank(sent["rank"])
        made = actions.check_calendar(by=by, role_id=role_id, content=content, rank=rank)
        return _import(request, made.id, status=201)


class ImportView(APIView):
    @extend_schema(operation_id="rota_imports_read", responses=shapes.RotaImportAnswer)
    def get(self, request: Request, import_id: uuid.UUID) -> Response:
        """What a calendar would plan, and which of its events are no shifts; then how many it has planned."""
        return _import(request, import_id)


class ImportStartView(APIView):
    @extend_schema(operation_id="rota_imports_start", request=None, responses=shapes.RotaImportAnswer)
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Plan the shifts of a calendar that was read: all of them, or none."""
        actions.start_import(by=actor_of(request), import_id=import_id)
        return _import(request, import_id)


class ImportUndoView(APIView):
    @extend_schema(operation_id="rota_imports_undo", request=None, responses=shapes.RotaImportAnswer)
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Delete the shifts of an import that have not begun."""
        actions.undo_import(by=actor_of(request), import_id=import_id)
        return _import(request, import_id)


def _import(request: Request, import_id: uuid.UUID, *, status: int = 200) -> Response:
    file = access.import_file(by=actor_of(request), import_id=import_id)
    return Response(shapes.RotaImportAnswer(file).data, status=status)
