"""Whom somebody blocked, and what was reported to the administrators of a hospital."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from medicus.lib.ids import new_id
from messaging.states import CONTACT_PAUSE_DAYS
from messaging.states_conduct import ReportCategory, ReportOutcome, ReportState


class Block(models.Model):
    """That somebody takes no direct messages from a person, wherever that person acts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "identity.Organisation", models.PROTECT, related_name="+", help_text="for which the person acted"
    )
    blocked = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(person=F("blocked")), name="block_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"block {self.id}"

    def ask_again_at(self, at: datetime) -> datetime:
        """What a blocked person is told in place of the day after which one may ask again: always within a week."""
        week = timedelta(days=CONTACT_PAUSE_DAYS)
        return self.made_at + week * ((at - self.made_at) // week + 1)


class Report(models.Model):
    """What somebody reports to the administrators of their own hospital about a person they met in a conversation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reporter = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    reported = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    reported_organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    group = models.ForeignKey("messaging.Group", models.PROTECT, related_name="+")
    message_id = models.UUIDField(null=True, help_text="as the reporter says; the server cannot read it")
    category = models.CharField(max_length=20, choices=[(one.value, one.value) for one in ReportCategory])
    sealed_words = models.BinaryField(help_text="of the reporter")
    sealed_text = models.BinaryField(null=True, help_text="of the message, if the reporter attached it")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in ReportState])
    passed_on_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=10, blank=True, choices=[(one.value, one.value) for one in ReportOutcome]
    )
    sealed_note = models.BinaryField(null=True, help_text="of the administrator who closed it")
    handled_by = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reporter=F("reported")), name="report_somebody_else"),
            models.CheckConstraint(
                condition=Q(
                    state=ReportState.CLOSED.value, closed_at__isnull=False, sealed_note__isnull=False
                )
                & ~Q(outcome="")
                | (~Q(state=ReportState.CLOSED.value) & Q(closed_at=None, sealed_note=None, outcome="")),
                name="report_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.OPEN.value) ^ Q(handled_by__isnull=False),
                name="report_open_until_handled",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReportState.PASSED_ON.value) | Q(passed_on_at__isnull=False),
                name="report_passed_on_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "made_at"], name="reports_of_hospital"),
            models.Index(
                fields=["reported_organisation", "passed_on_at"],
                condition=Q(passed_on_at__isnull=False),
                name="reports_passed_on",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.id}"
