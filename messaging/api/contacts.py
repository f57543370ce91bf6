"""The API of contact requests."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from messaging import access, actions, serializers
from messaging.api.reading import checked
from messaging.states import ContactAnswer, DeclineReason


class ContactView(APIView):
    @extend_schema(operation_id="contact_read", responses=serializers.ContactChoicesAnswer)
    def get(self, request: Request, group_id: uuid.UUID) -> Response:
        """To which roles of their hospital the person who is asked may pass a contact request on."""
        roles = access.role_choices(by=actor_of(request), group_id=group_id)
        return Response(serializers.ContactChoicesAnswer({"roles": roles}).data)

    @extend_schema(
        operation_id="contact_answer",
        request=serializers.ContactRequestAnswer,
        responses=serializers.GroupAnswer,
    )
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Accept a contact request, decline it, or pass it on (409 `contact-answered` once it has another answer)."""
        sent = checked(serializers.ContactRequestAnswer, request.data)
        group = actions.answer_contact(
            by=actor_of(request),
            group_id=group_id,
            answer=ContactAnswer(sent["answer"]),
            reason=DeclineReason(sent["reason"]),
            role_id=sent["role_id"],
        )
        return Response(serializers.GroupAnswer(group).data)
