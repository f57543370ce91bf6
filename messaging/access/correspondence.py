"""Whether a patient can be written to, and where the actor does so already."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from identity.access.devices import with_device
from medicus.lib.actor import Actor
from messaging.access.cases import own_memberships
from messaging.models import Case
from messaging.states import CaseState
from storage import access as storage


@dataclass(frozen=True, slots=True)
class PatientConversation:
    """A patient case that the actor is in. Its title is encrypted; the day tells it apart."""

    group_id: uuid.UUID
    state: str
    opened_at: datetime

    @property
    def open(self) -> bool:
        return self.state == CaseState.OPEN


@dataclass(frozen=True, slots=True)
class Correspondence:
    """`person_id`: of who signs in for the record now, if somebody does; `name`: of the record; `reachable`: they have a
    device that can be brought in; `conversations`: newest first."""

    person_id: uuid.UUID | None
    name: str
    reachable: bool
    conversations: tuple[PatientConversation, ...]

    @property
    def open_ones(self) -> tuple[PatientConversation, ...]:
        return tuple(one for one in self.conversations if one.open)


def correspondence(*, by: Actor, patient_id: uuid.UUID, name: str) -> Correspondence:
    """For `actions.look_at_correspondence`, which found that the actor opens the folder, and recorded the look."""
    account = storage.account_of(patient_id=patient_id)
    cases = Case.objects.filter(
        patient=patient_id, with_patient=True, group__in=own_memberships(by).values("group_id")
    ).order_by("-opened_at", "-group_id")
    return Correspondence(
        person_id=account[0] if account else None,
        name=name,
        reachable=account is not None
        and bool(with_device(person_ids=[account[0]], organisation_id=account[1])),
        conversations=tuple(PatientConversation(case.group_id, case.state, case.opened_at) for case in cases),
    )
