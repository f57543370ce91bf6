"""The API of calls to a browser that is not open (Web Push)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from identity.serializers import Base64Field
from messaging import actions
from messaging.access.push import push_state
from messaging.api.reading import checked

ENDPOINT_CHARACTERS = 1000


class PushStateAnswer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="the application server key to subscribe with, base64url")
    subscribed = serializers.BooleanField()
    device = serializers.BooleanField(help_text="whether this browser is a device that can be called")


class PushSubscriptionRequest(serializers.Serializer[Any]):
    endpoint = serializers.CharField(max_length=ENDPOINT_CHARACTERS)
    p256dh = Base64Field(maximum_bytes=65)
    auth = Base64Field(maximum_bytes=16)


class PushView(APIView):
    for_patients = True

    @extend_schema(operation_id="push_read", responses=PushStateAnswer)
    def get(self, request: Request) -> Response:
        """Whether this browser is called when something waits unseen, and the key to subscribe with."""
        return Response(PushStateAnswer(push_state(by=actor_of(request))).data)

    @extend_schema(operation_id="push_subscribe", request=PushSubscriptionRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        """Have this browser called. The call says nothing but that it is one."""
        sent = checked(PushSubscriptionRequest, request.data)
        actions.subscribe_push(by=actor_of(request), **sent)
        return Response(status=204)

    @extend_schema(operation_id="push_unsubscribe", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Call this browser no more."""
        actions.unsubscribe_push(by=actor_of(request))
        return Response(status=204)


class PushTestView(APIView):
    for_patients = True

    @extend_schema(operation_id="push_test", request=None, responses={202: None})
    def post(self, request: Request) -> Response:
        """Call this browser now (409 when it is not called at all, 429 when it was called a moment ago)."""
        actions.try_push(by=actor_of(request))
        return Response(status=202)
