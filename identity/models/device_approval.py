"""Browsers that an administrator has to approve before they become devices."""

from django.db import models
from django.db.models import F, Q

from identity.models.organisation import Organisation
from identity.models.person import Person
from identity.states import DeviceApprovalState
from medicus.lib.ids import new_id


class DeviceApproval(models.Model):
    """A signed-in browser asks the organisation's administrators to let it become a device of its person.

    One row for each set of keys: what was decided holds for these keys and no others, and is used once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    device_id = models.UUIDField(help_text="made by the client; the id of the device, once registered")
    name = models.CharField(max_length=100)
    fingerprint = models.BinaryField(
        max_length=32, unique=True, help_text="of the keys, see identity/device_approval.py"
    )
    identity_fingerprint = models.BinaryField(
        max_length=32, help_text="SHA-256 of the identity key (SPKI), certified or about to be"
    )
    network = models.CharField(max_length=50, blank=True, help_text="the address without its end")
    browser = models.CharField(max_length=30, blank=True)
    system = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in DeviceApprovalState])
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", help_text="empty: the operator"
    )
    reason = models.CharField(max_length=500, blank=True, help_text="why it was refused; the person reads it")

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "state", "requested_at"], name="approval_by_organisation"),
            models.Index(fields=["person", "organisation"], name="approval_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=DeviceApprovalState.WAITING, decided_at__isnull=True)
                | Q(
                    state__in=[
                        DeviceApprovalState.APPROVED,
                        DeviceApprovalState.REFUSED,
                        DeviceApprovalState.USED,
                    ],
                    decided_at__isnull=False,
                )
                | Q(state=DeviceApprovalState.WITHDRAWN),
                name="approval_waits_or_is_decided",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("person")), name="approval_is_not_by_its_own_person"
            ),
            models.CheckConstraint(
                condition=~Q(state=DeviceApprovalState.REFUSED, reason=""),
                name="approval_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("requested_at")), name="approval_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"approval {self.id}"
