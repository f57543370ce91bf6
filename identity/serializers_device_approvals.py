"""The shapes of the API of new devices that an administrator approves."""

from typing import Any

from rest_framework import serializers

from identity.device_approval import DIGEST_BYTES
from identity.device_join import MLS_KEY_BYTES
from identity.serializers import Base64Field, InstantField

STATES = "waiting, approved, refused, used, withdrawn or expired"


class AskApprovalRequest(serializers.Serializer[Any]):
    device_id = serializers.UUIDField(help_text="UUID of version 7, made by the client")
    name = serializers.CharField(max_length=100, allow_blank=True)
    identity_fingerprint = Base64Field(
        maximum_bytes=DIGEST_BYTES, help_text="SHA-256 of the identity key (SPKI), certified or about to be"
    )
    mls_key = Base64Field(maximum_bytes=MLS_KEY_BYTES, help_text="Ed25519, 32 bytes")
    device_key = Base64Field(maximum_bytes=200, help_text="SubjectPublicKeyInfo DER, ECDSA P-256")


class OwnApprovalAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.CharField(
        help_text=f"{STATES}; or unneeded: your organisation's administrators need not be asked any more"
    )
    code = serializers.CharField(help_text="what the person reads to the administrator")
    reason = serializers.CharField(help_text="why it was refused")
    requested_at = InstantField()
    expires_at = InstantField()


class ApprovalAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.CharField(help_text=STATES)
    person_id = serializers.UUIDField()
    person = serializers.CharField()
    department = serializers.CharField()
    own = serializers.BooleanField(help_text="your own, about which another administrator decides")
    name = serializers.CharField(help_text="how the browser calls itself")
    browser = serializers.CharField()
    system = serializers.CharField()
    network = serializers.CharField(help_text="the address without its end")
    code = serializers.CharField(help_text="what the person reads out")
    devices = serializers.IntegerField(help_text="how many devices the person has")
    requested_at = InstantField()
    expires_at = InstantField()
    decided_at = InstantField(allow_null=True)
    decided_by = serializers.CharField(help_text="empty: nobody, or the platform's operator")
    reason = serializers.CharField()


class ApprovalListAnswer(serializers.Serializer[Any]):
    demanded = serializers.BooleanField(help_text="whether the policy asks for approvals now")
    total = serializers.IntegerField(help_text="how many wait; a hundred are listed")
    waiting = ApprovalAnswer(many=True)
    decided = ApprovalAnswer(many=True)


class RefuseApprovalRequest(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, help_text="the person reads it")
