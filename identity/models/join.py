"""Browsers that ask to become a device."""

from django.db import models
from django.db.models import F, Q

from identity.device_join import JoinKeys
from identity.models.organisation import Organisation
from identity.models.person import Person
from identity.states import JoinState
from medicus.lib.ids import new_id


class DeviceJoin(models.Model):
    """A signed-in browser without the identity key asks one that has it to certify the keys it has made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    session_digest = models.BinaryField(
        max_length=32, help_text="SHA-256 of the key of the session that asks"
    )
    device_id = models.UUIDField(help_text="made by the client; the id of the device, once approved")
    name = models.CharField(max_length=100)
    device_key = models.BinaryField(help_text="SubjectPublicKeyInfo DER, ECDSA P-256")
    mls_key = models.BinaryField(max_length=32, help_text="Ed25519")
    nonce = models.BinaryField(max_length=32)
    agreement_key = models.BinaryField(
        max_length=65, help_text="P-256, uncompressed; to which the backup key is wrapped"
    )
    wrapped_backup_key = models.BinaryField(
        max_length=189,
        null=True,
        help_text="for the new device only; until it is fetched, or the time is over",
    )
    network = models.CharField(max_length=50, blank=True, help_text="the address without its end")
    browser = models.CharField(max_length=30, blank=True)
    system = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in JoinState])
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "organisation"], name="join_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=JoinState.WAITING, ended_at__isnull=True)
                | Q(
                    state__in=[JoinState.APPROVED, JoinState.REFUSED, JoinState.WITHDRAWN],
                    ended_at__isnull=False,
                ),
                name="join_waits_or_has_ended",
            ),
            models.CheckConstraint(
                condition=Q(wrapped_backup_key__isnull=True) | Q(state=JoinState.APPROVED),
                name="join_backup_key_of_approved",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="join_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["session_digest"], condition=Q(state=JoinState.WAITING), name="join_once_per_session"
            ),
        ]

    def __str__(self) -> str:
        return f"join {self.id}"

    @property
    def keys(self) -> JoinKeys:
        """What the asking browser has made."""
        return JoinKeys(
            self.device_id,
            bytes(self.nonce),
            bytes(self.mls_key),
            bytes(self.agreement_key),
            bytes(self.device_key),
        )
