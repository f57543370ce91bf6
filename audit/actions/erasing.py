"""Forgetting people: the openings of the commitments go, the events and every proof stay."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from audit.access.concerning import ABOUT_THEM, BY_THEMSELVES
from audit.actions.recording import record
from audit.entries import first_id_at
from audit.events import Event
from audit.models import AuditEvent, AuditPerson
from medicus.lib import callbacks
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now

YEARS = 10
"""For so long the log keeps names (§ 630f BGB: as long as the record of a treatment), unless an organisation
chooses less; never under `LEAST_YEARS` (EHDS article 9: who looked, for three years)."""
LEAST_YEARS = 3
BATCH = 5_000
_OF_KEYS = [event.value for event in BY_THEMSELVES | ABOUT_THEM]


@transaction.atomic
def erase_person(*, by: Actor, person_id: UUID) -> int:
    """Erase who the person (or patient) `person_id` was in every event; return in how many places.

    What apps above keep about entries of theirs goes with them ("person-erased").

    Records how many, not who: the record would undo the erasure.

    Raises:
        NotFound: the actor is not the operator.
    """
    require_system(by)
    count, _ = AuditPerson.objects.filter(person_id=person_id).delete()
    callbacks.call("person-erased", by=by, person_id=person_id)
    record(Event.AUDIT_ERASE, by=by, details={"count": count})
    return count


def forget_old(*, by: Actor) -> int:
    """Erase who acted, and whom it concerned, in events that are older than their organisation keeps names.

    But for events of keys and devices: from these each browser proves that it knows all keys of its person.

    Returns in how many places; at most `BATCH` events of each period in one call.

    Raises:
        NotFound: the actor is not the service itself.
    """
    require_system(by)
    return sum(_forget(by, events, before) for events, before in _periods())


def _periods() -> Iterator[tuple[Q, datetime]]:
    """Whose events lose names before which instant: each organisation that has chosen, then all others."""
    chosen = {key: years for answer in callbacks.call("audit-years") for key, years in answer.items()}
    for organisation_id, years in chosen.items():
        yield Q(organisation_id=organisation_id), _years_ago(max(years, LEAST_YEARS))
    yield Q(organisation_id=None) | ~Q(organisation_id__in=chosen), _years_ago(YEARS)


def _years_ago(years: int) -> datetime:
    return now() - timedelta(days=years * 365.25)


@transaction.atomic
def _forget(by: Actor, events: Q, before: datetime) -> int:
    named = AuditPerson.objects.filter(event_id__lt=first_id_at(before))
    old = AuditEvent.objects.exclude(event__in=_OF_KEYS).filter(
        events, event_id__lt=first_id_at(before), event_id__in=named.values("event_id")
    )
    event_ids = list(old.values_list("event_id", flat=True)[:BATCH])
    count, _ = named.filter(event_id__in=event_ids).delete()
    if count:
        callbacks.call("names-forgotten", by=by, event_ids=event_ids)
        record(Event.AUDIT_ERASE, by=by, details={"count": count, "until": before.date().isoformat()})
    return count
