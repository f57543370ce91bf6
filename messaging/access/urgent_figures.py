"""Urgent messages of an organisation in figures, without a word of what they were about."""

import statistics
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from identity import access as identity
from identity.days import begin_of
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from messaging.models_urgent import UrgentLine, UrgentMessage
from messaging.states_urgent import UrgentAct, UrgentState

DAYS = 30


@dataclass(frozen=True, slots=True)
class RoleFigures:
    """role_name: empty for messages to people. median_minutes: to the acknowledgement; None where there was none.
    missed: nobody of the chain has answered in time."""

    role_id: uuid.UUID | None
    role_name: str
    messages: int
    median_minutes: float | None
    escalations: int
    missed: int


@dataclass(frozen=True, slots=True)
class UrgentDay:
    on: date
    messages: int


@dataclass(frozen=True, slots=True)
class UrgentFigures:
    """Of the last thirty days, today included. total: of all roles together; busiest: the day with the most."""

    total: RoleFigures
    roles: Sequence[RoleFigures]
    days: Sequence[UrgentDay]
    busiest: UrgentDay


class _Message(NamedTuple):
    role_id: uuid.UUID | None
    role_name: str
    started_at: datetime
    waited_minutes: float | None
    missed: bool
    escalations: int


def urgent_figures(*, by: Actor) -> UrgentFigures:
    """Show the figures of the organisation that the actor administers: of its roles, and of what its people have sent to
    people. In a fixed number of queries.

    Raises:
        NotFound: not an administrator.
    """
    organisation_id = identity.administered(by=by)
    last = timezone.localdate(now())
    first = last - timedelta(days=DAYS - 1)
    found = list(_messages(organisation_id, since=begin_of(first)))
    by_role: dict[uuid.UUID | None, list[_Message]] = {}
    for message in found:
        by_role.setdefault(message.role_id, []).append(message)
    roles = [_figures(messages) for messages in by_role.values()]
    days = _days(found, first)
    return UrgentFigures(
        total=_figures(found),
        roles=sorted(roles, key=lambda each: (each.role_id is None, each.role_name.casefold())),
        days=days,
        busiest=max(days, key=lambda day: (day.messages, day.on)),
    )


def _messages(organisation_id: uuid.UUID, *, since: datetime) -> Iterable[_Message]:
    """Those whose clock has started."""
    own = Q(role__organisation=organisation_id) | Q(role=None, sender_organisation=organisation_id)
    lines = UrgentLine.objects.filter(urgent=OuterRef("pk"), act=UrgentAct.ESCALATED.value)
    climbed = lines.order_by().values("urgent").annotate(count=Count("id")).values("count")
    rows = UrgentMessage.objects.filter(own, started_at__gte=since)
    values = rows.annotate(escalations=Coalesce(Subquery(climbed), 0)).values_list(
        "role_id", "role__name", "started_at", "closed_at", "state", "exhausted_at", "escalations", named=True
    )
    for row in values:
        missed, waited = row.exhausted_at is not None, None
        assert row.started_at is not None, "filtered by it"
        if row.state == UrgentState.ACKNOWLEDGED and row.closed_at:
            waited = (row.closed_at - row.started_at).total_seconds() / 60
        yield _Message(row.role_id, row.role__name or "", row.started_at, waited, missed, row.escalations)


def _figures(messages: Sequence[_Message]) -> RoleFigures:
    waited = [one.waited_minutes for one in messages if one.waited_minutes is not None]
    return RoleFigures(
        role_id=messages[0].role_id if messages else None,
        role_name=messages[0].role_name if messages else "",
        messages=len(messages),
        median_minutes=round(statistics.median(waited), 1) if waited else None,
        escalations=sum(one.escalations for one in messages),
        missed=sum(one.missed for one in messages),
    )


def _days(messages: Sequence[_Message], first: date) -> list[UrgentDay]:
    counted = Counter(timezone.localdate(one.started_at) for one in messages)
    every = (first + timedelta(days=place) for place in range(DAYS))
    return [UrgentDay(day, counted[day]) for day in every]
