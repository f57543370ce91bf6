"""Announcing that a message is urgent, and withdrawing that."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound
from messaging.access.acknowledgements import leaf, sent_message
from messaging.access.urgent import UrgentView, asked_people, urgent_message
from messaging.actions.climbing import start
from messaging.actions.urgent_timeline import locked, move, record, tell, write_line
from messaging.models import GroupMember
from messaging.models_urgent import UrgentMessage, UrgentStep
from messaging.refusals import (
    ChainNotMembers,
    ContactNotAccepted,
    HolderNotTold,
    IdReused,
    NobodyOnDuty,
    NotUrgentHere,
)
from messaging.states import GroupKind
from messaging.states_urgent import (
    LONGEST_MINUTES,
    PEOPLE_ASKED,
    SHORTEST_MINUTES,
    UrgentAct,
    UrgentState,
)
from rota import access as rota


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody of the chain; person_id: None where nobody can be asked."""

    step: int
    person_id: uuid.UUID | None
    organisation_id: uuid.UUID | None
    role_id: uuid.UUID | None
    given_minutes: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Whom an urgent message will ask. holder_id: the membership that holds the role now."""

    asked: tuple[Asked, ...]
    holder_id: uuid.UUID | None = None


def announce(
    *,
    by: Actor,
    group_id: uuid.UUID,
    message_id: uuid.UUID,
    deadline_minutes: int,
    role_id: uuid.UUID | None = None,
    without_holder: bool = False,
) -> UrgentView:
    """Announce that a message of the actor is urgent. Nobody is told before the message is there; its clock starts then.

    The same announcement again answers the same, and starts the clock where the message has come meanwhile.

    role_id: whose chain is asked, step by step; left out, everybody else of the conversation at once.
    without_holder: begin with the next one of the chain where nobody is on duty.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: the device is not a leaf of such a group, or the actor does not see the role.
        Invalid: the deadline is out of bounds; there is nobody, or there are too many people to ask.
        ContactNotAccepted: the conversation waits for the answer to a contact request.
        NotUrgentHere: in a patient case.
        IdReused: the message is somebody else's, or was announced with another deadline or role.
        NobodyOnDuty, HolderNotTold, ChainNotMembers: the role cannot be addressed here now.
    """
    if not SHORTEST_MINUTES <= deadline_minutes <= LONGEST_MINUTES:
        raise Invalid(errors={"deadline_minutes": _("From 5 to 240 minutes.")})
    wanted = _Wanted(group_id, message_id, deadline_minutes, role_id, without_holder)
    try:
        with transaction.atomic():
            _announce(wanted, by=by)
    except IntegrityError:  # the same announcement was faster
        with transaction.atomic():
            _announce(wanted, by=by)
    return urgent_message(by=by, group_id=group_id, message_id=message_id)


@transaction.atomic
def withdraw(*, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID) -> UrgentView:
    """Withdraw an urgency: nobody else is asked. Repeating it changes nothing; the message itself stays.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: absent, or the actor has not announced it or is no longer in the conversation.
        UrgentOver: it was acknowledged, or never sent.
    """
    leaf(by=by, group_id=group_id)
    urgent = locked().filter(group=group_id, message_id=message_id, sender=by.person_id).first()
    if urgent is None:
        raise NotFound
    if urgent.state != UrgentState.WITHDRAWN:
        at = now()
        move(urgent, UrgentState.WITHDRAWN)
        urgent.due_at, urgent.closed_at = None, at
        write_line(urgent, UrgentAct.WITHDRAWN, at=at, person_id=by.person_id)
        urgent.save()
        record(Event.URGENT_WITHDRAW, urgent, by=by)
        tell(urgent)
    return urgent_message(by=by, group_id=group_id, message_id=message_id)


@dataclass(frozen=True, slots=True)
class _Wanted:
    group_id: uuid.UUID
    message_id: uuid.UUID
    deadline_minutes: int
    role_id: uuid.UUID | None
    without_holder: bool


def _announce(wanted: _Wanted, *, by: Actor) -> None:
    own = leaf(by=by, group_id=wanted.group_id)
    if own.group.kind == GroupKind.PATIENT:
        raise NotUrgentHere
    entry = sent_message(group_id=wanted.group_id, message_id=wanted.message_id)
    if entry is not None and entry.person_id != by.person_id:
        raise IdReused
    urgent = locked().filter(group=wanted.group_id, message_id=wanted.message_id).first()
    if urgent is None and own.group.held_for_id is not None:
        raise ContactNotAccepted
    if urgent is None:
        urgent = _make(wanted, _chain(wanted, by=by), sender=own.member, by=by)
    elif (urgent.sender_id, urgent.deadline_minutes, urgent.role_id) != (
        by.person_id, wanted.deadline_minutes, wanted.role_id,
    ):  # fmt: skip
        raise IdReused
    elif urgent.state == UrgentState.LAPSED:
        _renew(urgent, _chain(wanted, by=by), by=by)
    if entry is not None and urgent.state == UrgentState.ANNOUNCED:
        start(urgent, entry, by=by)


def _make(wanted: _Wanted, chain: Chain, *, sender: GroupMember, by: Actor) -> UrgentMessage:
    at = now()
    urgent = UrgentMessage.objects.create(
        group_id=wanted.group_id,
        message_id=wanted.message_id,
        sender_id=sender.person_id,
        sender_organisation_id=sender.organisation_id,
        role_id=wanted.role_id,
        deadline_minutes=wanted.deadline_minutes,
        state=UrgentState.ANNOUNCED.value,
        due_at=at,
        announced_at=at,
        holder_id=chain.holder_id,
    )
    _announced(urgent, chain, at, by=by)
    return urgent


def _renew(urgent: UrgentMessage, chain: Chain, *, by: Actor) -> None:
    """Announce anew what was not sent in time: whoever is on duty now is asked."""
    at = now()
    move(urgent, UrgentState.ANNOUNCED)
    urgent.steps.all().delete()
    urgent.due_at = urgent.announced_at = at
    urgent.holder_id, urgent.step = chain.holder_id, 0
    _announced(urgent, chain, at, by=by)


def _announced(urgent: UrgentMessage, chain: Chain, at: datetime, *, by: Actor) -> None:
    UrgentStep.objects.bulk_create(
        UrgentStep(
            urgent=urgent,
            step=asked.step,
            person_id=asked.person_id,
            organisation_id=asked.organisation_id,
            role_id=asked.role_id,
            given_minutes=asked.given_minutes,
        )
        for asked in chain.asked
    )
    write_line(urgent, UrgentAct.ANNOUNCED, at=at, person_id=by.person_id)
    urgent.save()
    record(Event.URGENT_ANNOUNCE, urgent, by=by, deadline_minutes=urgent.deadline_minutes)


def _chain(wanted: _Wanted, *, by: Actor) -> Chain:
    """Whom it will ask, all of whom read the conversation."""
    present = asked_people(wanted.group_id)
    if wanted.role_id is None:
        return _everybody(present - {(by.person_id, by.organisation_id)}, wanted.deadline_minutes)
    duty = rota.on_duty(by=by, role_id=wanted.role_id, deadline_minutes=wanted.deadline_minutes)
    if not duty.told:
        raise HolderNotTold(**_elsewhere(duty))
    on_duty = duty.held is not None and duty.held.reachable
    if all(rung.gap for rung in duty.chain) or not (on_duty or wanted.without_holder):
        raise NobodyOnDuty(**_elsewhere(duty))
    organisation_id = duty.role.organisation_id
    here = {person_id for person_id, place in present if place == organisation_id}
    missing = [str(rung.person_id) for rung in duty.chain if not rung.gap and rung.person_id not in here]
    if missing:
        raise ChainNotMembers(missing=missing)
    asked = tuple(
        Asked(
            rung.step,
            rung.person_id,
            organisation_id if rung.person_id else None,
            rung.role_id,
            rung.given_minutes,
        )
        for rung in duty.chain
    )
    return Chain(asked, duty.held.membership_id if duty.held else None)


def _everybody(others: set[tuple[Any, Any]], deadline_minutes: int) -> Chain:
    if not others:
        raise Invalid(errors={"role_id": _("Nobody else reads this conversation.")})
    if len(others) > PEOPLE_ASKED:
        raise Invalid(
            errors={"role_id": _("More than 50 people read this conversation. Please address a role.")}
        )
    asked = [Asked(0, person_id, place, None, deadline_minutes) for person_id, place in sorted(others)]
    return Chain(tuple(asked))


def _elsewhere(duty: rota.OnDuty) -> dict[str, Any]:
    """What a refusal says of the next shift, and of whom else one could ask."""
    return {
        "next_at": duty.next_at.isoformat().replace("+00:00", "Z") if duty.next_at else None,
        "alternatives": [
            {
                "role_id": str(each.role_id),
                "name": each.name,
                "organisation_id": str(each.organisation_id),
                "organisation_name": each.organisation_name,
                "person_id": str(each.person_id),
                "holder": each.holder,
                "same_speciality": each.same_speciality,
            }
            for each in duty.alternatives
        ],
    }
