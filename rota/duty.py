"""Who holds a role at an instant: the rule alone, over shifts that were read before. It knows no database.

Of the shifts that cover the instant, that of the lowest rank counts whose person is then a member: who has taken
over, else who is planned, else the substitute, else nobody."""

import itertools
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """One shift, with the time in which its person is a member. `member_until`, `blocked_at`: None where open."""

    shift_id: uuid.UUID
    role_id: uuid.UUID
    membership_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    rank: int
    starts_at: datetime
    ends_at: datetime
    member_from: datetime
    member_until: datetime | None = None
    blocked_at: datetime | None = None

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at and self.is_member(at)

    def is_member(self, at: datetime) -> bool:
        return self.member_from <= at and not any(
            end is not None and end <= at for end in (self.member_until, self.blocked_at)
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A person holds a role from an instant until another one, whatever shifts that time is made of."""

    role_id: uuid.UUID
    membership_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    rank: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """Who holds a role now, and who holds it next. `now` is None while nobody is on duty."""

    now: Held | None
    next: Held | None


NOBODY = Duty(None, None)


def turn_at(turns: Iterable[Turn], at: datetime) -> Turn | None:
    """Whose turn it is at an instant."""
    return min((turn for turn in turns if turn.covers(at)), key=lambda turn: turn.rank, default=None)


def spans(turns: Sequence[Turn], *, since: datetime, until: datetime) -> list[Held]:
    """Who holds the role from when until when, in order; a time that nobody holds is in none of them."""
    found: list[Held] = []
    edges = _edges(turns, since, until)
    for begin, end in itertools.pairwise(edges):
        turn = turn_at(turns, begin)
        if turn is None:
            continue
        last = found[-1] if found else None
        if (
            last
            and last.until == begin
            and (last.membership_id, last.rank) == (turn.membership_id, turn.rank)
        ):
            found[-1] = _held(turn, last.since, end)
        else:
            found.append(_held(turn, begin, end))
    return found


def gaps(held: Sequence[Held], *, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The times that nobody holds."""
    found, at = [], since
    for each in held:
        if each.since > at:
            found.append((at, each.since))
        at = each.until
    return [*found, (at, until)] if at < until else found


def duty_at(turns: Sequence[Turn], at: datetime) -> Duty:
    """Who holds the role at an instant, and who is the next other person after that."""
    if not turns:
        return NOBODY
    since = min(at, *(turn.starts_at for turn in turns))
    held = spans(turns, since=since, until=max(turn.ends_at for turn in turns))
    current = next((each for each in held if each.since <= at < each.until), None)
    later = (each for each in held if each.since > at)
    return Duty(_together(held, current), next((each for each in later if _other(each, current)), None))


def _together(held: Sequence[Held], current: Held | None) -> Held | None:
    """As long as the person holds it without a gap, also under another rank."""
    if current is None:
        return None
    until = current.until
    for each in held:
        if each.since == until and each.membership_id == current.membership_id:
            until = each.until
    return Held(
        current.role_id,
        current.membership_id,
        current.person_id,
        current.name,
        current.rank,
        current.since,
        until,
    )


def _other(each: Held, current: Held | None) -> bool:
    return current is None or each.membership_id != current.membership_id


def _edges(turns: Sequence[Turn], since: datetime, until: datetime) -> list[datetime]:
    """All instants at which somebody else may begin to hold it."""
    times = {since, until}
    for turn in turns:
        times |= {turn.starts_at, turn.ends_at, turn.member_from}
        times |= {end for end in (turn.member_until, turn.blocked_at) if end is not None}
    return sorted(at for at in times if since <= at <= until)


def _held(turn: Turn, since: datetime, until: datetime) -> Held:
    return Held(turn.role_id, turn.membership_id, turn.person_id, turn.name, turn.rank, since, until)
