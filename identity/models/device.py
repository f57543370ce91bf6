"""Identity keys and devices."""

from django.db import models
from django.db.models import Q

from identity.models.organisation import Organisation
from identity.models.person import Person
from medicus.lib.ids import new_id


class IdentityKey(models.Model):
    """A person's identity key in one organisation: made in the browser, certified by the organisation.

    At most one is current; a reset revokes it, makes room for the next, and is visible to every peer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="identity_keys")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    certificate = models.BinaryField(help_text="X.509 DER, CA with path length 0, ECDSA P-256")
    fingerprint = models.BinaryField(max_length=32, unique=True, help_text="SHA-256 of the public key (SPKI)")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(revoked_at__isnull=True),
                name="one_current_identity_key",
            )
        ]

    def __str__(self) -> str:
        return f"identity key {self.id}"


class Device(models.Model):
    """A browser with its own keys. Its certificate is signed by the person's identity key, in the browser."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="made by the client")
    person = models.ForeignKey(Person, models.PROTECT, related_name="devices")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    identity_key = models.ForeignKey(IdentityKey, models.PROTECT, related_name="devices")
    name = models.CharField(max_length=100)
    certificate = models.BinaryField(help_text="X.509 DER, ECDSA P-256")
    mls_thumbprint = models.CharField(
        max_length=43,
        unique=True,
        help_text="RFC 7638 SHA-256 thumbprint of the MLS signature key, base64url",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "organisation"], name="device_by_person")]

    def __str__(self) -> str:
        return f"device {self.id}"

    @property
    def mls_identity(self) -> str:
        """The identity of its MLS basic credential: `<person-id>:<device tag>@<organisation domain>`.

        The tag is the last 16 hexadecimal digits of the device's id: the client's engine has ids of 64 bits.
        The certificate carries the whole id."""
        return f"{self.person_id}:{self.id.hex[16:]}@{self.organisation.domain}"


class DeviceChallenge(models.Model):
    """A nonce that a device must sign to be attached to a session; deleted when it is used."""

    nonce = models.BinaryField(primary_key=True, max_length=32)
    device = models.ForeignKey(Device, models.CASCADE, related_name="+")
    session_digest = models.BinaryField(max_length=32, help_text="SHA-256 of the session's key")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"challenge for {self.device_id}"
