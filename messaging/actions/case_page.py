"""Looking at what a case is about: the patient and the findings, recorded like every look at a patient's record."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from messaging.access.cases import case_row, may_manage
from messaging.access.marked import MarkedMessage, marked_messages
from messaging.models import Case, GroupMember
from storage import actions as storage
from storage.access import FindingCard, PatientCard


@dataclass(frozen=True, slots=True)
class CasePage:
    """`patient`: only for people of the organisation whose record it is, and for those with whom findings of it are
    shared. `findings`: those that are shared with somebody in the conversation. `names_record`: whether the reader
    says which record it is. `folder`: whether the reader opens the whole record. `marked`: what may be taken into it,
    for who does."""

    patient: PatientCard | None
    findings: tuple[FindingCard, ...]
    marked: tuple[MarkedMessage, ...]
    names_record: bool
    folder: bool


def open_case(*, by: Actor, group_id: uuid.UUID) -> CasePage:
    """Show what a case is about, as far as the reader may see it; without the record no look.

    Raises:
        NotFound: absent, no case, or the actor is not in it.
    """
    case = case_row(by=by, group_id=group_id)
    present = set(
        GroupMember.objects.filter(group=group_id, left_seq__isnull=True).values_list(
            "person_id", "organisation_id", "is_patient"
        )
    )
    staff = {organisation_id for _person, organisation_id, is_patient in present if not is_patient}
    manages = may_manage(case, staff, by=by)
    names_record = manages and case.organisation_id == by.organisation_id and not case.with_patient
    try:
        patient, findings, folder = _seen(case, {party[:2] for party in present}, by=by)
    except NotFound:
        return CasePage(None, (), (), names_record, folder=False)
    marked = marked_messages(by=by, group_id=group_id) if folder else ()
    return CasePage(patient, tuple(findings), marked, names_record, folder)


def _seen(
    case: Case, present: set[tuple[uuid.UUID, uuid.UUID]], *, by: Actor
) -> tuple[PatientCard, Sequence[FindingCard], bool]:
    """The patient, the shared findings, and whether it is by the folder that the reader sees them."""
    if case.patient_id is None:
        raise NotFound
    if case.organisation_id != by.organisation_id:
        shared = storage.open_shared_patient(by=by, patient_id=case.patient_id)
        return shared.patient, shared.findings, False
    folder = storage.open_patient_folder(by=by, patient_id=case.patient_id)
    here = identity.memberships_held_by(present)
    opened = [
        finding
        for finding in folder.findings
        if any(share.active and share.membership_id in here for share in finding.shares)
    ]
    return folder.patient, opened, True
