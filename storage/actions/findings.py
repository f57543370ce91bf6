"""What happens to findings: one is received, opened, read, and in the end shredded."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from storage.access.cards import FindingCard
from storage.access.findings import card, finding_row, preview_of, purpose_for, seal_file_name
from storage.access.patients import patient_row
from storage.actions import jobs
from storage.documents import DICOM, media_type_of
from storage.keys.attributes import keyring
from storage.models import Finding, StoredObject
from storage.objects import sealed
from storage.ranges import Range, parse_range
from storage.states import JobKind, ObjectKind, ObjectState

REJECTED_KEPT = timedelta(days=7)
"""So long a refused file can still be looked into by who runs the service; then it is shredded."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """Bytes of a finding on their way out. `pieces` have been found sound at both ends."""

    wanted: Range
    pieces: Iterator[bytes]
    media_type: str


def receive_finding(*, by: Actor, kind: str, object_id: uuid.UUID, metadata: Mapping[str, str]) -> None:
    """Make a finding of a whole upload, in its transaction, and queue its examination. It is a DICOM file, or a document
    of the type that its metadata name as `document`.

    For the callback "upload-complete"; uploads of another kind are not meant.

    Raises:
        NotFound: the patient is not one that this actor may add to.
    """
    if kind != ObjectKind.FINDING:
        return
    patient = patient_row(by=by, patient_id=uuid.UUID(metadata["patient"]))
    stored_object = StoredObject.objects.get(id=object_id)
    add_finding(
        by=by,
        stored_object=stored_object,
        patient_id=patient.id,
        file_name=metadata.get("name", ""),
        media_type=media_type_of(metadata["document"]) if "document" in metadata else DICOM,
    )


def add_finding(
    *,
    by: Actor,
    stored_object: StoredObject,
    patient_id: uuid.UUID,
    file_name: str = "",
    media_type: str = DICOM,
) -> Finding:
    """Make a finding of an object in quarantine, and queue its examination.

    Raises:
        NotFound: not a patient whom this actor may add to, or an object of another organisation.
    """
    patient = patient_row(by=by, patient_id=patient_id)
    if by.person_id is None or stored_object.organisation_id != patient.organisation_id:
        raise NotFound
    finding = Finding(
        stored_object=stored_object,
        patient=patient,
        received_by_id=by.person_id,
        received_at=now(),
        media_type=media_type,
    )
    finding.sealed_name = seal_file_name(keyring([patient.organisation_id]), finding, file_name)
    with transaction.atomic():
        finding.save(force_insert=True)
        jobs.queue(JobKind.INGEST, stored_object)
        audit.record(
            Event.FINDING_RECEIVE,
            by=by,
            subject=f"finding/{stored_object.id}",
            patient=str(patient.id),
            details={"size_bytes": stored_object.size_bytes},
        )
    return finding


def open_finding(*, by: Actor, finding_id: uuid.UUID) -> FindingCard:
    """Open a finding and record it, for the officers of both organisations; without the record no opening.

    Raises:
        NotFound: absent, not for this actor, or not any more.
    """
    with transaction.atomic():
        row = finding_row(by=by, finding_id=finding_id)
        _record_read(row, by)
        return card(row, by=by)


def open_file(*, by: Actor, finding_id: uuid.UUID, range_header: str = "") -> OpenedFile:
    """Open the bytes of a clean finding, whole or a range, and record it as `open_finding` does.

    Raises:
        NotFound: absent, not for this actor, not any more, or not clean.
        RangeNotSatisfiable: the range begins behind the end.
        Damaged: the stored bytes are not those that were written.
    """
    with transaction.atomic():
        row = finding_row(by=by, finding_id=finding_id)
        if row.stored_object.state != ObjectState.CLEAN:
            raise NotFound
        _record_read(row, by)
    wanted = parse_range(range_header, row.stored_object.size_bytes)
    pieces = sealed.read(row.stored_object, start=wanted.start, length=wanted.length)
    return OpenedFile(wanted, pieces, row.media_type)


def open_preview(*, by: Actor, finding_id: uuid.UUID) -> bytes:
    """The small picture of a clean finding, as PNG, recorded as `open_finding` does.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    with transaction.atomic():
        row = finding_row(by=by, finding_id=finding_id)
        picture = preview_of(row)
        if picture is None:
            raise NotFound
        _record_read(row, by)
    return picture


def _record_read(row: Finding, by: Actor) -> None:
    owner = row.patient.organisation_id
    sealed.record_opening(
        Event.FINDING_READ,
        by=by,
        stored_object=row.stored_object,
        subject=f"finding/{row.stored_object_id}",
        organisation_ids=[owner, by.organisation_id or owner],
        patient=str(row.patient_id),
        purpose=purpose_for(row, by=by),
    )


def shred_rejected(*, by: Actor) -> int:
    """Destroy the files that were rejected `REJECTED_KEPT` ago; return how many. For the reaper."""
    require_system(by)
    old = Finding.objects.select_related("stored_object", "patient").filter(
        stored_object__state=ObjectState.REJECTED.value, examined_at__lte=now() - REJECTED_KEPT
    )
    found = list(old[:100])
    for row in found:
        with transaction.atomic():
            sealed.shred(row.stored_object)
            audit.record(
                Event.FINDING_SHRED,
                by=by,
                subject=f"finding/{row.stored_object_id}",
                organisation_id=row.patient.organisation_id,
                patient=str(row.patient_id),
                details={"reason": row.reason},
            )
    return len(found)
