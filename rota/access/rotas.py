"""The rota of a role week by week, its chain and its history; and a person's own shifts."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from identity.access import organisation, people_by_id
from identity.access.people import people_by_membership_id
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from rota.access.duties import Holder, Link, chain_at, holder, turns_of
from rota.access.roles import Abilities, abilities, own_role, role
from rota.duty import Turn, gaps, spans
from rota.models import DutyRecord, Role, Shift
from rota.states import Rank
from rota.times import bounds_of_day

DAYS = 7
HISTORY = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A shift on a day. begins, ends: within the day; None where it goes on beyond it."""

    turn: Turn
    begins: datetime | None
    ends: datetime | None
    editable: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week. ends: the first instant after it. gaps: when nobody is on duty; only what is not over yet."""

    day: date
    ends: datetime
    is_today: bool
    entries: Sequence[Entry]
    gaps: Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Week:
    monday: date
    days: Sequence[Day]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=DAYS - 1)

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=DAYS)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=DAYS)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history: what became of a shift, by whom, and the event that proves it."""

    at: datetime
    act: str
    by_name: str
    whose: str
    rank: int
    starts_at: datetime
    ends_at: datetime
    reason: str
    event_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class RolePage:
    """A role with who holds it; `holder` is None where the actor may not know."""

    role: Role
    organisation_name: str
    abilities: Abilities
    holder: Holder | None
    chain: Sequence[Link]
    mine: bool


def role_page(*, by: Actor, role_id: uuid.UUID) -> RolePage:
    """Show a role, its holder and, to colleagues, whom it escalates to.

    Raises:
        NotFound: see `role`.
    """
    found = role(by=by, role_id=role_id)
    may, at = abilities(found, by=by), now()
    held = holder(role=found, at=at) if may.see_holder else None
    if held and not may.see_rota:
        held = Holder(held.now, None, ())
    return RolePage(
        role=found,
        organisation_name=organisation(by=by, organisation_id=found.organisation_id).name,
        abilities=may,
        holder=held,
        chain=chain_at(role=found, at=at) if may.see_rota else (),
        mine=bool(held and held.now and held.now.membership_id == by.membership_id),
    )


def require_fill(page: RolePage) -> None:
    """Refuse who may not fill a role, as if there were nothing to take over.

    Raises:
        NotFound: the actor may not.
    """
    if not page.abilities.fill:
        raise NotFound


def week(*, by: Actor, role_id: uuid.UUID, monday: date) -> Week:
    """The seven days from a Monday on.

    Raises:
        NotFound: see `own_role`.
    """
    found = own_role(by=by, role_id=role_id)
    since, until = bounds_of_day(monday)[0], bounds_of_day(monday + timedelta(days=DAYS - 1))[1]
    turns = turns_of(Q(role=found.id), since=since, until=until)
    return Week(monday, [_day(monday + timedelta(days=number), turns) for number in range(DAYS)])


def shifts(*, by: Actor, role_id: uuid.UUID, since: datetime, until: datetime) -> list[Turn]:
    """The shifts that touch a time.

    Raises:
        NotFound: see `own_role`.
    """
    return turns_of(Q(role=own_role(by=by, role_id=role_id).id), since=since, until=until)


def planned_shift(*, by: Actor, shift_id: uuid.UUID, removed: bool = False) -> Shift:
    """Get a shift of a role that the actor may plan.

    removed: one that was deleted.

    Raises:
        NotFound: absent, or the actor plans no rota that it stands in.
    """
    rows = Shift.objects.select_related("role", "membership__person").filter(removed_at__isnull=not removed)
    found = rows.filter(id=shift_id).first()
    if found is None or not abilities(own_role(by=by, role_id=found.role_id), by=by).plan:
        raise NotFound
    return found


def history(*, by: Actor, role_id: uuid.UUID, limit: int = HISTORY) -> list[Change]:
    """What became of the shifts of a role, the latest first.

    Raises:
        NotFound: see `own_role`.
    """
    found = own_role(by=by, role_id=role_id)
    rows = list(DutyRecord.objects.filter(role=found.id).order_by("-event_id")[:limit])
    members = people_by_membership_id({str(row.membership_id) for row in rows})
    people = people_by_id({*members.values(), *(row.by_person_id for row in rows if row.by_person_id)})
    names = {person_id: card.name for person_id, card in people.items()}
    return [
        Change(
            at=row.at,
            act=row.act,
            by_name=names.get(row.by_person_id, "") if row.by_person_id else "",
            whose=names.get(members.get(str(row.membership_id), uuid.UUID(int=0)), ""),
            rank=row.rank,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=row.reason,
            event_id=row.event_id,
        )
        for row in rows
    ]


def own_shifts(*, by: Actor) -> list[Shift]:
    """The acting person's shifts that are not over, in order, for a calendar.

    Raises:
        NotFound: nobody acts.
    """
    if by.membership_id is None:
        raise NotFound
    rows = Shift.objects.filter(membership=by.membership_id, removed_at=None, ends_at__gt=now())
    return list(rows.select_related("role__organisation").order_by("starts_at", "id"))


def _day(day: date, turns: Sequence[Turn]) -> Day:
    begin, end = bounds_of_day(day)
    on_it = [turn for turn in turns if turn.starts_at < end and turn.ends_at > begin]
    held = spans(on_it, since=begin, until=end)
    at = now()
    open_ = [(max(since, at), until) for since, until in gaps(held, since=begin, until=end) if until > at]
    return Day(day, end, begin <= at < end, [_entry(turn, begin, end, at) for turn in on_it], open_)


def _entry(turn: Turn, begin: datetime, end: datetime, at: datetime) -> Entry:
    return Entry(
        turn,
        turn.starts_at if turn.starts_at >= begin else None,
        turn.ends_at if turn.ends_at <= end else None,
        editable=turn.ends_at > at and turn.rank != Rank.TAKEN_OVER,
        counts=turn.is_member(max(turn.starts_at, begin)),
    )
