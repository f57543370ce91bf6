"""Which person signs in for which patient record."""

from django.db import models
from django.db.models import Q

from medicus.lib.ids import new_id
from storage.models.findings import Patient


class PatientLink(models.Model):
    """A patient has taken an invitation to their record up: this membership is theirs, until it is ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="links")
    membership = models.ForeignKey("identity.Membership", models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=20, blank=True, help_text="`identity.states.WithdrawalReason`")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at=None), name="patient_link_once_per_patient"
            ),
            models.UniqueConstraint(
                fields=["membership"], condition=Q(ended_at=None), name="patient_link_once_per_membership"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(reason="")),
                name="patient_link_is_ended_by_somebody_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} for {self.membership_id}"
