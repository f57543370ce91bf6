"""The API of lists of people: checked, imported, undone."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions, staff_csv
from identity.access import actor_of
from identity.csv_answer import csv_file
from identity.serializers import InstantField
from identity.serializers_people import StaffWanted
from identity.states import ImportState

FILE = {(200, "text/csv"): OpenApiTypes.STR}
STATES = [state.value for state in ImportState]


class ListRequest(serializers.Serializer[Any]):
    csv = serializers.CharField(
        trim_whitespace=False, help_text="the text of the file, the names of the columns first"
    )


class ImportAnswer(serializers.Serializer[Any]):
    """done: rows that the import has dealt with. skipped: of these, those whose address was taken meanwhile."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    skipped = serializers.SerializerMethodField()
    created_at = InstantField()
    finished_at = InstantField(allow_null=True)

    def get_skipped(self, found: Any) -> int:
        return len(found.skipped)


class ImportsAnswer(serializers.Serializer[Any]):
    results = ImportAnswer(many=True)


class FaultAnswer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    column = serializers.CharField(help_text="empty: the whole row")
    sentence = serializers.CharField(help_text="for people, in the language of the request")


class DryRunAnswer(serializers.Serializer[Any]):
    """waiting: what can be started now; null where a row is wrong."""

    people = serializers.IntegerField()
    faults = FaultAnswer(many=True)
    waiting = ImportAnswer(allow_null=True)


class ImportsView(APIView):
    @extend_schema(operation_id="people_imports_list", responses=ImportsAnswer)
    def get(self, request: Request) -> Response:
        """The latest imports of the organisation that you administer."""
        return Response(ImportsAnswer({"results": access.imports(by=actor_of(request))}).data)

    @extend_schema(
        operation_id="people_imports_check",
        request=ListRequest,
        responses={200: DryRunAnswer, 201: OpenApiResponse(DryRunAnswer, description="can be started")},
    )
    def post(self, request: Request) -> Response:
        """Check a list (CSV): each cell that is wrong is named, and nobody is made yet."""
        serializer = ListRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        content = serializer.validated_data["csv"].encode()
        found = actions.check_people(by=actor_of(request), content=content)
        return Response(DryRunAnswer(found).data, status=201 if found.waiting else 200)


class ImportView(APIView):
    @extend_schema(operation_id="people_imports_read", responses=ImportAnswer)
    def get(self, request: Request, import_id: uuid.UUID) -> Response:
        """How far an import is."""
        file = access.import_file(by=actor_of(request), import_id=import_id)
        return Response(ImportAnswer(file.people_import).data)


class ImportStartView(APIView):
    @extend_schema(operation_id="people_imports_start", request=None, responses=ImportAnswer)
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Begin to import a checked list. Needs a fresh second factor."""
        started = actions.start_import(by=actor_of(request), import_id=import_id)
        return Response(ImportAnswer(started).data)


class ImportUndoView(APIView):
    @extend_schema(operation_id="people_imports_undo", request=None, responses=ImportAnswer)
    def post(self, request: Request, import_id: uuid.UUID) -> Response:
        """Remove everybody of an import, as long as nobody of it has begun. Needs a fresh second factor."""
        undone = actions.undo_import(by=actor_of(request), import_id=import_id)
        return Response(ImportAnswer(undone).data)


class ImportLinksView(APIView):
    @extend_schema(operation_id="people_imports_links", request=None, responses=FILE)
    def post(self, request: Request, import_id: uuid.UUID) -> HttpResponse:
        """A new link for everybody of an import who has no password yet, as a file (CSV).

        The links stand in this answer and nowhere else; earlier ones hold no longer. Needs a fresh second factor."""
        return csv_file(actions.make_links(by=actor_of(request), import_id=import_id), "links")


class TemplateView(APIView):
    @extend_schema(operation_id="people_imports_template", responses=FILE)
    def get(self, request: Request) -> HttpResponse:
        """An empty list (CSV) with the names of the columns, in the language of the request."""
        access.administered(by=actor_of(request))
        return csv_file(staff_csv.write(staff_csv.header((get_language() or "de")[:2]), []), "template")


class ExportView(APIView):
    @extend_schema(operation_id="people_export", request=StaffWanted, responses=FILE)
    def post(self, request: Request) -> HttpResponse:
        """The people of the organisation that you administer as a file (CSV). Needs a fresh second factor."""
        by = actor_of(request)
        access.administered(by=by)
        serializer = StaffWanted(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        wanted = access.Wanted(asked["q"], asked["function"], asked["department"], asked["only"])
        return csv_file(actions.export_people(by=by, wanted=wanted), "people")
