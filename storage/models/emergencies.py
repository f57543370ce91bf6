"""Access to a protected folder in an emergency ("break glass")."""

from django.db import models
from django.db.models import F, Q

from medicus.lib.ids import new_id
from storage.models.findings import Patient
from storage.states import EmergencyReason, ReviewState


class EmergencyAccess(models.Model):
    """One member, one patient, for an hour at most; its review stays open until somebody else closes it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="emergencies")
    membership = models.ForeignKey("identity.Membership", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=[(item.value, item.value) for item in EmergencyReason])
    sealed_account = models.BinaryField(help_text="why, in the words of who asked")
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="brought forward when it is ended before its time")
    state = models.CharField(max_length=15, choices=[(item.value, item.value) for item in ReviewState])
    reviewed_by = models.ForeignKey(
        "identity.Person",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="null: nobody yet, or the service itself",
    )
    reviewed_at = models.DateTimeField(null=True)
    sealed_note = models.BinaryField(null=True, help_text="what the review found")

    class Meta:
        verbose_name_plural = "emergency accesses"
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=[item.value for item in EmergencyReason]),
                name="emergency_access_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("begun_at")), name="emergency_access_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ReviewState.OPEN.value, reviewed_by=None, reviewed_at=None, sealed_note=None
                )
                | Q(
                    state__in=[ReviewState.JUSTIFIED.value, ReviewState.UNJUSTIFIED.value],
                    reviewed_at__isnull=False,
                    sealed_note__isnull=False,
                ),
                name="emergency_access_is_open_or_reviewed",
            ),
        ]
        indexes = [
            models.Index(fields=["membership", "ends_at"], name="emergency_access_by_member"),
            models.Index(
                fields=["begun_at"],
                condition=Q(state=ReviewState.OPEN.value),
                name="emergency_access_to_review",
            ),
        ]

    def __str__(self) -> str:
        return f"emergency access {self.id}, {self.state}"
