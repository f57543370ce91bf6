"""The API of an organisation's API keys, for its administrators: no key makes or ends keys."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import access, actions
from identity import serializers_api_keys as shapes
from identity.access import actor_of


class ApiKeysView(APIView):
    @extend_schema(operation_id="api_keys_list", responses=shapes.ApiKeyListAnswer)
    def get(self, request: Request) -> Response:
        """The keys of the organisation that you administer; those that hold first."""
        return Response(shapes.ApiKeyListAnswer({"keys": access.api_keys(by=actor_of(request))}).data)

    @extend_schema(
        operation_id="api_keys_create",
        request=shapes.ApiKeyRequest,
        responses={201: shapes.MadeKeyAnswer},
    )
    def post(self, request: Request) -> Response:
        """Make a key; it is in this answer and nowhere else."""
        by = actor_of(request)
        organisation_id = access.administered(by=by)
        serializer = shapes.ApiKeyRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        made = actions.create_api_key(by=by, organisation_id=organisation_id, **serializer.validated_data)
        shown = {"key": made.token, "details": access.card_of_key(made.key)}
        return Response(shapes.MadeKeyAnswer(shown).data, status=201)


class RevokeApiKeyView(APIView):
    @extend_schema(operation_id="api_keys_revoke", request=None, responses=shapes.ApiKeyAnswer)
    def post(self, request: Request, api_key_id: uuid.UUID) -> Response:
        """End a key at once."""
        revoked = actions.revoke_api_key(by=actor_of(request), api_key_id=api_key_id)
        return Response(shapes.ApiKeyAnswer(access.card_of_key(revoked)).data)
