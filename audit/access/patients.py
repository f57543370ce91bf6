"""Who looked at a patient's data, in plain words: who, in which role, of which hospital, when, what, why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from audit.access.events import EventRow, named_organisations, rows_of
from audit.access.rows import matching
from audit.access.scope import scope_of
from audit.labels import role_label
from audit.models import AuditEvent, AuditPerson
from audit.states import Part
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound

PAGE = 200


@dataclass(frozen=True, slots=True)
class Period:
    """`until` is exclusive. `before`: only events older than this one (the next page)."""

    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class PatientAccess:
    """`row`: the event. `role`, `why`: in words, empty where none was recorded. `hospital`: of who acted."""

    row: EventRow
    role: str
    hospital: str
    why: str


@dataclass(frozen=True, slots=True)
class AccessLog:
    """`older` is the `before` of the next page, or None."""

    patient_id: UUID
    accesses: list[PatientAccess]
    older: UUID | None


def access_log(*, by: Actor, patient_id: UUID, period: Period, limit: int = PAGE) -> AccessLog:
    """What happened to a patient's data, the newest first, as the actor's organisation recorded it.

    The patient's own view of it, across hospitals, is `own_access_log`.

    Raises:
        NotFound: nothing of this patient is in the actor's log; or the actor is not an admin.
    """
    if not _of_patient(by, patient_id, Period()).exists():
        raise NotFound
    found = _of_patient(by, patient_id, period).order_by("-event_id").select_related("leaf")
    events = list(found[: limit + 1])
    shown = rows_of(events[:limit])
    hospitals = named_organisations({row.actor_organisation_id for row in shown if row.actor_organisation_id})
    return AccessLog(
        patient_id=patient_id,
        accesses=[_access(row, hospitals) for row in shown],
        older=shown[-1].event_id if len(events) > limit else None,
    )


def accesses_by_id(*, by: Actor, event_ids: Collection[UUID]) -> dict[UUID, PatientAccess]:
    """Some entries of the actor's log, as `access_log` shows them; what is not there is left out.

    Raises:
        NotFound: the actor is not an admin.
    """
    shown = rows_of(list(matching(scope_of(by)).filter(event_id__in=event_ids).select_related("leaf")))
    hospitals = named_organisations({row.actor_organisation_id for row in shown if row.actor_organisation_id})
    return {row.event_id: _access(row, hospitals) for row in shown}


def patient_numbered(*, by: Actor, number: str) -> UUID:
    """Find a patient of the actor's organisation by the number that it gave them.

    Raises:
        NotFound: no patient has it, or nothing of them is in the log; or the actor is not an admin.
    """
    scope = scope_of(by)
    found = callbacks.call("patient-numbered", organisation_id=scope.organisation_id, number=number.strip())
    for patient_id in filter(None, found):
        if _of_patient(by, patient_id, Period()).exists():
            return UUID(str(patient_id))
    raise NotFound


def _of_patient(by: Actor, patient_id: UUID, period: Period) -> QuerySet[AuditEvent]:
    concerned = AuditPerson.objects.filter(person_id=patient_id, part=Part.PATIENT.value)
    found = matching(scope_of(by, since=period.since, until=period.until))
    found = found.filter(event_id__in=concerned.values("event_id"))
    return found.filter(event_id__lt=period.before) if period.before else found


def _access(row: EventRow, hospitals: dict[str, str]) -> PatientAccess:
    roles = ", ".join(role_label(role) for role in row.roles if row.actor)
    return PatientAccess(row, roles, hospitals.get(row.actor_organisation_id or "", ""), row.purpose_label)
