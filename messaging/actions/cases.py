"""Closing a case, opening it again, and naming the patient's record that it is about."""

import uuid

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, NotFound
from messaging import access, news
from messaging.access import GroupView
from messaging.access.cases import managed_case
from messaging.models import Case, Group, GroupMember
from messaging.states import CASE_TRANSITIONS, CaseOutcome, CaseState
from storage import access as storage


@transaction.atomic
def close_case(*, by: Actor, group_id: uuid.UUID, outcome: CaseOutcome) -> GroupView:
    """Close a case: nobody writes in it any more, and its messages expire in time. Repeating it changes nothing.

    Raises:
        NotFound: absent, or not for this actor.
        Conflict: it was closed with another outcome.
    """
    group, case = _locked(by=by, group_id=group_id)
    if case.state == CaseState.CLOSED:
        if case.outcome != outcome:
            raise Conflict
        return access.group(by=by, group_id=group_id)
    case.outcome, case.closed_by_id, case.closed_at = outcome.value, by.person_id, now()
    _move(case, group, CaseState.CLOSED)
    _record(Event.CASE_CLOSE, case, by=by, details={"outcome": outcome.value})
    return access.group(by=by, group_id=group_id)


@transaction.atomic
def reopen_case(*, by: Actor, group_id: uuid.UUID) -> GroupView:
    """Open a closed case again; its messages are kept from now on. Repeating it changes nothing.

    Raises:
        NotFound: absent, or not for this actor.
    """
    group, case = _locked(by=by, group_id=group_id)
    if case.state != CaseState.OPEN:
        case.outcome, case.closed_by_id, case.closed_at = "", None, None
        _move(case, group, CaseState.OPEN)
        _record(Event.CASE_REOPEN, case, by=by)
    return access.group(by=by, group_id=group_id)


@transaction.atomic
def name_record(*, by: Actor, group_id: uuid.UUID, patient_id: uuid.UUID | None) -> GroupView:
    """Say which patient's record of the own organisation a case is about; None: none any more.

    Raises:
        NotFound: absent, another organisation's case, a patient case, or a folder that the actor does not open.
    """
    group, case = _locked(by=by, group_id=group_id)
    if case.organisation_id != by.organisation_id or case.with_patient:
        raise NotFound
    for each in (patient_id, case.patient_id):
        if each is not None:
            storage.patient_row(by=by, patient_id=each)
    if case.patient_id != patient_id:
        concerned = [str(each) for each in (case.patient_id, patient_id) if each]
        case.patient_id = patient_id
        case.save(update_fields=["patient"])
        for patient in concerned:
            audit.record(Event.CASE_NAME_RECORD, by=by, subject=f"group/{group_id}", patient=patient)
        tell_members(group.id)
    return access.group(by=by, group_id=group_id)


def tell_members(*group_ids: uuid.UUID) -> None:
    """Have everybody in these groups fetch them again, once the transaction has committed; the hint says nothing."""
    present = GroupMember.objects.filter(group__in=group_ids, left_seq__isnull=True)
    news.tell_on_commit(news.News(people=frozenset(present.values_list("person_id", flat=True))))


def involved(group_id: uuid.UUID) -> set[uuid.UUID]:
    """The organisations that take part in a group, or ever did."""
    return set(GroupMember.objects.filter(group=group_id).values_list("organisation_id", flat=True))


def _locked(*, by: Actor, group_id: uuid.UUID) -> tuple[Group, Case]:
    """Under the lock that whoever sends holds, too: a message is before the closing or is refused."""
    group = Group.objects.select_for_update(no_key=True).filter(id=group_id).first()
    case = managed_case(by=by, group_id=group_id)
    assert group is not None
    return group, case


def _move(case: Case, group: Group, state: CaseState) -> None:
    if state not in CASE_TRANSITIONS[CaseState(case.state)]:
        raise Conflict
    case.state, group.closed = state.value, state == CaseState.CLOSED
    case.save(update_fields=["state", "closed_by", "closed_at", "outcome"])
    group.save(update_fields=["closed"])
    tell_members(group.id)


def _record(event: Event, case: Case, *, by: Actor, details: dict[str, str | int] | None = None) -> None:
    for organisation_id in involved(case.group_id):
        told = case.with_patient and organisation_id == case.organisation_id
        audit.record(
            event,
            by=by,
            subject=f"group/{case.group_id}",
            organisation_id=organisation_id,
            patient=str(case.patient_id) if told else "",
            details=details,
        )
