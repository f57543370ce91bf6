"""The API of messaging in figures, for administrators."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from messaging import access
from messaging.serializers_figures import MessagingFiguresAnswer


class FiguresView(APIView):
    @extend_schema(operation_id="messaging_figures_read", responses=MessagingFiguresAnswer)
    def get(self, request: Request) -> Response:
        """Conversations, messages, storage and unused devices of the organisation that you administer; no content."""
        return Response(MessagingFiguresAnswer(access.messaging_figures(by=actor_of(request))).data)
