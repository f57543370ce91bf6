"""Closed sets of `storage`, and the tables that say which change of state is allowed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class ObjectKind(StrEnum):
    """What the bytes are. Part of what each object's key is bound to: one kind never opens as another."""

    ATTACHMENT = "attachment"
    FINDING = "finding"
    PREVIEW = "preview"
    BACKUP = "backup"


class ObjectState(StrEnum):
    """receiving: parts arrive; quarantine: whole, not yet looked at; clean: may be read; rejected: may
    not be read any more; shredded: the key is destroyed, the bytes are noise."""

    RECEIVING = "receiving"
    QUARANTINE = "quarantine"
    CLEAN = "clean"
    REJECTED = "rejected"
    SHREDDED = "shredded"


OBJECT_TRANSITIONS: dict[ObjectState, frozenset[ObjectState]] = {
    ObjectState.RECEIVING: frozenset({ObjectState.QUARANTINE, ObjectState.SHREDDED}),
    ObjectState.QUARANTINE: frozenset({ObjectState.CLEAN, ObjectState.REJECTED, ObjectState.SHREDDED}),
    ObjectState.CLEAN: frozenset({ObjectState.SHREDDED}),
    ObjectState.REJECTED: frozenset({ObjectState.SHREDDED}),
    ObjectState.SHREDDED: frozenset(),
}


class JobKind(StrEnum):
    INGEST = "ingest"


class JobState(StrEnum):
    """queued: waits for a worker; running: a worker holds the lease; done; failed: given up."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


JOB_TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING}),
    JobState.RUNNING: frozenset({JobState.QUEUED, JobState.RUNNING, JobState.DONE, JobState.FAILED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
}
"""running → running: the lease has run out, and another worker takes the job over."""


class ShareState(StrEnum):
    """An active share past its end gives nothing any more, also before it is marked as expired."""

    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"


SHARE_TRANSITIONS: dict[ShareState, frozenset[ShareState]] = {
    ShareState.ACTIVE: frozenset({ShareState.REVOKED, ShareState.EXPIRED}),
    ShareState.REVOKED: frozenset(),
    ShareState.EXPIRED: frozenset(),
}


class SharePurpose(StrEnum):
    """What a finding is shared for (GDPR article 5(1)(b): nothing is shared without a purpose)."""

    SECOND_OPINION = "second-opinion"
    CO_TREATMENT = "co-treatment"
    TRANSFER = "transfer"
    TUMOUR_BOARD = "tumour-board"
    EMERGENCY = "emergency"


EMERGENCY_ACCESS = "emergency-access"
"""The purpose of every look at a protected folder in an emergency, as the audit log has it."""


class EmergencyReason(StrEnum):
    """Why somebody opens a protected folder."""

    CANNOT_WAIT = "cannot-wait"
    """The patient is being treated and cannot wait for the department."""
    NOBODY_REACHED = "nobody-reached"
    """Nobody of the department can be reached."""
    PATIENT_ASKED = "patient-asked"


class ReviewState(StrEnum):
    """What the review of an access in an emergency has found."""

    OPEN = "to-review"
    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


REVIEW_TRANSITIONS: dict[ReviewState, frozenset[ReviewState]] = {
    ReviewState.OPEN: frozenset({ReviewState.JUSTIFIED, ReviewState.UNJUSTIFIED}),
    ReviewState.JUSTIFIED: frozenset(),
    ReviewState.UNJUSTIFIED: frozenset(),
}


class LeavingStep(StrEnum):
    """What the offboarding of a person does here."""

    END_SHARES = "end-shares"
    HAND_OVER_SHARES = "hand-over-shares"


State = TypeVar("State", bound=StrEnum)


def sources(transitions: Mapping[State, frozenset[State]], to: State) -> list[str]:
    """The states from which a table allows `to`, as they stand in rows."""
    return [state.value for state, targets in transitions.items() if to in targets]


class MalwareScan(StrEnum):
    """What a scanner has said. `off`: no scanner is configured, and the page says so."""

    PASSED = "passed"
    OFF = "off"
