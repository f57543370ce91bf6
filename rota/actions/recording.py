"""A change of shifts leaves three traces in one transaction: the shift, its line in the history, the audit event."""

from collections.abc import Sequence

from django.db import connection

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from rota.models import DutyRecord, Role, Shift
from rota.states import Act, rank_code


def keep(event: Event, act: Act, shifts: Sequence[Shift], *, by: Actor, role: Role, reason: str = "") -> None:
    """Record what became of shifts, in the caller's transaction. The reason stays out of the audit log: it is free text."""
    prepared = [
        audit.prepare(
            event,
            by=by,
            subject=f"role/{role.id}",
            organisation_id=role.organisation_id,
            details={
                "shift": str(shift.id),
                "membership": str(shift.membership_id),
                "rank": rank_code(shift.rank),
                "since": f"{shift.starts_at:%Y-%m-%dT%H:%M:%SZ}",
                "until": f"{shift.ends_at:%Y-%m-%dT%H:%M:%SZ}",
            },
        )
        for shift in shifts
    ]
    with connection.cursor() as cursor:
        audit.insert_prepared(cursor, prepared)
    at = now()
    DutyRecord.objects.bulk_create(
        DutyRecord(
            id=new_id(),
            role=role,
            shift=shift,
            act=act.value,
            at=at,
            by_person_id=by.person_id,
            membership_id=shift.membership_id,
            rank=shift.rank,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            reason=reason,
            event_id=told.event_id,
        )
        for shift, told in zip(shifts, prepared, strict=True)
    )


def tell(event: Event, *, by: Actor, role: Role, **details: str | int) -> None:
    """Record what happened to a role itself."""
    audit.record(
        event, by=by, subject=f"role/{role.id}", organisation_id=role.organisation_id, details=details
    )
