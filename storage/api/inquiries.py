"""/api/v1/me/access-inquiries and /api/v1/access-inquiries"""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from storage import access, actions
from storage.access import AskedCard, InquiryCard
from storage.api.shapes import parsed


class InquiryInput(serializers.Serializer[Any]):
    """words: at most 500 characters; may be left out."""

    words = serializers.CharField(default="", allow_blank=True)


class AnswerInput(serializers.Serializer[Any]):
    """answer: 10 to 2,000 characters, for the patient."""

    answer = serializers.CharField(allow_blank=True)


class InquiryOutput(serializers.Serializer[InquiryCard]):
    """event_id: of the entry. hospital: that answers. due_at: until when. answered_at: null while it is open."""

    id = serializers.UUIDField(source="inquiry_id")
    event_id = serializers.UUIDField()
    hospital = serializers.CharField()
    question = serializers.CharField()
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    days_open = serializers.IntegerField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()


class InquiriesOutput(serializers.Serializer[Any]):
    results = InquiryOutput(many=True)


class AskedOutput(serializers.Serializer[AskedCard]):
    """who, what, at, why: of the entry, in words; empty where the log knows no name any more. number: of the patient.
    own: about one's own access, which somebody else answers."""

    inquiry = InquiryOutput()
    patient_id = serializers.UUIDField()
    number = serializers.CharField()
    who = serializers.CharField(source="entry.row.actor.name", default="")
    what = serializers.CharField(source="entry.row.label", default="")
    at = serializers.DateTimeField(source="entry.row.at", default=None, allow_null=True)
    why = serializers.CharField(source="entry.why", default="")
    answered_by = serializers.CharField()
    own = serializers.BooleanField()


class AskedListOutput(serializers.Serializer[Any]):
    results = AskedOutput(many=True)


class OwnInquiries(APIView):
    for_patients = True

    @extend_schema(operation_id="me_access_inquiries_list", responses=InquiriesOutput)
    def get(self, request: Request) -> Response:
        """What the acting patient has asked about entries of their log, the latest first."""
        return Response(InquiriesOutput({"results": access.own_inquiries(by=actor_of(request))}).data)


class EntryInquiries(APIView):
    for_patients = True

    @extend_schema(
        operation_id="me_access_inquiries_ask", request=InquiryInput, responses={201: InquiryOutput}
    )
    def post(self, request: Request, event_id: uuid.UUID) -> Response:
        """Ask about one entry of one's own log. 409 if it was one's own look, or an inquiry about it is open."""
        asked = parsed(InquiryInput, request.data)
        made = actions.ask_about_access(by=actor_of(request), event_id=event_id, **asked)
        return Response(InquiryOutput(made).data, status=201)


class Inquiries(APIView):
    @extend_schema(operation_id="access_inquiries_list", responses=AskedListOutput)
    def get(self, request: Request) -> Response:
        """Those to the organisation, for its administrators: open ones first."""
        return Response(AskedListOutput({"results": access.inquiries_to_answer(by=actor_of(request))}).data)


class InquiryAnswer(APIView):
    @extend_schema(operation_id="access_inquiries_answer", request=AnswerInput, responses=AskedOutput)
    def post(self, request: Request, inquiry_id: uuid.UUID) -> Response:
        """Answer one. Needs a fresh second factor. 409 if it is answered, or about one's own access."""
        given = parsed(AnswerInput, request.data)
        answered = actions.answer_inquiry(by=actor_of(request), inquiry_id=inquiry_id, **given)
        return Response(AskedOutput(answered).data)
