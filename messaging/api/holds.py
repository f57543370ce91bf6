"""The API of legal holds, for administrators."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of, administered
from messaging import access, actions
from messaging.api.reading import checked
from messaging.serializers_cases import HoldAnswer, HoldRequest, HoldsAnswer, LiftRequest


class HoldsView(APIView):
    @extend_schema(operation_id="legal_holds_list", responses=HoldsAnswer)
    def get(self, request: Request) -> Response:
        """The legal holds of the organisation that you administer, lifted ones included."""
        return Response(HoldsAnswer({"results": access.holds(by=actor_of(request))}).data)

    @extend_schema(operation_id="legal_holds_place", request=HoldRequest, responses={201: HoldAnswer})
    def post(self, request: Request) -> Response:
        """Stop the expiry of one conversation, or of all that a person of the organisation has."""
        by = actor_of(request)
        administered(by=by)  # before a word on what was sent
        hold = actions.place_hold(by=by, **checked(HoldRequest, request.data))
        return Response(HoldAnswer(access.hold_card(hold)).data, status=201)


class HoldLiftView(APIView):
    @extend_schema(operation_id="legal_holds_lift", request=LiftRequest, responses=HoldAnswer)
    def post(self, request: Request, hold_id: uuid.UUID) -> Response:
        """Lift a legal hold. What is due by then expires within the hour."""
        by = actor_of(request)
        access.own_hold(by=by, hold_id=hold_id)
        sent = checked(LiftRequest, request.data)
        hold = actions.lift_hold(by=by, hold_id=hold_id, reason=sent["reason"])
        return Response(HoldAnswer(access.hold_card(hold)).data)
