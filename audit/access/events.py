"""The events that an organisation's officer sees."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db.models import QuerySet

from audit.access import rows, tree
from audit.access.facts import Body, Fact, Someone, Words, words_for
from audit.access.scope import scope_of
from audit.entries import instant_of
from audit.labels import event_label, kind_label
from audit.models import AuditEvent, AuditPerson, Unsequenced
from audit.states import Part
from medicus.lib import callbacks, clock
from medicus.lib.actor import Actor

PAGE = 50
LATELY = 2000
STALLED_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for. `before`: only events older than this one (the next page)."""

    event: str = ""
    person_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as people read it. `actor` None: the service itself. `index` None: not sealed yet.

    purpose, details: as they were recorded; purpose_label, facts: in words."""

    event_id: UUID
    at: datetime
    event: str
    label: str
    actor: Someone | None
    roles: list[str]
    from_elsewhere: bool
    subject: str
    subject_kind: str
    subject_person: Someone | None
    patient: Someone | None
    purpose: str
    purpose_label: str
    details: dict[str, str | int]
    facts: list[Fact]
    index: int | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """`older` is the `before` of the next page, or None. `people`: who acted lately, by name."""

    rows: list[EventRow]
    older: UUID | None
    people: list[Someone]


@dataclass(frozen=True, slots=True)
class SealState:
    """The latest checkpoint (None: nothing is sealed yet), and whether events wait for too long."""

    size: int | None
    at: datetime | None
    root: str
    note: str
    stalled: bool


def events(*, by: Actor, wanted: Wanted, limit: int = PAGE) -> EventPage:
    """Find events of the actor's organisation, the newest first.

    Raises:
        NotFound: the actor is not an admin.
    """
    found = list(_matching(by, wanted).select_related("leaf")[: limit + 1])
    shown = found[:limit]
    bodies = [orjson.loads(bytes(event.canonical)) for event in shown]
    people = rows.people_of([event.event_id for event in shown])
    words = words_for(bodies)
    lately = _acting_lately(by)
    ids = {person_id for opened in people.values() for person_id, _ in opened.values()}
    ids |= set(words.members.values()) | set(lately)
    names = _names(ids | ({wanted.person_id} if wanted.person_id else set()))
    return EventPage(
        rows=[
            _row(event, body, people[event.event_id], names, words)
            for event, body in zip(shown, bodies, strict=True)
        ],
        older=shown[-1].event_id if len(found) > limit else None,
        people=_named(lately, names, also=wanted.person_id),
    )


def seal_state() -> SealState:
    """How far the log is sealed. The same for everybody: it names nobody and tells no event."""
    latest = tree.latest_checkpoint()
    oldest = Unsequenced.objects.order_by("event_id").values_list("event_id", flat=True).first()
    stalled = oldest is not None and clock.now() - instant_of(oldest) > STALLED_AFTER
    if latest is None:
        return SealState(None, None, "", "", stalled)
    return SealState(latest.size, latest.at, base64.b64encode(latest.root).decode(), latest.note, stalled)


def _matching(by: Actor, wanted: Wanted) -> QuerySet[AuditEvent]:
    found = rows.matching(scope_of(by, since=wanted.since, until=wanted.until)).order_by("-event_id")
    if wanted.event:
        found = found.filter(event=wanted.event)
    if wanted.person_id:
        concerned = AuditPerson.objects.filter(person_id=wanted.person_id)
        found = found.filter(event_id__in=concerned.values("event_id"))
    if wanted.before:
        found = found.filter(event_id__lt=wanted.before)
    return found


def _acting_lately(by: Actor) -> list[UUID]:
    latest = rows.matching(scope_of(by)).order_by("-event_id").values("event_id")[:LATELY]
    acting = AuditPerson.objects.filter(event_id__in=latest, part=Part.ACTOR.value)
    return list(acting.values_list("person_id", flat=True).distinct())


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    names: dict[UUID, str] = {}
    for known in callbacks.call("person-names", person_ids=list(ids)):
        names |= known
    return names


def _named(ids: Iterable[UUID], names: dict[UUID, str], *, also: UUID | None) -> list[Someone]:
    people = {person_id for person_id in [*ids, *([also] if also else [])] if person_id in names}
    return sorted(
        (Someone(person_id, names[person_id]) for person_id in people), key=lambda person: person.name
    )


def _row(
    event: AuditEvent, body: Body, people: rows.People, names: dict[UUID, str], words: Words
) -> EventRow:
    kind, _, reference = body["subject"].partition("/")
    known = {part: Someone(person_id, names.get(person_id, "")) for part, (person_id, _) in people.items()}
    erased = Someone(None, "")
    of_person = kind in {"person", "patient"}
    return EventRow(
        event_id=event.event_id,
        at=event.at,
        event=event.event,
        label=event_label(event.event),
        actor=known.get(Part.ACTOR, erased) if body["actor"]["person"] else None,
        roles=body["actor"]["roles"],
        from_elsewhere=body["actor"]["organisation_id"] not in {None, str(event.organisation_id)},
        subject="" if of_person else reference,
        subject_kind=kind_label(kind),
        subject_person=known.get(Part.SUBJECT, erased) if of_person else None,
        patient=known.get(Part.PATIENT, erased) if body["patient"] else None,
        purpose=body["purpose"],
        purpose_label=words.of(body["purpose"]),
        details=body["details"],
        facts=words.facts(body["details"], names),
        index=event.leaf.index if hasattr(event, "leaf") else None,
    )
