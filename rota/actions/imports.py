"""Rotas from a calendar: read and checked, looked at, planned, undone."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audit.events import Event
from identity.names import search_words
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid
from medicus.lib.ids import new_id
from rota import calendar_file
from rota.access.imports import planned_role
from rota.access.imports import rota_import as get_import
from rota.access.roles import Candidate, candidates
from rota.actions.recording import keep, tell
from rota.actions.rules import check, filler, lock
from rota.calendar_file import CalendarEvent, Fault
from rota.models import Role, RotaImport, Shift
from rota.states import IMPORT_TRANSITIONS, PLANNED, Act, ImportState, Rank

Row = tuple[str, str, str, str]
"""Membership, beginning, end, and the person's name, as JSON keeps them."""
KEPT = timedelta(days=1)


def check_calendar(*, by: Actor, role_id: uuid.UUID, content: bytes, rank: Rank = Rank.HOLDER) -> RotaImport:
    """Read a calendar, and say which shifts it would plan and which of its events are none. Nothing is planned yet.

    An attendee or the organizer of an event is the person by their address, else its title by the name.

    Raises:
        Invalid: it cannot be read at all; `errors["file"]` says why.
        NotFound: the actor does not plan this role.
    """
    role = planned_role(by=by, role_id=role_id)
    if rank not in PLANNED:
        raise Invalid(errors={"rank": _("Please choose a rank.")})
    reading = calendar_file.read(content, at=now())
    with transaction.atomic():
        role = lock(role.id)
        rows, faults = _judge(role, rank, reading.events)
        RotaImport.objects.filter(state=ImportState.CHECKED.value, created_at__lt=now() - KEPT).delete()
        made = RotaImport.objects.create(
            id=new_id(),
            role=role,
            created_by_id=by.person_id,
            created_at=now(),
            state=ImportState.CHECKED.value,
            rank=rank,
            rows=rows,
            faults=[fault.values() for fault in sorted([*reading.faults, *faults], key=_number)],
        )
        tell(Event.ROTA_IMPORT_CHECK, by=by, role=role, count=len(rows), skipped=len(made.faults))
    return made


def start_import(*, by: Actor, import_id: uuid.UUID) -> RotaImport:
    """Plan the shifts of a calendar that was read: all of them, or none.

    Raises:
        NotFound: absent, or the actor does not plan its role.
        Conflict: it was started before, or a shift does not fit any more.
    """
    found = get_import(by=by, import_id=import_id)
    with transaction.atomic():
        role = lock(found.role_id)
        _move(found, ImportState.DONE, planned=len(found.rows), rows=[], faults=[])
        try:
            made = [_plan(role, found, row) for row in found.rows]
        except Invalid as error:
            text = " ".join([error.detail, *error.errors.values()]).strip()
            raise Conflict(_("The rota has changed meanwhile.") + f" {text}") from None
        keep(Event.SHIFT_PLAN, Act.PLAN, made, by=by, role=role)
        tell(Event.ROTA_IMPORT_START, by=by, role=role, count=len(made))
    found.refresh_from_db()
    return found


def undo_import(*, by: Actor, import_id: uuid.UUID) -> int:
    """Delete the shifts of an import that have not begun; return how many.

    Raises:
        NotFound: absent, or the actor does not plan its role.
        Conflict: it is not done, or undone already.
    """
    found = get_import(by=by, import_id=import_id)
    with transaction.atomic():
        role, at = lock(found.role_id), now()
        _move(found, ImportState.UNDONE)
        ahead = list(Shift.objects.filter(rota_import=found, removed_at=None, starts_at__gt=at))
        Shift.objects.filter(id__in=[shift.id for shift in ahead]).update(removed_at=at)
        keep(Event.SHIFT_REMOVE, Act.REMOVE, ahead, by=by, role=role)
        tell(Event.ROTA_IMPORT_UNDO, by=by, role=role, count=len(ahead))
    return len(ahead)


def _judge(role: Role, rank: Rank, events: Sequence[CalendarEvent]) -> tuple[list[Row], list[Fault]]:
    people = candidates(role)
    rows: list[Row] = []
    faults: list[Fault] = []
    taken: list[CalendarEvent] = []
    for event in events:
        try:
            person = _person(event, people)
            _check(role, rank, event, person, taken)
        except Invalid as error:
            reason = " ".join([error.detail, *error.errors.values()]).strip()
            faults.append(Fault(event.number, event.summary, f"{event.starts_at:%Y-%m-%d %H:%M} UTC", reason))
        else:
            taken.append(event)
            times = event.starts_at.isoformat(), event.ends_at.isoformat()
            rows.append((str(person.membership_id), *times, person.name))
    return rows, faults


def _person(event: CalendarEvent, people: Sequence[Candidate]) -> Candidate:
    """By address first: names are only guessed at, and never where two people share one."""
    found = [person for person in people if person.email in event.emails]
    words = set(search_words(event.summary))
    found = found or [person for person in people if words and _is_named(person, words)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(_("Several people could be meant. Please name one by the e-mail address."))
    raise Invalid(_("Nobody who may fill this role has this e-mail address or name."))


def _is_named(person: Candidate, words: set[str]) -> bool:
    """Every word of the title is one of the name, and one of them the family name."""
    names = search_words(person.name)
    return words <= set(names) and names[-1] in words


def _check(
    role: Role, rank: Rank, event: CalendarEvent, person: Candidate, taken: Sequence[CalendarEvent]
) -> None:
    if event.starts_at < now():
        raise Invalid(_("It has begun already."))
    check(role, filler(role, person.membership_id), rank, event.starts_at, event.ends_at)
    for other in taken:
        if other.starts_at < event.ends_at and event.starts_at < other.ends_at:
            text = _("It overlaps with event %(number)s of this file.")
            raise Invalid(text % {"number": other.number})


def _plan(role: Role, found: RotaImport, row: Sequence[str]) -> Shift:
    member = filler(role, uuid.UUID(row[0]))
    starts_at, ends_at = datetime.fromisoformat(row[1]), datetime.fromisoformat(row[2])
    if starts_at < now():
        raise Invalid(_("A shift of it has begun already. Please read the file again."))
    check(role, member, Rank(found.rank), starts_at, ends_at)
    return Shift.objects.create(
        id=new_id(),
        role=role,
        membership=member,
        rank=found.rank,
        starts_at=starts_at,
        ends_at=ends_at,
        rota_import=found,
    )


def _move(found: RotaImport, state: ImportState, **values: object) -> None:
    sources = list(_sources(state))
    rows = RotaImport.objects.filter(id=found.id, state__in=sources)
    if not rows.update(state=state.value, finished_at=now(), **values):
        raise Conflict(_("This import has moved on. Please look at its page again."))


def _sources(to: ImportState) -> Iterator[str]:
    return (state.value for state, targets in IMPORT_TRANSITIONS.items() if to in targets)


def _number(fault: Fault) -> int:
    return fault.number
