"""The API of a group's stream: entries, messages, receipts."""

import uuid

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from messaging import access, actions, serializers
from messaging.api.reading import checked
from messaging.live import frames


class EntriesView(APIView):
    for_patients = True

    @extend_schema(parameters=[serializers.PageRequest], responses=serializers.PageAnswer)
    def get(self, request: Request, group_id: uuid.UUID) -> HttpResponse:
        """The entries after `since`, own ones included; a page ends earlier when it grows large."""
        asked = checked(serializers.PageRequest, request.query_params)
        rows, last_seq = access.read(by=actor_of(request), group_id=group_id, **asked)
        body = frames.page([frames.entry(row) for row in rows], last_seq)
        return HttpResponse(body, content_type="application/json")


class MessagesView(APIView):
    """Answers where no ASGI server does; elsewhere `messaging.live.posting` stands in front of it."""

    for_patients = True

    @extend_schema(request=serializers.MessageRequest, responses={201: serializers.WrittenAnswer})
    def post(self, request: Request, group_id: uuid.UUID) -> HttpResponse:
        """Append an application message. The same id again gives the same answer."""
        sent = checked(serializers.MessageRequest, request.data)
        written = actions.send(
            by=actor_of(request),
            group_id=group_id,
            message_id=sent["id"],
            epoch=sent["epoch"],
            body=sent["body"],
        )
        return HttpResponse(frames.place(written), content_type="application/json", status=201)


class ReceiptsView(APIView):
    for_patients = True

    @extend_schema(request=serializers.ReceiptRequest, responses={204: None})
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Raise the signed-in person's watermarks."""
        sent = checked(serializers.ReceiptRequest, request.data)
        actions.confirm(by=actor_of(request), group_id=group_id, **sent)
        return Response(status=204)
