"""Who looked at my data: the log as its patient reads it, over all hospitals that keep a record of them.

An event about data of two hospitals stands in both logs; here each stands once, in the log of the hospital whose
record it concerns. Which records are a patient's own, the app above says ("own-records")."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from audit.access.events import EventRow, named_organisations, rows_of
from audit.access.rows import matching
from audit.entries import first_id_at
from audit.events import Event
from audit.exports import Scope
from audit.labels import role_label
from audit.models import AuditEvent, AuditPerson
from audit.plain_words import plain_label, who_acted
from audit.states import Part
from medicus.lib import callbacks
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

PAGE = 10
LOOK_LASTS = timedelta(minutes=15)


class Record(NamedTuple):
    """A patient's record, and the organisation that keeps it."""

    patient_id: UUID
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class OwnWanted:
    """What to look for. `until` is exclusive. organisation_id: only what concerns this hospital's record.
    before: only events older than this one (the next page)."""

    since: datetime | None = None
    until: datetime | None = None
    organisation_id: UUID | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class OwnAccess:
    """One event in plain words. is_you: the patient's own. why: empty where nothing was recorded.

    hospital: of who acted. record: of the hospital whose record it concerns. detail: with whom something was shared."""

    event_id: UUID
    at: datetime
    event: str
    who: str
    is_you: bool
    role: str
    hospital: str
    record: str
    what: str
    detail: str
    why: str


@dataclass(frozen=True, slots=True)
class OwnAccessLog:
    """newest: of all there is, whatever was filtered: what `new_accesses` counts from. older: the next page's
    `before`, or None. hospitals: that keep a record of the patient."""

    accesses: list[OwnAccess]
    newest: UUID | None
    older: UUID | None
    hospitals: dict[str, str]


def own_access_log(*, by: Actor, wanted: OwnWanted, limit: int = PAGE) -> OwnAccessLog:
    """What happened to the acting patient's data, the newest first.

    Raises:
        NotFound: the actor is no patient.
    """
    records = own_records(by=by)
    found = _of(records, wanted).order_by("-event_id").select_related("leaf")
    events = list(found[: limit + 1])
    newest = _of(records, OwnWanted()).order_by("-event_id").values_list("event_id", flat=True).first()
    return OwnAccessLog(
        accesses=_in_plain_words(by, events[:limit]),
        newest=newest,
        older=events[limit - 1].event_id if len(events) > limit else None,
        hospitals=named_organisations({str(record.organisation_id) for record in records}),
    )


def new_accesses(*, by: Actor, after: UUID) -> int:
    """How many events about the acting patient's data by others came after this one. Tells no more than the number.

    Raises:
        NotFound: the actor is no patient.
    """
    newer = _of(own_records(by=by), OwnWanted()).filter(event_id__gt=after)
    mine = AuditPerson.objects.filter(person_id=_person(by), part=Part.ACTOR.value, event_id__gt=after)
    return newer.exclude(event_id__in=mine.values("event_id")).count()


def own_entry(*, by: Actor, event_id: UUID) -> tuple[Record, OwnAccess]:
    """One entry of the acting patient's log, and the record that it concerns.

    Raises:
        NotFound: absent, about nobody or somebody else; or the actor is no patient.
    """
    records = own_records(by=by)
    event = _of(records, OwnWanted()).filter(event_id=event_id).select_related("leaf").first()
    if event is None:
        raise NotFound
    (access,) = _in_plain_words(by, [event])
    return next(one for one in records if one.organisation_id == event.organisation_id), access


def own_records(*, by: Actor) -> list[Record]:
    """The acting patient's records.

    Raises:
        NotFound: the actor is no patient.
    """
    _person(by)
    return [Record(*one) for told in callbacks.call("own-records", by=by) for one in told]


def unrecorded_looks(*, by: Actor, records: Sequence[Record]) -> list[Record]:
    """Those of a patient's records whose log they have not opened within `LOOK_LASTS`."""
    looked = AuditPerson.objects.filter(
        person_id=_person(by), part=Part.ACTOR.value, event_id__gte=first_id_at(now() - LOOK_LASTS)
    )
    looks = AuditEvent.objects.filter(event=Event.AUDIT_READ.value, event_id__in=looked.values("event_id"))
    lately = set(looks.values_list("organisation_id", flat=True))
    return [record for record in records if record.organisation_id not in lately]


def _person(by: Actor) -> UUID:
    if by.person_id is None or not by.has(Role.PATIENT):
        raise NotFound
    return by.person_id


def _of(records: Sequence[Record], wanted: OwnWanted) -> QuerySet[AuditEvent]:
    chosen = Q(pk__in=[])
    for record in records:
        if wanted.organisation_id in {None, record.organisation_id}:
            concerned = AuditPerson.objects.filter(person_id=record.patient_id, part=Part.PATIENT.value)
            chosen |= Q(organisation_id=record.organisation_id, event_id__in=concerned.values("event_id"))
    found = matching(Scope(None, wanted.since, wanted.until)).filter(chosen)
    return found.filter(event_id__lt=wanted.before) if wanted.before else found


def _in_plain_words(by: Actor, events: Sequence[AuditEvent]) -> list[OwnAccess]:
    shown = rows_of(events)
    keepers = {event.event_id: str(event.organisation_id) for event in events}
    acting = {row.actor_organisation_id for row in shown if row.actor_organisation_id}
    names = named_organisations(acting | set(keepers.values()))
    return [_access(by, row, names, keepers[row.event_id]) for row in shown]


def _access(by: Actor, row: EventRow, names: dict[str, str], keeper: str) -> OwnAccess:
    is_you = row.actor is not None and row.actor.id == by.person_id
    concerned = [fact.someone.name for fact in row.facts if fact.someone and fact.someone.id != by.person_id]
    return OwnAccess(
        event_id=row.event_id,
        at=row.at,
        event=row.event,
        who=who_acted(row.actor.name if row.actor else None, row.roles),
        is_you=is_you,
        role=", ".join(role_label(role) for role in row.roles) if row.actor and not is_you else "",
        hospital="" if is_you else names.get(row.actor_organisation_id or "", ""),
        record=names.get(keeper, ""),
        what=plain_label(row.event),
        detail=", ".join(filter(None, concerned)),
        why=row.purpose_label,
    )
