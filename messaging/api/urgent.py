"""The API of acknowledgements and urgent messages."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from messaging import access, actions
from messaging import serializers_urgent as shapes
from messaging.api.reading import checked
from messaging.states_urgent import AcknowledgementKind


class AcknowledgementsView(APIView):
    for_patients = True

    @extend_schema(
        operation_id="acknowledgements_list",
        parameters=[shapes.AcknowledgementQuery],
        responses=shapes.AcknowledgementsAnswer,
    )
    def get(self, request: Request, group_id: uuid.UUID) -> Response:
        """Who has acknowledged or taken over the messages after `since`."""
        asked = checked(shapes.AcknowledgementQuery, request.query_params)
        found = access.acknowledgements(by=actor_of(request), group_id=group_id, **asked)
        return Response(shapes.AcknowledgementsAnswer(found).data)


class AcknowledgeView(APIView):
    @extend_schema(
        operation_id="acknowledge",
        request=shapes.AcknowledgementRequest,
        responses={201: shapes.AcknowledgementAnswer},
    )
    def post(self, request: Request, group_id: uuid.UUID, message_id: uuid.UUID) -> Response:
        """Acknowledge a message, or take it over (409 `taken-over` once somebody else has)."""
        sent = checked(shapes.AcknowledgementRequest, request.data)
        kind = AcknowledgementKind(sent["kind"])
        said = actions.acknowledge(by=actor_of(request), group_id=group_id, message_id=message_id, kind=kind)
        return Response(shapes.AcknowledgementAnswer(said).data, status=201)


class HandBackView(APIView):
    @extend_schema(operation_id="message_hand_back", request=None, responses=shapes.AcknowledgementAnswer)
    def post(self, request: Request, group_id: uuid.UUID, message_id: uuid.UUID) -> Response:
        """Hand back what was taken over."""
        ended = actions.hand_back(by=actor_of(request), group_id=group_id, message_id=message_id)
        return Response(shapes.AcknowledgementAnswer(ended).data)


class UrgentView(APIView):
    @extend_schema(operation_id="urgent_read", responses=shapes.UrgentAnswer)
    def get(self, request: Request, group_id: uuid.UUID, message_id: uuid.UUID) -> Response:
        """An urgent message: whom it asks, and its timeline."""
        found = access.urgent_message(by=actor_of(request), group_id=group_id, message_id=message_id)
        return Response(shapes.UrgentAnswer(found).data)

    @extend_schema(
        operation_id="urgent_announce", request=shapes.UrgentRequest, responses={201: shapes.UrgentAnswer}
    )
    def post(self, request: Request, group_id: uuid.UUID, message_id: uuid.UUID) -> Response:
        """Announce that a message is urgent, and again once it is sent. The same announcement answers the same."""
        sent = checked(shapes.UrgentRequest, request.data)
        found = actions.announce(by=actor_of(request), group_id=group_id, message_id=message_id, **sent)
        return Response(shapes.UrgentAnswer(found).data, status=201)


class WithdrawView(APIView):
    @extend_schema(operation_id="urgent_withdraw", request=None, responses=shapes.UrgentAnswer)
    def post(self, request: Request, group_id: uuid.UUID, message_id: uuid.UUID) -> Response:
        """Withdraw an urgency: nobody else is asked (409 `urgent-over` once it is acknowledged)."""
        found = actions.withdraw(by=actor_of(request), group_id=group_id, message_id=message_id)
        return Response(shapes.UrgentAnswer(found).data)


class UrgentMessagesView(APIView):
    @extend_schema(
        operation_id="urgent_list", parameters=[shapes.UrgentQuery], responses=shapes.UrgentPageAnswer
    )
    def get(self, request: Request, group_id: uuid.UUID) -> Response:
        """The urgent messages of a conversation after `since`."""
        asked = checked(shapes.UrgentQuery, request.query_params)
        found = access.urgent_messages(by=actor_of(request), group_id=group_id, **asked)
        return Response(shapes.UrgentPageAnswer(found).data)


class OpenItemsView(APIView):
    @extend_schema(operation_id="urgent_open", responses=shapes.UrgentItemsAnswer)
    def get(self, request: Request) -> Response:
        """What waits for your acknowledgement, what is open for your roles, and whom your conversations lack."""
        return Response(shapes.UrgentItemsAnswer(access.open_items(by=actor_of(request))).data)
