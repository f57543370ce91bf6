"""The API of blocks and reports, for the person themselves."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from messaging import access, actions
from messaging.access import BlockCard, OwnReport
from messaging.actions import Reported
from messaging.api.reading import checked
from messaging.serializers import InstantField, OrganisationAnswer
from messaging.states_conduct import (
    TEXT_CHARACTERS,
    WORDS_CHARACTERS,
    ReportCategory,
    ReportOutcome,
    ReportState,
)

CATEGORIES = [category.value for category in ReportCategory]
STATES = [state.value for state in ReportState]
OUTCOMES = ["", *(outcome.value for outcome in ReportOutcome)]


class BlockRequest(serializers.Serializer[Any]):
    person_id = serializers.UUIDField()


class BlockAnswer(serializers.Serializer[BlockCard]):
    person_id = serializers.UUIDField(source="card.person_id")
    name = serializers.CharField(source="card.name")
    organisation = OrganisationAnswer(source="card")
    made_at = InstantField()


class BlocksAnswer(serializers.Serializer[Any]):
    blocks = BlockAnswer(many=True)


class ReportRequest(serializers.Serializer[Any]):
    person_id = serializers.UUIDField()
    group_id = serializers.UUIDField()
    category = serializers.ChoiceField(choices=CATEGORIES)
    words = serializers.CharField(default="", allow_blank=True, max_length=WORDS_CHARACTERS)
    message_id = serializers.UUIDField(default=None, allow_null=True)
    text = serializers.CharField(
        default=None,
        allow_null=True,
        max_length=TEXT_CHARACTERS,
        help_text="of the message; it leaves the end-to-end encryption, and the administrators read it",
    )


class ReportAnswer(serializers.Serializer[OwnReport]):
    id = serializers.UUIDField(source="report_id")
    person_id = serializers.UUIDField(source="reported.person_id")
    name = serializers.CharField(source="reported.name")
    category = serializers.ChoiceField(choices=CATEGORIES)
    state = serializers.ChoiceField(choices=STATES)
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    made_at = InstantField()


class ReportsAnswer(serializers.Serializer[Any]):
    reports = ReportAnswer(many=True)


class BlocksView(APIView):
    @extend_schema(operation_id="blocks_read", responses=BlocksAnswer)
    def get(self, request: Request) -> Response:
        """Whom the person blocked."""
        return _blocks(access.blocks(by=actor_of(request)))

    @extend_schema(operation_id="block_make", request=BlockRequest, responses=BlocksAnswer)
    def post(self, request: Request) -> Response:
        """Block somebody: direct conversations with them close, and they are not told. Repeating it changes nothing."""
        sent = checked(BlockRequest, request.data)
        return _blocks(actions.block(by=actor_of(request), person_id=sent["person_id"]))


class BlockDetail(APIView):
    @extend_schema(operation_id="block_lift", responses=BlocksAnswer)
    def delete(self, request: Request, person_id: uuid.UUID) -> Response:
        """Lift a block."""
        return _blocks(actions.unblock(by=actor_of(request), person_id=person_id))


class ReportsView(APIView):
    @extend_schema(operation_id="reports_read", responses=ReportsAnswer)
    def get(self, request: Request) -> Response:
        """What the person has reported, and how far it is."""
        reports = access.own_reports(by=actor_of(request))
        return Response(ReportsAnswer({"reports": reports}).data)

    @extend_schema(operation_id="report_make", request=ReportRequest, responses={201: ReportAnswer})
    def post(self, request: Request) -> Response:
        """Report a person to the administrators of one's own hospital."""
        sent = checked(ReportRequest, request.data)
        what = Reported(**sent | {"category": ReportCategory(sent["category"])})
        return Response(ReportAnswer(actions.report(by=actor_of(request), what=what)).data, status=201)


def _blocks(blocks: list[BlockCard]) -> Response:
    return Response(BlocksAnswer({"blocks": blocks}).data)
