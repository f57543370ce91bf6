"""Opening the log, which the log tells of as well."""

from uuid import UUID

from django.db import transaction

from audit.access import (
    AccessLog,
    EventPage,
    OwnAccessLog,
    OwnWanted,
    Period,
    Wanted,
    access_log,
    own_access_log,
)
from audit.access import events as find_events
from audit.access.own import Record, own_records, unrecorded_looks
from audit.actions.recording import record
from audit.entries import instant_text
from audit.events import Event
from medicus.lib.actor import Actor


@transaction.atomic
def read_events(*, by: Actor, wanted: Wanted) -> EventPage:
    """Find events, and record that they were looked at, for whom and for which time.

    Raises:
        NotFound: the actor is not an admin of an organisation.
    """
    page = find_events(by=by, wanted=wanted)
    record(
        Event.AUDIT_READ,
        by=by,
        subject=f"person/{wanted.person_id}" if wanted.person_id else "",
        details=_looked_for(wanted) | {"shown": len(page.rows)},
    )
    return page


def _looked_for(wanted: Wanted) -> dict[str, str | int]:
    bounds = {"since": wanted.since, "until": wanted.until}
    limits: dict[str, str | int] = {name: instant_text(bound) for name, bound in bounds.items() if bound}
    return limits | ({"event": wanted.event} if wanted.event else {})


@transaction.atomic
def read_access_log(*, by: Actor, patient_id: UUID, period: Period) -> AccessLog:
    """Show who looked at a patient's data, and record that this was looked at: it stands in that log, too.

    Raises:
        NotFound: nothing of this patient is in the actor's log; or the actor is not an admin.
    """
    log = access_log(by=by, patient_id=patient_id, period=period)
    bounds = {"since": period.since, "until": period.until}
    limits: dict[str, str | int] = {name: instant_text(bound) for name, bound in bounds.items() if bound}
    record(
        Event.AUDIT_READ,
        by=by,
        subject=f"patient/{patient_id}",
        patient=str(patient_id),
        details=limits | {"shown": len(log.accesses)},
    )
    return log


@transaction.atomic
def read_own_access_log(*, by: Actor, wanted: OwnWanted) -> OwnAccessLog:
    """Show a patient who looked at their data, in all hospitals that keep a record of them, and record the look: once
    in a quarter of an hour, however often the page refreshes. It stands in the log as their own.

    Raises:
        NotFound: the actor is no patient.
    """
    log = own_access_log(by=by, wanted=wanted)
    for kept in unrecorded_looks(by=by, records=own_records(by=by)):
        _record_own_look(by, kept)
    return log


def _record_own_look(by: Actor, kept: Record) -> None:
    patient = str(kept.patient_id)
    record(
        Event.AUDIT_READ,
        by=by,
        subject=f"patient/{patient}",
        organisation_id=kept.organisation_id,
        patient=patient,
    )
