"""How an urgent message climbs its chain: started, one step, exhausted; in the caller's transaction, under its lock."""

from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from messaging.access.urgent import asked_people
from messaging.actions.urgent_timeline import move, record, tell, write_line
from messaging.models import Entry
from messaging.models_urgent import UrgentMessage, UrgentStep
from messaging.states_urgent import UrgentAct, UrgentState

BEFORE_THE_FIRST = -1


def start(urgent: UrgentMessage, entry: Entry, *, by: Actor) -> None:
    """Start the clock of an announced row, whose message is there, and ask the first."""
    at = now()
    move(urgent, UrgentState.WAITING)
    urgent.seq, urgent.started_at = entry.seq, at
    record(Event.URGENT_START, urgent, by=by)
    if not _ask_next(urgent, BEFORE_THE_FIRST, at):
        _exhaust(urgent, at, by=by)
    urgent.save()
    tell(urgent)


def climb(urgent: UrgentMessage, *, by: Actor) -> None:
    """Let a row whose time has come climb one step; at the end of its chain it is exhausted, and its sender told."""
    at = now()
    if _ask_next(urgent, urgent.step, at, climbing=True):
        move(urgent, UrgentState.ESCALATED)
        record(Event.URGENT_ESCALATE, urgent, by=by)
    else:
        _exhaust(urgent, at, by=by)
    urgent.save()
    tell(urgent)


def lapse(urgent: UrgentMessage, *, by: Actor) -> None:
    """Give up an announced row whose message has not come: nobody was told, and nobody will be."""
    move(urgent, UrgentState.LAPSED)
    urgent.due_at = None
    write_line(urgent, UrgentAct.LAPSED, at=now(), person_id=None)
    urgent.save()
    record(Event.URGENT_LAPSE, urgent, by=by)
    tell(urgent)


def _ask_next(urgent: UrgentMessage, after: int, at: datetime, *, climbing: bool = False) -> bool:
    """Ask those of the next step behind `after` at which anybody can be asked; passed steps are written down."""
    present = asked_people(urgent.group_id)
    rows = urgent.steps.filter(step__gt=after).order_by("step", "id")
    for step, asked in groupby(rows, key=attrgetter("step")):
        urgent.step = step
        everybody = list(asked)
        there = [row for row in everybody if (row.person_id, row.organisation_id) in present]
        for row in everybody:
            if row not in there:
                _skip(urgent, row, at)
        if there:
            if climbing:
                write_line(urgent, UrgentAct.ESCALATED, at=at, person_id=None)
            for row in there:
                _ask(urgent, row, at)
            urgent.due_at = at + timedelta(minutes=there[0].given_minutes)
            return True
    return False


def _ask(urgent: UrgentMessage, row: UrgentStep, at: datetime) -> None:
    row.reached_at = at
    row.save(update_fields=["reached_at"])
    write_line(urgent, UrgentAct.TOLD, at=at, person_id=row.person_id)


def _skip(urgent: UrgentMessage, row: UrgentStep, at: datetime) -> None:
    row.reached_at, row.skipped = at, True
    row.save(update_fields=["reached_at", "skipped"])
    write_line(urgent, UrgentAct.SKIPPED, at=at, person_id=row.person_id)


def _exhaust(urgent: UrgentMessage, at: datetime, *, by: Actor) -> None:
    move(urgent, UrgentState.EXHAUSTED)
    urgent.due_at, urgent.exhausted_at = None, at
    write_line(urgent, UrgentAct.EXHAUSTED, at=at, person_id=urgent.sender_id)
    record(Event.URGENT_EXHAUST, urgent, by=by)
