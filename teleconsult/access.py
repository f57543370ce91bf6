"""What waits for a person: the work list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from audit.access import OwnAccessLog
from identity.access.offboarding import HandedOver, handed_over_to
from medicus.lib.actor import Actor
from rota.access import OwnDuty, own_duties
from storage.access import (
    FindingCard,
    InquiryCard,
    OwnRecord,
    OwnShare,
    PatientCard,
    ShareCard,
    findings_shared_with,
    recent_patients,
    shares_handed_over,
)

RECENT_PATIENTS = 6


@dataclass(frozen=True, slots=True)
class WorkList:
    """The parts of the work list that the server knows; conversations are encrypted, the browser lists them.

    shared: findings that other hospitals have opened to this person, the newest share first.
    patients: whose folders this person opened last, the latest first.
    left: for whom this person stands in, and what these have shared that is still open.
    duties: the roles that this person holds now.
    """

    shared: Sequence[FindingCard]
    patients: Sequence[PatientCard]
    left: Sequence[HandedOver]
    left_shares: Sequence[ShareCard]
    duties: Sequence[OwnDuty]

    @property
    def named_patients(self) -> int:
        """How many patients are named on it."""
        cards = [*self.patients, *(finding.patient for finding in self.shared)]
        return len({card.patient_id for card in cards})


@dataclass(frozen=True, slots=True)
class PatientHome:
    """What a patient sees of themselves.

    records: the hospitals that keep a record of them. log: who looked. shares: what is open to other hospitals.
    inquiries: what they have asked about the entries of this log, by entry. writes: they have set up messages."""

    records: Sequence[OwnRecord]
    log: OwnAccessLog
    shares: Sequence[OwnShare]
    inquiries: Mapping[UUID, Sequence[InquiryCard]]
    writes: bool


def work_list(*, by: Actor) -> WorkList:
    """Gather what waits for an actor. Who is no clinician has neither findings nor patients."""
    left = handed_over_to(by=by)
    return WorkList(
        findings_shared_with(by=by),
        recent_patients(by=by, limit=RECENT_PATIENTS),
        left,
        shares_handed_over(by=by, person_ids=[one.person_id for one in left]),
        own_duties(by=by),
    )
