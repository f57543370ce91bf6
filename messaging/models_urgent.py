"""Acknowledgements, and urgent messages with their deadlines. Nothing here says what a message is about."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from medicus.lib.ids import new_id
from messaging.states_urgent import (
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    TIMED,
    AcknowledgementKind,
    UrgentAct,
    UrgentState,
)


class Acknowledgement(models.Model):
    """That somebody has acknowledged a message, or has taken over what it asks for. `ended_at`: handed back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey("messaging.Group", models.PROTECT, related_name="+", db_index=False)
    message_id = models.UUIDField()
    seq = models.BigIntegerField(help_text="of the message")
    member = models.ForeignKey("messaging.GroupMember", models.PROTECT, related_name="acknowledgements")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in AcknowledgementKind])
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "message_id", "member", "kind"],
                condition=Q(ended_at__isnull=True),
                name="acknowledged_once_by_each",
            ),
            models.UniqueConstraint(
                fields=["group", "message_id"],
                condition=Q(ended_at__isnull=True, kind=AcknowledgementKind.TAKEN_OVER.value),
                name="taken_over_by_one",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(kind=AcknowledgementKind.TAKEN_OVER.value),
                name="only_what_is_taken_over_ends",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["group", "seq", "at"], name="acknowledgements_of_stream")]

    def __str__(self) -> str:
        return f"{self.kind} {self.group_id}/{self.seq}"


class UrgentMessage(models.Model):
    """That a message wants an answer by a deadline. The row is the truth of its timer.

    `step`: how far it has climbed; `due_at`: when it climbs on; `holder`: who held the role when it was last looked
    at, from whom it is handed over; `lines`: how many its timeline has."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey("messaging.Group", models.PROTECT, related_name="urgent", db_index=False)
    message_id = models.UUIDField()
    seq = models.BigIntegerField(null=True, help_text="of the message, once it is there")
    sender = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    sender_organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    role = models.ForeignKey("rota.Role", models.PROTECT, null=True, related_name="+")
    deadline_minutes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in UrgentState])
    step = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    exhausted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    holder = models.ForeignKey("identity.Membership", models.PROTECT, null=True, related_name="+")
    lines = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "message_id"], name="urgent_once_per_message"),
            models.CheckConstraint(
                condition=Q(deadline_minutes__gte=SHORTEST_MINUTES, deadline_minutes__lte=LONGEST_MINUTES),
                name="urgent_deadline_bounded",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TIMED, due_at__isnull=False)
                | (~Q(state__in=TIMED) & Q(due_at__isnull=True)),
                name="urgent_due_while_timed",
            ),
            models.CheckConstraint(
                condition=Q(state=UrgentState.ACKNOWLEDGED.value) ^ Q(closed_by__isnull=True),
                name="urgent_acknowledged_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="urgent_to_climb"),
            models.Index(fields=["group", "seq"], name="urgent_of_stream"),
            models.Index(fields=["role", "state"], name="urgent_of_role"),
        ]

    def __str__(self) -> str:
        return f"urgent {self.group_id}/{self.message_id}"


class UrgentStep(models.Model):
    """Whom an urgent message asks at which step, as the chain was when it was announced.

    `person` is empty where nobody could be asked; `role`: of the chain, whose holder they were."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    urgent = models.ForeignKey(UrgentMessage, models.CASCADE, related_name="steps")
    step = models.PositiveSmallIntegerField()
    person = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, null=True, related_name="+")
    role = models.ForeignKey("rota.Role", models.PROTECT, null=True, related_name="+", db_index=False)
    given_minutes = models.PositiveSmallIntegerField(help_text="until the next step")
    reached_at = models.DateTimeField(null=True)
    skipped = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["urgent", "step", "person"], name="urgent_step_asks_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=True, organisation__isnull=True)
                | Q(person__isnull=False, organisation__isnull=False),
                name="urgent_step_asks_somebody_somewhere",
            ),
        ]
        ordering: ClassVar = ["step", "id"]

    def __str__(self) -> str:
        return f"step {self.step} of {self.urgent_id}"


class UrgentLine(models.Model):
    """A line of the timeline. Rows are only added; `notified_at`: when the notice that it calls for went out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    urgent = models.ForeignKey(UrgentMessage, models.CASCADE, related_name="timeline", db_index=False)
    number = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=12, choices=[(act.value, act.value) for act in UrgentAct])
    step = models.PositiveSmallIntegerField()
    person = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    from_person = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    notifies = models.BooleanField(default=False)
    notified_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["urgent", "number"], name="urgent_line_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="urgent_line_counts_from_one"),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True) | Q(notifies=True, notified_at__gte=F("at")),
                name="urgent_line_notified_where_due",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=Q(notifies=True, notified_at__isnull=True), name="urgent_to_notify"
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.urgent_id}"
