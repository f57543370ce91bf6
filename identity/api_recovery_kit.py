"""The API of the recovery kit, for the browser that seals or opens it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions
from identity.access import actor_of
from identity.sealed_key import LARGEST_BYTES
from identity.serializers import Base64Field, InstantField


class KitAnswer(serializers.Serializer[Any]):
    made_at = InstantField(allow_null=True, help_text="null: there is none")


class SealedKey(serializers.Serializer[Any]):
    sealed_key = Base64Field(maximum_bytes=LARGEST_BYTES, help_text="AES-256-GCM: nonce, ciphertext, tag")


class RecoveryKitView(APIView):
    for_patients = True

    @extend_schema(responses=KitAnswer)
    def get(self, request: Request) -> Response:
        """Whether one's current identity key has a kit, and since when."""
        return Response(KitAnswer({"made_at": access.recovery_kit_since(by=actor_of(request))}).data)

    @extend_schema(request=SealedKey, responses={204: None})
    def post(self, request: Request) -> Response:
        """Keep the identity key as this browser has sealed it; an earlier kit ends."""
        sent = SealedKey(data=request.data)
        sent.is_valid(raise_exception=True)
        actions.keep_recovery_kit(by=actor_of(request), sealed_key=sent.validated_data["sealed_key"])
        return Response(status=204)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Withdraw the kit."""
        actions.withdraw_recovery_kit(by=actor_of(request))
        return Response(status=204)


class FetchKitView(APIView):
    for_patients = True

    @extend_schema(request=None, responses=SealedKey)
    def post(self, request: Request) -> Response:
        """Fetch the sealed key, to open it with the code on the paper; ten times an hour."""
        return Response(SealedKey({"sealed_key": actions.fetch_recovery_kit(by=actor_of(request))}).data)
