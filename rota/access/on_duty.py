"""Whom a message to a role reaches now: who is on duty, who is asked after that, and who else could be asked."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Q

from identity.access.devices import with_device
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from rota.access.duties import Link, chain_at, duties
from rota.access.roles import Reach, may_see_holder, reach, role, visible_roles
from rota.climbing import Given, asked_after, minutes_given
from rota.duty import Held
from rota.models import Role

LOOKED_AT = 100
"""So many roles are looked through for alternatives."""
ALTERNATIVES = 5


@dataclass(frozen=True, slots=True)
class Rung:
    """Somebody who is asked. given_minutes: how long before the next one.

    gap: nobody can be asked here; nobody is there (person_id: None), or they have no device that encrypted messages reach."""

    step: int
    after_minutes: int
    given_minutes: int
    role_id: uuid.UUID | None
    role_name: str
    membership_id: uuid.UUID | None
    person_id: uuid.UUID | None
    name: str
    gap: bool


@dataclass(frozen=True, slots=True)
class HeldNow:
    """Who is on duty; reachable: they have a device that encrypted messages reach."""

    person_id: uuid.UUID
    membership_id: uuid.UUID
    name: str
    until: datetime
    reachable: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another role that somebody holds now."""

    role_id: uuid.UUID
    name: str
    organisation_id: uuid.UUID
    organisation_name: str
    person_id: uuid.UUID
    holder: str
    same_speciality: bool


@dataclass(frozen=True, slots=True)
class OnDuty:
    """What somebody may know of a role before they write to it.

    told: whether they may know who is on duty; else `held` is None, and `chain` is empty. next_at: when the next
    person begins. chain: whom they may know of it, without themselves; alternatives: where nobody on duty can be reached."""

    role: Role
    told: bool
    held: HeldNow | None
    next_at: datetime | None
    chain: Sequence[Rung]
    alternatives: Sequence[Alternative]


def on_duty(*, by: Actor, role_id: uuid.UUID, deadline_minutes: int) -> OnDuty:
    """Say who would be asked, were a role addressed now, and what can be done while nobody is on duty.

    Raises:
        NotFound: absent, closed, or not for this actor.
    """
    found, at = role(by=by, role_id=role_id), now()
    if not may_see_holder(found, by=by):
        return OnDuty(
            found,
            told=False,
            held=None,
            next_at=None,
            chain=(),
            alternatives=_alternatives(found, by=by, at=at),
        )
    duty = duties([found.id], at=at)[found.id]
    known = _known(found, by=by, at=at)
    asked = {link.person_id for _, link in known if link.person_id}
    asked |= {duty.now.person_id} if duty.now else set()
    reached = with_device(person_ids=asked, organisation_id=found.organisation_id)
    held = _held_now(duty.now, reached) if duty.now else None
    return OnDuty(
        role=found,
        told=True,
        held=held,
        next_at=duty.next.since if duty.next else None,
        chain=_rungs(known, reached, deadline_minutes),
        alternatives=() if held and held.reachable else _alternatives(found, by=by, at=at),
    )


def _held_now(held: Held, reached: Collection[uuid.UUID]) -> HeldNow:
    return HeldNow(held.person_id, held.membership_id, held.name, held.until, held.person_id in reached)


def _known(found: Role, *, by: Actor, at: datetime) -> list[tuple[int, Link]]:
    """The chain as far as the actor may know it, each person once and nobody who asks themselves; with the time that
    the one before is given."""
    links = chain_at(role=found, at=at)
    waits = [
        0,
        *(link.after_minutes - before.after_minutes for before, link in pairwise(links)),
    ]
    told = _told_roles(found, links, by=by)
    seen = {by.person_id}
    known = []
    for wait, link in zip(waits, links, strict=True):
        if told is not None and link.role_id not in told:
            continue
        if link.person_id is None:
            known.append((wait, link))
        elif link.person_id not in seen:
            seen.add(link.person_id)
            known.append((wait, link))
    return known


def _told_roles(found: Role, links: Sequence[Link], *, by: Actor) -> set[uuid.UUID] | None:
    """The roles of a chain whose holder the actor may know; None: they may know all of it."""
    if reach(found, by=by) == Reach.OWN:
        return None
    asked = visible_roles(by=by).filter(id__in={link.role_id for link in links if link.role_id})
    return {each.id for each in asked if may_see_holder(each, by=by)}


def _rungs(
    known: Sequence[tuple[int, Link]], reached: Collection[uuid.UUID], deadline_minutes: int
) -> list[Rung]:
    steps = [Given(wait, link.person_id not in reached) for wait, link in known]
    given = minutes_given(steps, deadline_minutes=deadline_minutes)
    return [
        Rung(
            step=step,
            after_minutes=after,
            given_minutes=minutes,
            role_id=link.role_id,
            role_name=link.role_name,
            membership_id=link.membership_id if link.person_id else None,
            person_id=link.person_id,
            name=link.name,
            gap=link.person_id not in reached,
        )
        for step, ((_, link), minutes, after) in enumerate(zip(known, given, asked_after(given), strict=True))
    ]


def _alternatives(found: Role, *, by: Actor, at: datetime) -> list[Alternative]:
    """Other roles of the same hospital or the same speciality that somebody else holds now, the nearest first."""
    speciality = found.department.speciality if found.department else ""
    near = Q(organisation=found.organisation_id)
    if speciality:
        near |= Q(department__speciality=speciality)
    others = visible_roles(by=by).filter(near).exclude(id=found.id).order_by("search_name", "id")[:LOOKED_AT]
    told = [each for each in others if may_see_holder(each, by=by)]
    held = duties([each.id for each in told], at=at)
    choices = [
        _alternative(each, current, speciality)
        for each in told
        if (current := held[each.id].now) and current.person_id != by.person_id
    ]
    choices.sort(key=lambda each: (not each.same_speciality, each.organisation_id != found.organisation_id))
    return choices[:ALTERNATIVES]


def _alternative(found: Role, held: Held, speciality: str) -> Alternative:
    own = found.department.speciality if found.department else ""
    return Alternative(
        role_id=found.id,
        name=found.name,
        organisation_id=found.organisation_id,
        organisation_name=found.organisation.name,
        person_id=held.person_id,
        holder=held.name,
        same_speciality=bool(speciality) and own == speciality,
    )
