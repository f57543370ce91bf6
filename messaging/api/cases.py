"""The API of cases: what one is about, closing it, the patient's record, and marks for the record."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from messaging import actions, serializers_cases
from messaging.access import GroupView
from messaging.api.reading import checked
from messaging.serializers import GroupAnswer
from messaging.states import CaseOutcome, WaiverReason


class CaseView(APIView):
    @extend_schema(operation_id="case_read", responses=serializers_cases.CasePageAnswer)
    def get(self, request: Request, group_id: uuid.UUID) -> Response:
        """The patient of a case and the findings shared in it, as far as the signed-in person may see them."""
        page = actions.open_case(by=actor_of(request), group_id=group_id)
        return Response(serializers_cases.CasePageAnswer(page).data)


class CaseCloseView(APIView):
    @extend_schema(operation_id="case_close", request=serializers_cases.CloseRequest, responses=GroupAnswer)
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Close a case. Nobody writes in it any more (409 `case-closed`), and its messages expire in time."""
        sent = checked(serializers_cases.CloseRequest, request.data)
        outcome = CaseOutcome(sent["outcome"])
        return _answer(actions.close_case(by=actor_of(request), group_id=group_id, outcome=outcome))


class CaseReopenView(APIView):
    @extend_schema(operation_id="case_reopen", request=None, responses=GroupAnswer)
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Open a closed case again. What has expired meanwhile does not come back."""
        return _answer(actions.reopen_case(by=actor_of(request), group_id=group_id))


class CaseRecordView(APIView):
    @extend_schema(
        operation_id="case_name_record", request=serializers_cases.RecordRequest, responses=GroupAnswer
    )
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Say which patient's record of the own organisation a case is about, or that it is about none."""
        sent = checked(serializers_cases.RecordRequest, request.data)
        return _answer(actions.name_record(by=actor_of(request), group_id=group_id, **sent))


class CaseExportsView(APIView):
    @extend_schema(operation_id="case_export", request=serializers_cases.ExportRequest, responses=GroupAnswer)
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Take marked messages into the record of the case's patient, as a document that the session's device has signed.

        They leave end-to-end encryption by this. The same document again gives the same answer. 409: `record-unnamed`,
        `not-marked`, `not-examined` for a file that is not available in the findings, `device-needed`."""
        sent = checked(serializers_cases.ExportRequest, request.data)
        return _answer(actions.take_into_record(by=actor_of(request), group_id=group_id, **sent))


class MarksView(APIView):
    @extend_schema(operation_id="marks_create", request=serializers_cases.MarkRequest, responses=GroupAnswer)
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Mark a message of a case for the record (409 `message-expired` when that comes too late)."""
        sent = checked(serializers_cases.MarkRequest, request.data)
        return _answer(actions.mark_message(by=actor_of(request), group_id=group_id, **sent))


class MarkWaiveView(APIView):
    @extend_schema(operation_id="marks_waive", request=serializers_cases.WaiverRequest, responses=GroupAnswer)
    def post(self, request: Request, group_id: uuid.UUID, message_id: uuid.UUID) -> Response:
        """Take back the own organisation's mark, for a reason: the message expires like all others."""
        sent = checked(serializers_cases.WaiverRequest, request.data)
        reason = WaiverReason(sent["reason"])
        waived = actions.waive_mark(
            by=actor_of(request), group_id=group_id, message_id=message_id, reason=reason
        )
        return _answer(waived)


def _answer(group: GroupView) -> Response:
    return Response(GroupAnswer(group).data)
