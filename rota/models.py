"""Roles, who may fill and plan them, the shifts that fill them, and what became of each shift."""

from django.db import models
from django.db.models import F, Q

from medicus.lib.ids import new_id
from rota.states import Act, FilledBy, ImportState, Part, Rank


class Role(models.Model):
    """A recipient that is filled by a rota: "Kardiologie, Dienstarzt".

    In the words of FHIR: a HealthcareService of an Organization, which a PractitionerRole (the membership of the
    person on duty) provides at a time; `description` is HealthcareService.comment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    department = models.ForeignKey("identity.Department", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    search_name = models.CharField(max_length=400, help_text="see `identity.names.search_form`")
    description = models.CharField(max_length=500, blank=True, help_text="what it answers")
    filled_by = models.CharField(max_length=20, choices=[(item.value, item.value) for item in FilledBy])
    is_public = models.BooleanField(default=False, help_text="verified other organisations find it")
    names_holder = models.BooleanField(default=False, help_text="their clinicians are told who is on duty")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(closed_at__isnull=True),
                name="role_name_once_per_organisation",
            ),
            models.CheckConstraint(
                condition=Q(filled_by=FilledBy.LIST.value)
                | Q(filled_by=FilledBy.DEPARTMENT.value, department__isnull=False),
                name="role_is_filled_by_a_department_it_has",
            ),
            models.CheckConstraint(
                condition=Q(is_public=True) | Q(names_holder=False),
                name="role_names_nobody_while_it_is_hidden",
            ),
        ]
        indexes = [models.Index(fields=["search_name"], name="role_by_name")]

    def __str__(self) -> str:
        return self.name


class Named(models.Model):
    """Somebody who is named for a role: who may fill it, or who may plan it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    role = models.ForeignKey(Role, models.CASCADE, related_name="named")
    membership = models.ForeignKey("identity.Membership", models.CASCADE, related_name="+")
    part = models.CharField(max_length=20, choices=[(item.value, item.value) for item in Part])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "membership", "part"], name="named_once_for_each_part"),
        ]

    def __str__(self) -> str:
        return f"{self.part} of {self.role_id}"


class RotaImport(models.Model):
    """An iCalendar file that a planner has had read, and what it would plan; see `rota.calendar_file`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    role = models.ForeignKey(Role, models.CASCADE, related_name="+")
    created_by = models.ForeignKey(
        "identity.Person", models.PROTECT, null=True, related_name="+", help_text="null: the service itself"
    )
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(item.value, item.value) for item in ImportState])
    rank = models.SmallIntegerField()
    rows = models.JSONField(help_text="the shifts; emptied when it is over")
    faults = models.JSONField(help_text="the events that are none, and why; emptied when it is over")
    planned = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ImportState.CHECKED.value, finished_at=None)
                | Q(state__in=[ImportState.DONE.value, ImportState.UNDONE.value], finished_at__isnull=False),
                name="rota_import_waits_or_is_over",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.id}, {self.state}"


class Shift(models.Model):
    """Somebody fills a role from an instant until another one (FHIR PractitionerRole.availability, by the date).

    What has been is never changed: a shift that has begun only ends sooner or later, and `removed_at` takes away
    one that never began. No two of one role and rank overlap while they are not removed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    role = models.ForeignKey(Role, models.PROTECT, related_name="shifts")
    membership = models.ForeignKey("identity.Membership", models.PROTECT, related_name="+")
    rank = models.SmallIntegerField(choices=[(item.value, item.name) for item in Rank])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    rota_import = models.ForeignKey(RotaImport, models.SET_NULL, null=True, related_name="shifts")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(rank__in=[rank.value for rank in Rank]), name="shift_rank_is_known"
            ),
            models.UniqueConstraint(
                fields=["role", "rank", "starts_at"],
                condition=Q(removed_at__isnull=True),
                name="shift_begins_once_per_role_and_rank",
            ),
        ]
        indexes = [
            models.Index(fields=["role", "ends_at"], name="shift_by_role"),
            models.Index(fields=["membership", "ends_at"], name="shift_by_membership"),
            models.Index(fields=["ends_at", "starts_at"], name="shift_by_time"),
        ]

    def __str__(self) -> str:
        return f"shift {self.id}"


class EscalationStep(models.Model):
    """Who is asked next while nobody has answered: a person, or whoever holds another role then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    role = models.ForeignKey(Role, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    wait_minutes = models.PositiveSmallIntegerField(help_text="after the one before was asked")
    to_role = models.ForeignKey(Role, models.PROTECT, null=True, related_name="+")
    to_membership = models.ForeignKey("identity.Membership", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "position"], name="escalation_step_once_per_position"),
            models.CheckConstraint(
                condition=Q(to_role__isnull=True, to_membership__isnull=False)
                | Q(to_role__isnull=False, to_membership__isnull=True),
                name="escalation_step_asks_a_role_or_a_person",
            ),
            models.CheckConstraint(
                condition=Q(to_role__isnull=True) | ~Q(to_role=F("role")), name="escalation_step_leads_on"
            ),
            models.CheckConstraint(
                condition=Q(wait_minutes__gte=1, wait_minutes__lte=1440),
                name="escalation_step_waits_a_minute_to_a_day",
            ),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"step {self.position} of {self.role_id}"


class DutyRecord(models.Model):
    """What became of a shift, as it was then. A row for each change, in the transaction of its audit event.

    Rows are only added: triggers refuse to change or delete one, and `event_id` leads to its proof."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    role = models.ForeignKey(Role, models.PROTECT, related_name="records")
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="records")
    act = models.CharField(max_length=20, choices=[(item.value, item.value) for item in Act])
    at = models.DateTimeField()
    by_person_id = models.UUIDField(null=True, help_text="null: the service itself")
    membership_id = models.UUIDField(help_text="whose shift it was then")
    rank = models.SmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    event_id = models.UUIDField(help_text="of the audit log")

    class Meta:
        indexes = [models.Index(fields=["role", "event_id"], name="duty_record_by_role")]

    def __str__(self) -> str:
        return f"{self.act} of {self.shift_id}"
