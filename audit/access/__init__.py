"""What may be read of the log, and by whom."""

from audit.access.concerning import KeyLog, key_log
from audit.access.events import EventPage, EventRow, Wanted, all_events, events
from audit.access.facts import ActingKey, Someone
from audit.access.own import OwnAccess, OwnAccessLog, OwnWanted, new_accesses, own_access_log, own_entry
from audit.access.patients import (
    AccessLog,
    PatientAccess,
    Period,
    access_log,
    accesses_by_id,
    patient_numbered,
)
from audit.access.proven import Place, ProvenEvent, proven_events
from audit.access.scope import require_officer
from audit.access.standing import SealState, WitnessState, seal_state

__all__ = [
    "AccessLog",
    "ActingKey",
    "EventPage",
    "EventRow",
    "KeyLog",
    "OwnAccess",
    "OwnAccessLog",
    "OwnWanted",
    "PatientAccess",
    "Period",
    "Place",
    "ProvenEvent",
    "SealState",
    "Someone",
    "Wanted",
    "WitnessState",
    "access_log",
    "accesses_by_id",
    "all_events",
    "events",
    "key_log",
    "new_accesses",
    "own_access_log",
    "own_entry",
    "patient_numbered",
    "proven_events",
    "require_officer",
    "seal_state",
]
