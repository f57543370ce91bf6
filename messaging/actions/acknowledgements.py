"""Acknowledging a message, taking over what it asks for, and handing that back."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging import news
from messaging.access.acknowledgements import AcknowledgementView, leaf, sent_message, view_of
from messaging.access.groups import active_leaves
from messaging.actions.urgent_timeline import locked, move, record, tell, write_line
from messaging.models import Entry, GroupMember
from messaging.models_urgent import Acknowledgement, UrgentMessage
from messaging.refusals import NotTakenOver, NotToAcknowledge, OwnMessage, TakenOver
from messaging.states import CASES
from messaging.states_urgent import (
    URGENT_TRANSITIONS,
    AcknowledgementKind,
    UrgentAct,
    UrgentState,
)

_EVENTS = {
    AcknowledgementKind.ACKNOWLEDGED: Event.MESSAGE_ACKNOWLEDGE,
    AcknowledgementKind.TAKEN_OVER: Event.MESSAGE_TAKE_OVER,
}
_ACTS = {
    AcknowledgementKind.ACKNOWLEDGED: UrgentAct.ACKNOWLEDGED,
    AcknowledgementKind.TAKEN_OVER: UrgentAct.TAKEN_OVER,
}


@transaction.atomic
def acknowledge(
    *, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID, kind: AcknowledgementKind
) -> AcknowledgementView:
    """Acknowledge a message, or take it over, which acknowledges it too. Repeating it changes nothing.

    An urgent message is answered by it, whoever of the conversation says it; nobody else is asked after that.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: the device is not a leaf of such a group, or there is no such message in it for this member.
        OwnMessage: the actor has sent it.
        NotToAcknowledge: neither a case conversation nor an urgent message, or the actor is a patient.
        TakenOver: somebody else has taken it over.
    """
    member, entry, urgent = _addressed(by=by, group_id=group_id, message_id=message_id)
    if entry.person_id == member.person_id:
        raise OwnMessage
    if member.is_patient or (urgent is None and member.group.kind not in CASES):
        raise NotToAcknowledge
    at = now()
    kinds = [kind] if kind == AcknowledgementKind.ACKNOWLEDGED else list(AcknowledgementKind)
    found = {each: _say(member, entry, each, at) for each in kinds}
    fresh = [each for each in kinds if found[each].at == at]
    for each in fresh:
        _record(_EVENTS[each], entry, by=by)
    if fresh:
        if urgent is not None:
            _answer(urgent, entry, fresh, at, by=by)
        _tell(entry)
    return view_of(found[kind])


@transaction.atomic
def hand_back(*, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID) -> AcknowledgementView:
    """Hand back what the actor has taken over. Repeating it changes nothing. An urgent message stays acknowledged.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: as for `acknowledge`.
        NotTakenOver: there is nothing to hand back.
    """
    member, entry, urgent = _addressed(by=by, group_id=group_id, message_id=message_id)
    mine = Acknowledgement.objects.select_for_update(no_key=True, of=("self",)).filter(
        group=group_id, message_id=message_id, member=member, kind=AcknowledgementKind.TAKEN_OVER.value
    )
    row = mine.select_related("member").order_by("-at").first()
    if row is None:
        raise NotTakenOver
    if row.ended_at is None:
        row.ended_at = now()
        row.save(update_fields=["ended_at"])
        _record(Event.MESSAGE_HAND_BACK, entry, by=by)
        if urgent is not None:
            write_line(urgent, UrgentAct.HANDED_BACK, at=row.ended_at, person_id=member.person_id)
            urgent.save(update_fields=["lines"])
            tell(urgent)
        _tell(entry)
    return view_of(row)


def _addressed(
    *, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID
) -> tuple[GroupMember, Entry, UrgentMessage | None]:
    """Who speaks about which message. One from before they came is theirs where it is urgent: it was handed over."""
    member = leaf(by=by, group_id=group_id).member
    urgent = locked().filter(group=group_id, message_id=message_id).first()
    if urgent is not None and urgent.state == UrgentState.LAPSED:
        urgent = None
    entry = sent_message(group_id=group_id, message_id=message_id)
    if entry is None or (urgent is None and entry.seq <= member.joined_seq):
        raise NotFound
    return member, entry, urgent


def _say(member: GroupMember, entry: Entry, kind: AcknowledgementKind, at: datetime) -> Acknowledgement:
    """The row that says it: the one that is there, or a new one."""
    standing = _standing(member, entry, kind)
    if standing is not None and standing.member_id != member.id:
        if _is_there(standing):
            raise _taken_over(standing)
        standing.ended_at = at
        standing.save(update_fields=["ended_at"])
    elif standing is not None:
        return standing
    try:
        with transaction.atomic():
            return Acknowledgement.objects.create(
                group_id=entry.group_id,
                message_id=entry.message_id,
                seq=entry.seq,
                member=member,
                kind=kind.value,
                at=at,
            )
    except IntegrityError:  # somebody else was faster, or another device of the same person
        standing = _standing(member, entry, kind)
        if standing is not None and standing.member_id == member.id:
            return standing
        raise _taken_over(standing) from None


def _taken_over(standing: Acknowledgement | None) -> TakenOver:
    """By whom, whom every member of the conversation sees; nobody where it was handed back in this moment."""
    return TakenOver(person_id=str(standing.member.person_id)) if standing else TakenOver()


def _standing(member: GroupMember, entry: Entry, kind: AcknowledgementKind) -> Acknowledgement | None:
    """What stands already: of taking over anybody's, else the member's own."""
    found = Acknowledgement.objects.filter(
        group=entry.group_id, message_id=entry.message_id, kind=kind.value, ended_at__isnull=True
    )
    if kind == AcknowledgementKind.ACKNOWLEDGED:
        found = found.filter(member=member)
    return found.select_related("member").first()


def _is_there(standing: Acknowledgement) -> bool:
    """Whether who has taken it over is still in the conversation, with a device that reads it."""
    return active_leaves(standing.group_id).filter(member=standing.member_id).exists()


def _answer(
    urgent: UrgentMessage, entry: Entry, kinds: list[AcknowledgementKind], at: datetime, *, by: Actor
) -> None:
    """Close an urgent message by its first acknowledgement, in the transaction of that."""
    for kind in kinds:
        write_line(urgent, _ACTS[kind], at=at, person_id=by.person_id)
    if UrgentState.ACKNOWLEDGED in URGENT_TRANSITIONS[UrgentState(urgent.state)]:
        move(urgent, UrgentState.ACKNOWLEDGED)
        urgent.seq, urgent.due_at = entry.seq, None
        urgent.closed_at, urgent.closed_by_id = at, by.person_id
        record(Event.URGENT_ACKNOWLEDGE, urgent, by=by)
    urgent.save()
    tell(urgent)


def _record(event: Event, entry: Entry, *, by: Actor) -> None:
    audit.record(event, by=by, subject=f"group/{entry.group_id}", details={"seq": entry.seq})


def _tell(entry: Entry) -> None:
    news.tell_on_commit(news.News(acknowledged={entry.group_id: frozenset({entry.seq})}))
