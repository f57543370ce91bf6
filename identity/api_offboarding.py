"""The API of offboarding: what it will end, the act, and what it did."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import actions
from identity.access import actor_of
from identity.access import offboarding as access
from identity.access.staff import staff_membership
from identity.serializers import InstantField
from identity.states import OffboardingReason

REASONS = [reason.value for reason in OffboardingReason]


class EffectAnswer(serializers.Serializer[Any]):
    step = serializers.CharField()
    title = serializers.CharField(help_text="for people, in the language of the request")
    count = serializers.IntegerField()


class OffboardingPreviewAnswer(serializers.Serializer[Any]):
    effects = EffectAnswer(many=True)
    sheets = serializers.ListField(child=serializers.UUIDField(), help_text="earlier ones, the newest first")


class OffboardRequest(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=REASONS, default=OffboardingReason.LEFT.value)
    deputy_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="a membership of the organisation"
    )


class PlaceAnswer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    checkpoint_size = serializers.IntegerField(source="size")
    sealed_at = InstantField()


class SheetLineAnswer(serializers.Serializer[Any]):
    title = serializers.CharField(help_text="for people, in the language of the request")
    count = serializers.IntegerField()
    at = InstantField()
    seconds = serializers.FloatField(help_text="after the click")
    event_id = serializers.UUIDField()
    place = PlaceAnswer(allow_null=True, help_text="null: not sealed yet")
    missing = serializers.BooleanField(help_text="the audit log does not hold the event")


class OffboardingSheetAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    membership_id = serializers.UUIDField()
    name = serializers.CharField()
    reason = serializers.ChoiceField(choices=REASONS)
    deputy = serializers.CharField(help_text="empty: nobody named")
    started_by = serializers.CharField(help_text="empty: the service itself")
    started_at = InstantField()
    finished_at = InstantField()
    undone_at = InstantField(allow_null=True)
    is_sealed = serializers.BooleanField()
    lines = SheetLineAnswer(many=True)


class OffboardingView(APIView):
    @extend_schema(operation_id="offboarding_preview", responses=OffboardingPreviewAnswer)
    def get(self, request: Request, membership_id: uuid.UUID) -> Response:
        """What offboarding this person would end."""
        by = actor_of(request)
        shown = access.preview(by=by, membership_id=membership_id)
        sheets = [row.id for row in access.sheets_of(by=by, membership_id=membership_id)]
        return Response(OffboardingPreviewAnswer({"effects": shown.effects, "sheets": sheets}).data)

    @extend_schema(
        operation_id="offboarding_start", request=OffboardRequest, responses={201: OffboardingSheetAnswer}
    )
    def post(self, request: Request, membership_id: uuid.UUID) -> Response:
        """End this person's place in the organisation, now. Repeating it changes nothing."""
        by = actor_of(request)
        staff_membership(by=by, membership_id=membership_id)
        sent = OffboardRequest(data=request.data)
        sent.is_valid(raise_exception=True)
        done = actions.offboard(by=by, membership_id=membership_id, **sent.validated_data)
        found = access.sheet(by=by, offboarding_id=done.id)
        return Response(OffboardingSheetAnswer(found).data, status=201)


class OffboardingSheetView(APIView):
    @extend_schema(operation_id="offboarding_read", responses=OffboardingSheetAnswer)
    def get(self, request: Request, offboarding_id: uuid.UUID) -> Response:
        """What an offboarding did; the proof of each line is that of its audit event."""
        return Response(
            OffboardingSheetAnswer(access.sheet(by=actor_of(request), offboarding_id=offboarding_id)).data
        )
