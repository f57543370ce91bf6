"""Who takes part in a patient case: the patient whose record it is about, once, and clinicians.

What holds in every conversation holds here too (`messaging.actions.membership`): a patient is never responsible for
one ("owner"), so they remove nobody but their own devices and those whose time is over."""

from audit import actions as audit
from audit.events import Event
from identity import access as identity
from medicus.lib.actor import Actor, Role
from messaging.actions.planned import Change, Newcomer
from messaging.models import Case, Group, GroupMember
from messaging.refusals import CommitRefused
from messaging.states import GroupKind
from storage import access as storage


def check_patient_case(change: Change, *, group: Group, committer: GroupMember, by: Actor) -> None:
    """Hold a change against the rules of patient cases; in other conversations there are no patients.

    Raises:
        CommitRefused: with the rule as its `reason`.
    """
    if group.kind != GroupKind.PATIENT or not change.newcomers:
        return
    if committer.is_patient:
        _check_own(change, committer)
        return
    _check_patients([one for one in change.newcomers if one.is_patient], group, committer, by=by)
    colleagues = {one.party for one in change.newcomers if not one.is_patient}
    if colleagues - identity.clinicians_among(colleagues) or _is_both(change):
        raise CommitRefused(reason="clinicians-only")


def record_joining(members: list[GroupMember], group: Group, *, by: Actor) -> None:
    """Record that a patient was brought in, for the log that they read themselves."""
    for member in members:
        audit.record(
            Event.GROUP_ADD_PATIENT,
            by=by,
            subject=f"person/{member.person_id}",
            organisation_id=member.organisation_id,
            patient=record_of(group),
            details={"group": str(group.id)},
        )


def record_of(group: Group) -> str:
    """The record that a patient case is about; empty in every other conversation."""
    found = Case.objects.filter(group=group, with_patient=True).values_list("patient_id", flat=True).first()
    return str(found or "")


def _check_own(change: Change, patient: GroupMember) -> None:
    own = patient.person_id, patient.organisation_id
    if any(one.party != own for one in change.newcomers):
        raise CommitRefused(reason="patient-may-not")


def _is_both(change: Change) -> bool:
    """Whether somebody would be in their own case as a clinician, too: one of another hospital may be a patient here."""
    people = {(leaf.member.person_id, leaf.member.is_patient) for leaf in change.leaves}
    people |= {(one.device.person_id, one.is_patient) for one in change.newcomers}
    return any((person_id, True) in people for person_id, is_patient in people if not is_patient)


def _check_patients(patients: list[Newcomer], group: Group, committer: GroupMember, *, by: Actor) -> None:
    """Only the account that signs in for this very record now, brought in by a clinician of the hospital that keeps it.

    An account that replaced another one begins anew: what was said before was not said to it."""
    if not patients:
        return
    case = Case.objects.get(group=group)
    account = storage.account_of(patient_id=case.patient_id) if case.patient_id else None
    others = GroupMember.objects.filter(group=group, is_patient=True)
    others = others.exclude(person=account[0]) if account else others
    if any(one.party != account for one in patients) or others.exists():
        raise CommitRefused(reason="not-the-patient")
    if committer.organisation_id != case.organisation_id or not by.has(Role.CLINICIAN):
        raise CommitRefused(reason="record-hospital-needed")
