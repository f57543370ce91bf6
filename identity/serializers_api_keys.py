"""The shapes of the API keys' API."""

from typing import Any

from rest_framework import serializers

from identity.serializers import InstantField
from identity.states import ApiKeyState
from medicus.lib.actor import Scope

SCOPES = [item.value for item in Scope]
KEY_STATES = [item.value for item in ApiKeyState]


class ApiKeyRequest(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES), min_length=1)
    days = serializers.IntegerField(required=False, default=365, help_text="how long it holds, up to 730")


class ApiKeyAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
    prefix = serializers.CharField(help_text="how the key begins")
    state = serializers.ChoiceField(choices=KEY_STATES)
    created_by = serializers.CharField(help_text="empty: the operator")
    created_at = InstantField()
    expires_at = InstantField()
    revoked_at = InstantField(allow_null=True)
    last_used_at = InstantField(allow_null=True, help_text="to within a few minutes")


class ApiKeyListAnswer(serializers.Serializer[Any]):
    keys = ApiKeyAnswer(many=True)


class MadeKeyAnswer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="nobody can read it again")
    details = ApiKeyAnswer()
