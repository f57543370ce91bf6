"""Forgetting a person: the openings of the commitments go, the events and every proof stay."""

from uuid import UUID

from django.db import transaction

from audit.actions.recording import record
from audit.events import Event
from audit.models import AuditPerson
from medicus.lib.actor import Actor, require_system


@transaction.atomic
def erase_person(*, by: Actor, person_id: UUID) -> int:
    """Erase who the person (or patient) `person_id` was in every event; return in how many places.

    Records how many, not who: the record would undo the erasure.

    Raises:
        NotFound: the actor is not the operator.
    """
    require_system(by)
    count, _ = AuditPerson.objects.filter(person_id=person_id).delete()
    record(Event.AUDIT_ERASE, by=by, details={"count": count})
    return count
