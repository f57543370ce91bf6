"""The events that an organisation's officer sees."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.access import rows
from audit.access.facts import ActingKey, Body, Fact, Someone, Words, acting_keys, words_for
from audit.access.scope import scope_of
from audit.labels import event_label, kind_label
from audit.models import AuditEvent, AuditPerson
from audit.states import Part
from medicus.lib import callbacks
from medicus.lib.actor import Actor

PAGE = 50
LATELY = 1000
ROWS_AT_ONCE = 500


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
    """One event as people read it. `actor` None: the service itself, or the system that holds `api_key`.
    `index` None: not sealed yet.

    purpose, details: as they were recorded; purpose_label, facts: in words."""

    event_id: UUID
    at: datetime
    event: str
    label: str
    actor: Someone | None
    roles: list[str]
    actor_organisation_id: str | None
    from_elsewhere: bool
    kind: str
    subject: str
    subject_kind: str
    subject_person: Someone | None
    patient: Someone | None
    purpose: str
    purpose_label: str
    details: dict[str, str | int]
    facts: list[Fact]
    index: int | None
    api_key: ActingKey | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """`older` is the `before` of the next page, or None. `people`: who acted lately, by name."""

    rows: list[EventRow]
    older: UUID | None
    people: list[Someone]


def events(*, by: Actor, wanted: Wanted, limit: int = PAGE) -> EventPage:
    """Find events of the actor's organisation, the newest first.

    Raises:
        NotFound: the actor is not an admin.
    """
    found = _newest(by, wanted, limit + 1)
    shown = found[:limit]
    lately = _acting_lately(by)
    names = _names({*lately, *([wanted.person_id] if wanted.person_id else [])})
    return EventPage(
        rows=rows_of(shown),
        older=shown[-1].event_id if len(found) > limit else None,
        people=_named(lately, names, also=wanted.person_id),
    )


def all_events(
    *, by: Actor, since: datetime | None = None, until: datetime | None = None
) -> Iterator[EventRow]:
    """All events of the actor's organisation between two instants, the oldest first; for the operator all.

    Raises:
        NotFound: the actor is neither an admin of an organisation nor the operator.
    """
    return _in_pages(rows.matching(scope_of(by, since=since, until=until)).select_related("leaf"))


def _in_pages(found: QuerySet[AuditEvent]) -> Iterator[EventRow]:
    page = list(found[:ROWS_AT_ONCE])
    while page:
        yield from rows_of(page)
        page = list(found.filter(event_id__gt=page[-1].event_id)[:ROWS_AT_ONCE])


def rows_of(shown: Sequence[AuditEvent]) -> list[EventRow]:
    """Events that the actor was found to be allowed to see, in words."""
    bodies = [orjson.loads(bytes(event.canonical)) for event in shown]
    people = rows.people_of([event.event_id for event in shown])
    words, keys = words_for(bodies), acting_keys(bodies)
    ids = {person_id for opened in people.values() for person_id, _ in opened.values()}
    names = _names(ids | set(words.members.values()))
    return [
        replace(
            _row(event, body, people[event.event_id], names, words),
            api_key=keys.get(body["actor"].get("api_key", "")),
        )
        for event, body in zip(shown, bodies, strict=True)
    ]


def _newest(by: Actor, wanted: Wanted, limit: int) -> list[AuditEvent]:
    bounds = rows.within(wanted.since, wanted.until)
    if wanted.before:
        bounds &= Q(event_id__lt=wanted.before)
    found = rows.matching(scope_of(by)).filter(bounds).order_by("-event_id")
    if wanted.event:
        found = found.filter(event=wanted.event)
    if wanted.person_id:
        openings = AuditPerson.objects.filter(bounds, person_id=wanted.person_id)
        found = found.filter(event_id__in=_concerning(openings, found, limit))
    return list(found.select_related("leaf")[:limit])


def _concerning(openings: QuerySet[AuditPerson], found: QuerySet[AuditEvent], limit: int) -> list[UUID]:
    """The newest of these events that concern a person. In the order of the person's own index: narrowed the other
    way round, all that ever concerned them is read for each page."""
    theirs = openings.filter(Exists(found.order_by().filter(event_id=OuterRef("event_id"))))
    return list(theirs.order_by("-event_id").values_list("event_id", flat=True).distinct()[:limit])


def _acting_lately(by: Actor) -> list[UUID]:
    latest = rows.matching(scope_of(by)).order_by("-event_id").values("event_id")[:LATELY]
    acting = AuditPerson.objects.filter(event_id__in=latest, part=Part.ACTOR.value)
    return list(acting.values_list("person_id", flat=True).distinct())


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    names: dict[UUID, str] = {}
    for known in callbacks.call("person-names", person_ids=list(ids)):
        names |= known
    return names


def named_organisations(ids: Iterable[str]) -> dict[str, str]:
    """Names of organisations by their ids, as far as they are known."""
    names: dict[str, str] = {}
    for known in callbacks.call("organisation-names", organisation_ids=[UUID(one) for one in ids]):
        names |= {str(identifier): name for identifier, name in known.items()}
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
        actor_organisation_id=body["actor"]["organisation_id"],
        from_elsewhere=body["actor"]["organisation_id"] not in {None, str(event.organisation_id)},
        kind=kind,
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
