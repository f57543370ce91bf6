"""What lies around the messages of a case: the case itself, what is marked for the record, and legal holds."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from medicus.lib.ids import new_id
from messaging.states import CaseOutcome, CaseState, MarkState, WaiverReason


class Case(models.Model):
    """The case that a group of kind `case` is about, or one of kind `patient`.

    `organisation`: of whoever began it; its clinicians close it and open it again. `patient`: the record that it is
    about; none while the hospital has no folder. `with_patient`: the patient takes part; then neither the record nor
    the organisation ever changes (messaging/keeping.py). When its messages end is not written down but follows from
    `closed_at` and the policies (`access.retention`), so that a changed policy holds at once."""

    group = models.OneToOneField("messaging.Group", models.PROTECT, primary_key=True, related_name="case")
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    patient = models.ForeignKey("storage.Patient", models.PROTECT, null=True, related_name="+")
    with_patient = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in CaseState])
    opened_by = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=20, blank=True, choices=[(outcome.value, outcome.value) for outcome in CaseOutcome]
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    state=CaseState.OPEN.value, closed_at__isnull=True, closed_by__isnull=True, outcome=""
                )
                | Q(state=CaseState.CLOSED.value, closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(outcome=""),
                name="case_closed_by_somebody_for_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(with_patient=False) | Q(patient__isnull=False), name="patient_case_has_a_record"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["closed_at"], condition=Q(state=CaseState.CLOSED.value), name="cases_to_expire"
            )
        ]

    def __str__(self) -> str:
        return f"case {self.group_id}, {self.state}"


class Mark(models.Model):
    """That an organisation wants a message of a case in its record. It is kept until it is there (`export`), or that is
    waived for a reason.

    Only ids: of the message, and of its file where it has one. What they say, the server does not know."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey("messaging.Group", models.PROTECT, related_name="marks")
    message_id = models.UUIDField()
    object_id = models.UUIDField(null=True, help_text="of the attachment, as the client says")
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in MarkState])
    marked_by = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    waived_by = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    waived_at = models.DateTimeField(null=True)
    reason = models.CharField(
        max_length=20, blank=True, choices=[(reason.value, reason.value) for reason in WaiverReason]
    )
    export = models.ForeignKey("messaging.RecordExport", models.PROTECT, null=True, related_name="marks")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "message_id", "organisation"],
                condition=Q(state=MarkState.MARKED.value),
                name="marked_once_per_organisation",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[MarkState.MARKED.value, MarkState.EXPORTED.value],
                    waived_at__isnull=True,
                    waived_by__isnull=True,
                    reason="",
                )
                | Q(state=MarkState.WAIVED.value, waived_at__isnull=False, waived_by__isnull=False)
                & ~Q(reason=""),
                name="mark_waived_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=MarkState.EXPORTED.value, export__isnull=False)
                | ~Q(state=MarkState.EXPORTED.value) & Q(export__isnull=True),
                name="mark_exported_by_an_export",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} for {self.organisation_id}, {self.state}"


class RecordExport(models.Model):
    """That somebody took messages of a case into the record of their hospital, and signed for it with a device.

    `digest`: of what was signed; the same again is the same export. `bundle` and `sheet`: the two documents in the
    findings, the FHIR document and what people read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey("messaging.Group", models.PROTECT, related_name="exports")
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    digest = models.BinaryField(
        max_length=32, help_text="SHA-256 of the canonical bundle without its signature"
    )
    device = models.ForeignKey("identity.Device", models.PROTECT, related_name="+")
    exported_by = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    exported_at = models.DateTimeField()
    bundle = models.OneToOneField("storage.Finding", models.PROTECT, related_name="+")
    sheet = models.OneToOneField("storage.Finding", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "organisation", "digest"], name="exported_once")
        ]

    def __str__(self) -> str:
        return f"export {self.id} of {self.group_id}"


class Hold(models.Model):
    """A legal hold: an organisation stops the expiry of one conversation, or of all that a person of its has.

    In force until it is lifted, for a reason of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    group = models.ForeignKey("messaging.Group", models.PROTECT, null=True, related_name="holds")
    person = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(group__isnull=True) ^ Q(person__isnull=True), name="hold_on_one_thing"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_reason="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_reason=""),
                name="hold_lifted_by_somebody_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["organisation", "group"], condition=Q(lifted_at__isnull=True), name="group_held_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "person"],
                condition=Q(lifted_at__isnull=True),
                name="person_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.id} of {self.organisation_id}"
