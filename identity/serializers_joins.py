"""The shapes of the API of browsers that ask to become a device."""

from typing import Any

from rest_framework import serializers

from identity.device_join import (
    AGREEMENT_KEY_BYTES,
    MLS_KEY_BYTES,
    NONCE_BYTES,
    WRAPPED_BACKUP_KEY_BYTES,
)
from identity.serializers import Base64Field, ChainField, InstantField
from identity.states import JoinRefusal


class AskRequest(serializers.Serializer[Any]):
    device_id = serializers.UUIDField(help_text="UUID of version 7, made by the client")
    name = serializers.CharField(max_length=100, allow_blank=True)
    nonce = Base64Field(maximum_bytes=NONCE_BYTES)
    mls_key = Base64Field(maximum_bytes=MLS_KEY_BYTES, help_text="Ed25519, 32 bytes")
    agreement_key = Base64Field(
        maximum_bytes=AGREEMENT_KEY_BYTES, help_text="P-256, uncompressed; to which a backup key is wrapped"
    )
    device_key = Base64Field(maximum_bytes=200, help_text="SubjectPublicKeyInfo DER, ECDSA P-256")


class JoinAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.CharField(help_text="waiting, approved, refused, withdrawn or expired")
    name = serializers.CharField()
    browser = serializers.CharField()
    system = serializers.CharField()
    network = serializers.CharField(help_text="the address without its end")
    device_id = serializers.UUIDField()
    nonce = Base64Field()
    mls_key = Base64Field()
    agreement_key = Base64Field()
    device_key = Base64Field()
    created_at = InstantField()
    expires_at = InstantField()
    chain = ChainField(help_text="once approved: device, person, organisation, root; DER")
    has_backup_key = serializers.BooleanField(help_text="one came with the approval and was not fetched yet")


class JoinListAnswer(serializers.Serializer[Any]):
    joins = JoinAnswer(many=True)


class ApproveRequest(serializers.Serializer[Any]):
    fingerprint = Base64Field(maximum_bytes=32, help_text="what both browsers have compared, SHA-256")
    certificate = Base64Field()
    wrapped_backup_key = Base64Field(
        required=False,
        maximum_bytes=WRAPPED_BACKUP_KEY_BYTES,
        help_text="189 bytes: the key of the history backup, sealed to the agreement key; left out: it stays",
    )


class WrappedBackupKeyAnswer(serializers.Serializer[Any]):
    wrapped_backup_key = Base64Field()


REFUSALS = [item.value for item in JoinRefusal]


class RefuseRequest(serializers.Serializer[Any]):
    refusal = serializers.ChoiceField(choices=REFUSALS, default=JoinRefusal.NOT_MINE.value)
