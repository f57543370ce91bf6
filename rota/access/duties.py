"""Who is on duty: the one place that others ask. A fixed number of queries, however many roles."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Window
from django.db.models.functions import Rank

from medicus.lib import actor
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from rota.access.roles import visible_roles
from rota.duty import NOBODY, Duty, Held, Turn, duty_at
from rota.models import EscalationStep, Role, Shift

AHEAD = timedelta(days=14)
"""How far the next one is looked for."""


@dataclass(frozen=True, slots=True)
class Link:
    """Who is asked, how many minutes after the first. holder: None while nobody can be asked.

    role_name: of the role that is asked; empty where a person is. person_id: None while nobody can be asked."""

    after_minutes: int
    role_id: uuid.UUID | None
    role_name: str
    membership_id: uuid.UUID | None
    name: str
    person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role, and the next one. Where nobody does, `alternatives` are those of the chain who can be asked."""

    now: Held | None
    next: Held | None
    alternatives: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class OwnDuty:
    """A role that somebody holds now."""

    role_id: uuid.UUID
    role_name: str
    until: datetime
    membership_id: uuid.UUID


def holder(*, role: Role, at: datetime) -> Holder:
    """Say who holds a role at an instant: taken over, else planned, else the substitute; else nobody, and whom to ask.

    For pages and apps that have decided who may know (`rota.access.role`)."""
    duty = duties([role.id], at=at)[role.id]
    links = () if duty.now else tuple(link for link in chain_at(role=role, at=at)[1:] if link.name)
    return Holder(duty.now, duty.next, links)


def duties(role_ids: Collection[uuid.UUID], *, at: datetime) -> dict[uuid.UUID, Duty]:
    """Who holds each of these roles, and who next: one query."""
    turns: dict[uuid.UUID, list[Turn]] = {role_id: [] for role_id in role_ids}
    for turn in turns_of(Q(role__in=role_ids), since=at, until=at + AHEAD):
        turns[turn.role_id].append(turn)
    return {role_id: duty_at(found, at) if found else NOBODY for role_id, found in turns.items()}


def turns_of(which: Q, *, since: datetime, until: datetime) -> list[Turn]:
    """The shifts that touch a time, with the validity of their memberships."""
    rows = Shift.objects.filter(which, removed_at=None, ends_at__gt=since, starts_at__lt=until)
    return [_turn(row) for row in rows.select_related("membership__person").order_by("starts_at", "rank")]


def chain_at(*, role: Role, at: datetime) -> list[Link]:
    """Who is asked in which order, were the role addressed at this instant, and after how many minutes.

    The first is who holds it. Urgent messages climb it, see `rota.access.on_duty`. A step is due `after_minutes`
    after the first. A role in the chain stands for its holder alone, not for its own chain."""
    steps = list(
        EscalationStep.objects.filter(role=role.id).select_related("to_role", "to_membership__person")
    )
    held = duties({role.id, *(step.to_role_id for step in steps if step.to_role_id)}, at=at)
    links = [_role_link(0, role, held[role.id].now)]
    minutes = 0
    for step in steps:
        minutes += step.wait_minutes
        links.append(_link(minutes, step, held, at))
    return links


def chain_as_form(*, role_id: uuid.UUID) -> dict[str, str | int]:
    """The steps of a chain under the names of the form that changes it; for pages that have decided who may know."""
    given: dict[str, str | int] = {}
    for step in EscalationStep.objects.filter(role=role_id):
        who = f"role:{step.to_role_id}" if step.to_role_id else f"person:{step.to_membership_id}"
        given |= {f"who_{step.position}": who, f"minutes_{step.position}": step.wait_minutes}
    return given


def own_duties(*, by: Actor) -> list[OwnDuty]:
    """The roles that the acting person holds now, the one that ends first before the others."""
    if by.membership_id is None:
        return []
    at = now()
    mine = Shift.objects.filter(
        membership=by.membership_id, removed_at=None, starts_at__lte=at, ends_at__gt=at
    )
    roles = Role.objects.filter(closed_at=None, id__in=mine.values("role"))
    names = {role.id: role.name for role in roles}
    found = [
        OwnDuty(role_id, names[role_id], duty.now.until, duty.now.membership_id)
        for role_id, duty in duties(names, at=at).items()
        if duty.now and duty.now.membership_id == by.membership_id
    ]
    return sorted(found, key=lambda each: each.until)


def duties_of_memberships(*, by: Actor, membership_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The names of the roles that these people hold now, as far as the actor may know: for the directory's badges."""
    at = now()
    able = _able(by=by, at=at, of=_running(at).filter(membership__in=membership_ids))
    found: dict[uuid.UUID, list[str]] = {}
    for membership_id, name in _first(
        able.order_by("starts_at", "rank", "id"), "membership_id", "role__name"
    ):
        if membership_id in membership_ids:
            found.setdefault(membership_id, []).append(name)
    return found


def memberships_on_duty(*, by: Actor) -> QuerySet[Shift, Any]:
    """The memberships of those who hold a role now, as far as the actor may know: a query for the directory's filter.

    That the person is a member, the directory asks itself."""
    able = _able(by=by, at=now())
    first = able.annotate(place=Window(Rank(), partition_by="role", order_by="rank")).filter(place=1)
    return first.values("membership")


def people_on_duty(*, by: Actor, person_ids: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Of these people, those who hold a role now, as far as the actor may know; each with the organisation of it."""
    at = now()
    able = _able(by=by, at=at, of=_running(at).filter(membership__person__in=person_ids))
    found = set(_first(able, "membership__person_id", "membership__organisation_id"))
    return {party for party in found if party[0] in person_ids}


def _able(*, by: Actor, at: datetime, of: QuerySet[Shift] | None = None) -> QuerySet[Shift]:
    """The shifts by which a role may be held, as far as the actor may know: they run, and their person is a member.

    As `duty_at`: of those of one role the one of the lowest rank counts. of: only the roles of these shifts, and all
    that run in them, others' too."""
    told = visible_roles(by=by).filter(_tells_holder(by)).select_related(None).order_by()
    able = _running(at).filter(_are_members(at), role__in=told.values("id"))
    return able if of is None else able.filter(role__in=of.values("role"))


def _running(at: datetime) -> QuerySet[Shift]:
    return Shift.objects.filter(removed_at=None, starts_at__lte=at, ends_at__gt=at)


def _first(able: QuerySet[Shift], *names: str) -> list[tuple[Any, ...]]:
    """Of a few shifts those that count, in their order. Many are ranked by the database."""
    rows = list(able.values_list("role_id", "rank", *names))
    lowest: dict[uuid.UUID, int] = {}
    for role_id, rank, *_ in rows:
        lowest[role_id] = min(rank, lowest.get(role_id, rank))
    return [tuple(told) for role_id, rank, *told in rows if rank == lowest[role_id]]


def _are_members(at: datetime) -> Q:
    """`is_member` for a query over shifts."""
    return Q(
        Q(membership__valid_until=None) | Q(membership__valid_until__gt=at),
        membership__valid_from__lte=at,
        membership__deactivated_at=None,
        membership__person__is_active=True,
    )


def _tells_holder(by: Actor) -> Q:
    """`may_see_holder` for a query over roles that the actor sees."""
    if by.has(actor.Role.SYSTEM):
        return Q()
    own = Q(organisation=by.organisation_id)
    return own | Q(names_holder=True) if by.has(actor.Role.CLINICIAN) else own


def _role_link(minutes: int, role: Role, held: Held | None) -> Link:
    if held is None:
        return Link(minutes, role.id, role.name, None, "")
    return Link(minutes, role.id, role.name, held.membership_id, held.name, held.person_id)


def _link(minutes: int, step: EscalationStep, held: dict[uuid.UUID, Duty], at: datetime) -> Link:
    if step.to_role is not None:
        current = held[step.to_role.id].now if step.to_role.closed_at is None else None
        return _role_link(minutes, step.to_role, current)
    assert step.to_membership is not None, "a step asks a role or a person"
    if not is_member(step.to_membership, at):
        return Link(minutes, None, "", step.to_membership_id, "")
    person = step.to_membership.person
    return Link(minutes, None, "", step.to_membership_id, person.name, person.id)


def is_member(membership: Any, at: datetime) -> bool:
    """Whether a membership that was read with its person holds at an instant."""
    ends = membership.valid_until is not None and membership.valid_until <= at
    blocked = membership.deactivated_at is not None or not membership.person.is_active
    return bool(membership.valid_from <= at and not ends and not blocked)


def _turn(row: Any) -> Turn:
    membership = row.membership
    blocked = membership.deactivated_at if membership.person.is_active else now()
    return Turn(
        shift_id=row.id,
        role_id=row.role_id,
        membership_id=membership.id,
        person_id=membership.person_id,
        name=membership.person.name,
        rank=row.rank,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        member_from=membership.valid_from,
        member_until=membership.valid_until,
        blocked_at=blocked,
    )
