"""What a person does with the work list."""

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from teleconsult.access import WorkList, work_list


def open_work_list(*, by: Actor) -> WorkList:
    """Show what waits; patients are named on it, so the look is recorded, and fails where it cannot be."""
    with transaction.atomic():
        found = work_list(by=by)
        if found.named_patients:
            audit.record(Event.PATIENT_READ, by=by, details={"listed": found.named_patients})
    return found
