"""When a person opens an object: one audit event, however many ranges are read."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from storage.models import ObjectOpening, StoredObject

OPENING_LASTS = timedelta(minutes=15)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def record_opening(
    event: Event,
    *,
    by: Actor,
    stored_object: StoredObject,
    subject: str,
    organisation_ids: Iterable[UUID],
    patient: str = "",
    purpose: str = "",
) -> None:
    """Record that the actor opened the object, for the officers of these organisations.

    A viewer reads a file in hundreds of ranges: the first in `OPENING_LASTS` is the opening. If the audit
    row cannot be written, this raises and nothing may be read.
    """
    person_id = person_of(by)
    recent = ObjectOpening.objects.filter(
        stored_object=stored_object, person_id=person_id, opened_at__gt=now() - OPENING_LASTS
    )
    if recent.exists():
        return
    with transaction.atomic():
        if not _opens_now(stored_object, person_id):
            return
        for organisation_id in dict.fromkeys(organisation_ids):
            audit.record(
                event,
                by=by,
                subject=subject,
                organisation_id=organisation_id,
                patient=patient,
                purpose=purpose,
            )


def _opens_now(stored_object: StoredObject, person_id: UUID) -> bool:
    """True for one of the requests that come within `OPENING_LASTS`: the row is the lock."""
    moment = now()
    ObjectOpening.objects.bulk_create(
        [ObjectOpening(stored_object=stored_object, person_id=person_id, opened_at=NEVER)],
        ignore_conflicts=True,
    )
    stale = ObjectOpening.objects.filter(
        stored_object=stored_object, person_id=person_id, opened_at__lte=moment - OPENING_LASTS
    )
    return bool(stale.update(opened_at=moment))


def person_of(by: Actor) -> UUID:
    """The person behind the actor; the service itself opens nothing.

    Raises:
        NotFound: there is none.
    """
    if by.person_id is None:
        raise NotFound
    return by.person_id
