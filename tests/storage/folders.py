"""Folders and findings for the tests, made by the same actions as real ones."""

import functools
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from identity.actions import create_department
from identity.models import Membership, Organisation
from identity.states import Speciality
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from storage import actions
from storage.access import EmergencyCard, FindingCard, PatientCard, ShareCard, Sought
from storage.access.findings import card, finding_row
from storage.actions import jobs
from storage.dicom import limited
from storage.dicom.limited import DicomFile
from storage.models import Finding
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState
from tests.cast import Member
from tests.conftest import member
from tests.storage import dicom_files as files

BORN_ON = date(1964, 8, 12)


def folder_of(member: Member, **changes) -> PatientCard:
    """The folder of Erika Muster, whom `dicom_files.sound()` is about."""
    who = {"family_name": "Muster", "given_name": "Erika", "born_on": BORN_ON, "identifier": "4711"}
    return actions.create_patient(by=member.actor, **(who | changes))


def receive(
    member: Member,
    patient: PatientCard,
    content: bytes | None = None,
    name: str = "IM000001.dcm",
    **about: str,
) -> Finding:
    """A finding that has just arrived; its examination is queued."""
    stored_object = sealed.write(
        organisation_id=member.organisation.id,
        kind=ObjectKind.FINDING,
        chunks=[files.sound() if content is None else content],
        state=ObjectState.QUARANTINE,
    )
    return actions.add_finding(
        by=member.actor, stored_object=stored_object, patient_id=patient.patient_id, file_name=name, **about
    )


def examine(finding: Finding) -> FindingCard:
    """Do the job of a finding, and show what became of it."""
    actions.ingest(by=SYSTEM, job_id=jobs.job_of(finding).id)
    return seen(finding)


def seen(finding: Finding) -> FindingCard:
    return card(finding_row(by=SYSTEM, finding_id=finding.pk), by=SYSTEM)


def clean(member: Member, patient: PatientCard | None = None) -> FindingCard:
    """A finding that has been examined and may be opened."""
    found = examine(receive(member, patient or folder_of(member)))
    assert found.state == ObjectState.CLEAN
    return found


def share(owner: Member, finding_id: UUID, to: Member, expires_at: datetime | None = None) -> ShareCard:
    return actions.share_finding(
        by=owner.actor,
        finding_id=finding_id,
        membership_id=to.membership.id,
        purpose="second-opinion",
        expires_at=expires_at or now() + timedelta(days=7),
    )


def psychiatrist(organisation: Organisation) -> Member:
    """Petra, of the department of psychiatry, which is made for her."""
    ward = create_department(
        by=SYSTEM, organisation_id=organisation.id, name="Psychiatry", speciality=Speciality.PSYCHIATRY
    )
    petra = member(organisation, "Petra", "Pohl")
    Membership.objects.filter(id=petra.membership.id).update(department=ward)
    return petra


def guarded_folder(organisation: Organisation, petra: Member | None = None) -> PatientCard:
    """A folder that only the department of psychiatry opens."""
    petra = petra or psychiatrist(organisation)
    made = folder_of(petra, family_name="Geheim", given_name="Gesa", identifier="4712")
    return actions.guard_patient(by=petra.actor, patient_id=made.patient_id)


def begin(by: Member, patient: PatientCard, **changes: Any) -> EmergencyCard:
    """An access in an emergency."""
    asked = {
        "sought": Sought(patient.identifier),
        "reason": "cannot-wait",
        "account": "Unconscious in the shock room.",
    }
    return actions.begin_emergency_access(by=by.actor, **(asked | changes))


_read = limited.read


@functools.cache
def _read_once(content: bytes) -> DicomFile:
    return _read([content], size_bytes=len(content))


def read_once(chunks: Iterable[bytes], *, size_bytes: int) -> DicomFile:
    """What the child says of a file, asked once per file and run: for tests that are not about the child."""
    content = b"".join(chunks)
    assert len(content) == size_bytes
    return _read_once(content)
