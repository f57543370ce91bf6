"""Patients, their findings, the shares of these, and the jobs that examine what came in."""

from django.db import models
from django.db.models import F, Q

from medicus.lib.ids import new_id
from storage.dicom.reasons import Reason
from storage.documents import DICOM
from storage.models.objects import StoredObject
from storage.states import JobKind, JobState, MalwareScan, SharePurpose, ShareState


def _values(states: type[JobState | JobKind | ShareState | SharePurpose | MalwareScan | Reason]) -> list[str]:
    return [state.value for state in states]


class Patient(models.Model):
    """A person whom an organisation treats (FHIR Patient). Who it is stands sealed in the row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    sealed_demographics = models.BinaryField(help_text="names, date of birth, identifier")
    identifier_index = models.BinaryField(max_length=32, help_text="blind index of the identifier")
    guarded_by = models.ForeignKey(
        "identity.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="only its people open the folder; empty: all who treat patients there",
    )
    created_by = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "identifier_index"], name="patient_identifier_once_per_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"patient {self.id}"


class PatientOpening(models.Model):
    """When a person last opened a patient's folder: one audit event per opening, not one per refresh."""

    id = models.BigAutoField(primary_key=True)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="openings")
    person = models.ForeignKey("identity.Person", models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "person"], name="patient_opening_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} by {self.person_id}"


class Finding(models.Model):
    """A file about a patient (FHIR ImagingStudy's instance, or DocumentReference). Its state is the state of its object."""

    stored_object = models.OneToOneField(
        StoredObject, models.PROTECT, primary_key=True, related_name="finding", db_column="id"
    )
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="findings")
    received_by = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    media_type = models.CharField(max_length=40, default=DICOM)
    sealed_name = models.BinaryField(help_text="what the file was called; names of files name patients")
    examined_at = models.DateTimeField(null=True)
    malware_scan = models.CharField(
        max_length=10, blank=True, choices=[(value, value) for value in _values(MalwareScan)]
    )
    reason = models.CharField(
        max_length=30, blank=True, choices=[(value, value) for value in _values(Reason)]
    )
    sealed_attributes = models.BinaryField(null=True, help_text="what lists and the viewer's frame show")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["", *_values(Reason)]), name="finding_reason_is_known"
            ),
            models.CheckConstraint(
                condition=Q(malware_scan__in=["", *_values(MalwareScan)]), name="finding_scan_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    examined_at__isnull=True, reason="", malware_scan="", sealed_attributes__isnull=True
                )
                | Q(examined_at__isnull=False, reason="", sealed_attributes__isnull=False)
                & ~Q(malware_scan="")
                | Q(examined_at__isnull=False, sealed_attributes__isnull=True) & ~Q(reason=""),
                name="finding_is_unexamined_or_described_or_refused",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-received_at"], name="finding_by_patient")]

    def __str__(self) -> str:
        return f"finding {self.pk}"


class DicomHeader(models.Model):
    """What lists need not load: the header as DICOM JSON (PS3.18 annex F), and a small picture. Sealed."""

    finding = models.OneToOneField(Finding, models.CASCADE, primary_key=True, related_name="header")
    sealed_json = models.BinaryField()
    sealed_frames = models.BinaryField(help_text="where each frame lies in the file, as JSON")
    sealed_preview = models.BinaryField(null=True, help_text="PNG, at most 256 pixels a side")

    def __str__(self) -> str:
        return f"header of {self.pk}"


class Share(models.Model):
    """A finding opened to one member of another organisation, for a purpose, for a time (FHIR Consent)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="shares")
    membership = models.ForeignKey("identity.Membership", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=30, choices=[(value, value) for value in _values(SharePurpose)])
    state = models.CharField(max_length=10, choices=[(value, value) for value in _values(ShareState)])
    created_by = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=_values(SharePurpose)), name="share_has_a_purpose"
            ),
            models.CheckConstraint(condition=Q(state__in=_values(ShareState)), name="share_state_is_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="share_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(state=ShareState.ACTIVE.value, ended_at__isnull=True)
                | (~Q(state=ShareState.ACTIVE.value) & Q(ended_at__isnull=False)),
                name="share_is_active_or_has_ended",
            ),
            models.UniqueConstraint(
                fields=["finding", "membership"],
                condition=Q(state=ShareState.ACTIVE.value),
                name="share_active_once_per_member",
            ),
        ]
        indexes = [
            models.Index(
                fields=["membership"],
                condition=Q(state=ShareState.ACTIVE.value),
                name="share_active_by_member",
            ),
            models.Index(
                fields=["expires_at"], condition=Q(state=ShareState.ACTIVE.value), name="share_active_by_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} for {self.membership_id}, {self.state}"


class Job(models.Model):
    """Work that must be done once. This row is the truth; the message that a worker gets is a hint.

    `lease_until` is the moment from which nobody can be counted on any more: until then a worker holds a
    running job, and a queued one is on its way to a worker. It also tells two workers apart: whoever writes
    the result must still hold the lease that he took."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20, choices=[(value, value) for value in _values(JobKind)])
    stored_object = models.ForeignKey(StoredObject, models.CASCADE, related_name="jobs")
    state = models.CharField(max_length=10, choices=[(value, value) for value in _values(JobState)])
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_values(JobKind)), name="job_kind_is_known"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[JobState.QUEUED.value, JobState.RUNNING.value],
                    lease_until__isnull=False,
                    finished_at__isnull=True,
                )
                | Q(
                    state__in=[JobState.DONE.value, JobState.FAILED.value],
                    lease_until__isnull=True,
                    finished_at__isnull=False,
                ),
                name="job_is_open_with_a_lease_or_finished",
            ),
            models.UniqueConstraint(
                fields=["stored_object", "kind"],
                condition=Q(state__in=[JobState.QUEUED.value, JobState.RUNNING.value]),
                name="job_open_once_per_object",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=[JobState.QUEUED.value, JobState.RUNNING.value]),
                name="job_open_by_lease",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.stored_object_id}, {self.state}"
