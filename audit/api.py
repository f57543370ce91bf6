"""The API of the log."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import access, actions, serializers
from audit.forms import FilterForm
from audit.requests import actor_of


class EventsView(APIView):
    @extend_schema(parameters=[serializers.EventsQuery], responses=serializers.EventsAnswer)
    def get(self, request: Request) -> Response:
        """The events of the admin's own organisation, the newest first, 50 at a time."""
        page = actions.read_events(by=actor_of(request), wanted=FilterForm(request.query_params).wanted())
        answer = {"rows": page.rows, "older": page.older, "seal": access.seal_state()}
        return Response(serializers.EventsAnswer(answer).data)
