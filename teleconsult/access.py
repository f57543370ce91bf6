"""What waits for a person: the work list."""

from collections.abc import Sequence
from dataclasses import dataclass

from medicus.lib.actor import Actor
from rota.access import OwnDuty, own_duties
from storage.access import FindingCard, PatientCard, findings_shared_with, recent_patients

RECENT_PATIENTS = 6


@dataclass(frozen=True, slots=True)
class WorkList:
    """The parts of the work list that the server knows; conversations are encrypted, the browser lists them.

    shared: findings that other hospitals have opened to this person, the newest share first.
    patients: whose folders this person opened last, the latest first.
    duties: the roles that this person holds now.
    """

    shared: Sequence[FindingCard]
    patients: Sequence[PatientCard]
    duties: Sequence[OwnDuty]

    @property
    def named_patients(self) -> int:
        """How many patients are named on it."""
        cards = [*self.patients, *(finding.patient for finding in self.shared)]
        return len({card.patient_id for card in cards})


def work_list(*, by: Actor) -> WorkList:
    """Gather what waits for an actor. Who is no clinician has neither findings nor patients."""
    patients = recent_patients(by=by, limit=RECENT_PATIENTS)
    return WorkList(findings_shared_with(by=by), patients, own_duties(by=by))
