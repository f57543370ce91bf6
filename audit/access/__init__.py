"""What may be read of the log, and by whom."""

from audit.access.events import EventPage, EventRow, Wanted, all_events, events
from audit.access.facts import ActingKey, Someone
from audit.access.patients import AccessLog, PatientAccess, Period, access_log, patient_numbered
from audit.access.proven import Place, ProvenEvent, proven_events
from audit.access.scope import require_officer
from audit.access.standing import SealState, WitnessState, seal_state

__all__ = [
    "AccessLog",
    "ActingKey",
    "EventPage",
    "EventRow",
    "PatientAccess",
    "Period",
    "Place",
    "ProvenEvent",
    "SealState",
    "Someone",
    "Wanted",
    "WitnessState",
    "access_log",
    "all_events",
    "events",
    "patient_numbered",
    "proven_events",
    "require_officer",
    "seal_state",
]
