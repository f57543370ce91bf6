"""The shapes of `identity`'s API: what comes in, checked; what goes out, described."""

import base64
import binascii
from datetime import UTC
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from identity.access.devices import chain_of, chain_of_key
from identity.pki import MAXIMUM_DER_BYTES
from identity.proof import PASSKEY_CHARACTERS
from identity.states import NewDevicesPolicy, Way
from medicus.lib.actor import Actor
from medicus.lib.freshness import fresh_until


@extend_schema_field({"type": "string", "format": "byte"})
class Base64Field(serializers.Field[bytes, str, str, bytes]):
    """Bytes as standard base64 with padding; at most `maximum_bytes`."""

    default_error_messages = {"base64": "this is not base64", "length": "this is too long"}

    def __init__(self, *, maximum_bytes: int = MAXIMUM_DER_BYTES, **options: Any) -> None:
        super().__init__(**options)
        self.maximum_bytes = maximum_bytes

    def to_internal_value(self, data: str) -> bytes:
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, TypeError, ValueError):
            self.fail("base64")
        if len(content) > self.maximum_bytes:
            self.fail("length")
        return content

    def to_representation(self, value: bytes) -> str:
        return base64.b64encode(value).decode()


class InstantField(serializers.DateTimeField):
    """An instant as ISO 8601 in UTC, whatever time zone the pages are in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class ChainField(serializers.ListField):
    """Certificates as DER, the leaf first."""

    child = Base64Field()


class IdentityKeyChain(ChainField):
    def get_attribute(self, instance: Any) -> list[bytes]:
        return chain_of_key(instance)


class DeviceChain(ChainField):
    def get_attribute(self, instance: Any) -> list[bytes]:
        return chain_of(instance)


class CertifyRequest(serializers.Serializer[Any]):
    csr = Base64Field()


class IdentityKeyAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    certificate = Base64Field()
    chain = IdentityKeyChain(help_text="person, organisation, root; DER")
    fingerprint = Base64Field(help_text="SHA-256 of the public key (SPKI)")


class RegisterRequest(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="UUID of version 7, made by the client")
    name = serializers.CharField(max_length=100, allow_blank=True)
    certificate = Base64Field()


class RegisterAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    chain = DeviceChain(help_text="device, person, organisation, root; DER")


class ChallengeAnswer(serializers.Serializer[Any]):
    nonce = Base64Field(maximum_bytes=32)


class AttachRequest(serializers.Serializer[Any]):
    signature = Base64Field(maximum_bytes=64, help_text="ECDSA-SHA256, IEEE P1363")


class DeviceId(serializers.Serializer[Any]):
    id = serializers.UUIDField()


class DeviceAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    person_id = serializers.UUIDField()
    organisation_id = serializers.UUIDField()
    name = serializers.CharField()
    chain = DeviceChain(help_text="device, person, organisation, root; DER")
    revoked_at = InstantField(allow_null=True)


class DeviceListQuery(serializers.Serializer[Any]):
    person = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=250)


class DeviceListAnswer(serializers.Serializer[Any]):
    devices = DeviceAnswer(many=True)


class OwnOrganisation(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    domain = serializers.CharField()


class CurrentKeyAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    fingerprint = Base64Field()


class MeAnswer(serializers.Serializer[Any]):
    person_id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    language = serializers.CharField()
    membership_id = serializers.UUIDField()
    organisation = OwnOrganisation()
    roles = serializers.ListField(child=serializers.CharField())
    device_id = serializers.UUIDField(allow_null=True)
    identity_key = CurrentKeyAnswer(allow_null=True)
    new_devices = serializers.ChoiceField(
        choices=[item.value for item in NewDevicesPolicy], help_text="who approves a new device of yours"
    )
    root_certificate = Base64Field()


class PasskeyOptions(serializers.Serializer[Any]):
    options = serializers.DictField(help_text="as JSON of WebAuthn Level 3, for `navigator.credentials`")


class ConfirmRequest(serializers.Serializer[Any]):
    way = serializers.ChoiceField([way.value for way in (Way.TOTP, Way.RECOVERY_CODE, Way.PASSKEY)])
    value = serializers.CharField(
        max_length=PASSKEY_CHARACTERS, help_text="the code, or the passkey's answer as JSON"
    )


class ConfirmAnswer(serializers.Serializer[Any]):
    fresh_until = serializers.SerializerMethodField()

    @extend_schema_field(InstantField())
    def get_fresh_until(self, actor: Actor) -> str | None:
        if actor.verified_at is None:
            return None
        return str(InstantField().to_representation(fresh_until(actor.verified_at)))
