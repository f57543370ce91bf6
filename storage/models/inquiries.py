"""What patients ask about entries of the log of their record, and what the hospital answers."""

from django.db import models
from django.db.models import Q

from medicus.lib.ids import new_id
from storage.models.findings import Patient


class AccessInquiry(models.Model):
    """A patient asks the hospital that keeps their record about one entry of its log; one at a time for each."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="inquiries")
    event_id = models.UUIDField(help_text="of the entry; see `audit.models.AuditEvent`")
    sealed_question = models.BinaryField(help_text="in the patient's own words; may be none")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    sealed_answer = models.BinaryField(null=True)

    class Meta:
        verbose_name_plural = "access inquiries"
        constraints = [
            models.UniqueConstraint(
                fields=["event_id"], condition=Q(answered_at=None), name="access_inquiry_once_open_per_entry"
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_at=None, sealed_answer=None)
                | Q(answered_by__isnull=False, answered_at__isnull=False, sealed_answer__isnull=False),
                name="access_inquiry_is_open_or_answered",
            ),
        ]
        indexes = [models.Index(fields=["event_id"], name="access_inquiry_by_entry")]

    def __str__(self) -> str:
        return f"access inquiry {self.id}"
