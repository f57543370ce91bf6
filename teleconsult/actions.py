"""What a person does with the work list."""

from django.db import transaction

from audit import actions as audit
from audit.access import OwnWanted
from audit.events import Event
from identity.access import current_identity_key
from medicus.lib.actor import Actor
from storage.access import own_inquiries_about, own_records, own_shares
from teleconsult.access import PatientHome, WorkList, work_list


def open_work_list(*, by: Actor) -> WorkList:
    """Show what waits; patients are named on it, so the look is recorded, and fails where it cannot be."""
    with transaction.atomic():
        found = work_list(by=by)
        if found.named_patients:
            audit.record(Event.PATIENT_LIST, by=by, details={"listed": found.named_patients})
    return found


def open_patient_home(*, by: Actor, wanted: OwnWanted) -> PatientHome:
    """Show patients who looked at their data and what is shared of it; their own look stands in that log.

    Raises:
        NotFound: the actor is no patient.
    """
    log = audit.read_own_access_log(by=by, wanted=wanted)
    asked = own_inquiries_about(by=by, event_ids=[access.event_id for access in log.accesses])
    writes = current_identity_key(by=by) is not None
    return PatientHome(own_records(by=by), log, own_shares(by=by), asked, writes)
