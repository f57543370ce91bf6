"""How a person's place in an organisation was ended, step by step."""

from django.db import models
from django.db.models import F, Q

from identity.models.person import Membership, Person
from identity.states import OffboardingReason
from medicus.lib.ids import new_id


class Offboarding(models.Model):
    """An offboarding with what each step of it did. At most one of a membership is not undone.

    The audit events that `steps` names prove it; this row says which they are."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="offboardings")
    reason = models.CharField(max_length=20, choices=[(item.value, item.value) for item in OffboardingReason])
    deputy = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    started_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", help_text="null: the service itself"
    )
    started_at = models.DateTimeField(help_text="the click")
    finished_at = models.DateTimeField()
    steps = models.JSONField(help_text="a list of {step, count, at, event_id}, in the order they were done")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(undone_at__isnull=True), name="offboarding_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__gte=F("started_at")), name="offboarding_begins_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("finished_at")),
                name="offboarding_ends_before_it_is_undone",
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("membership")),
                name="offboarding_deputy_is_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=[item.value for item in OffboardingReason]),
                name="offboarding_reason_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"offboarding {self.id}"
