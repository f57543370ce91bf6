"""What others know of patients who sign in: their invitations, and how sure a hospital is that it is they."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from identity.access.actors import valid_memberships
from identity.access.invitations import UNDECIDED
from identity.models import IdentityCheck, PatientInvitation
from identity.models.invitation import MOST_WRONG_CODES
from identity.states import Function, IdentityLevel, InvitationState
from medicus.lib import callbacks
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class PatientInvitationCard:
    """What the page of a patient's link shows. begun: this browser has opened it, and may type the code."""

    organisation_name: str
    begun: bool


@dataclass(frozen=True, slots=True)
class InvitationStanding:
    """The newest invitation to a patient's record, for the hospital that made it.

    expired: nobody has taken it up in time. void: the code was wrong too often."""

    state: InvitationState
    created_at: datetime
    expires_at: datetime
    wrong_codes: int
    expired: bool
    void: bool

    @property
    def open(self) -> bool:
        return self.state in UNDECIDED and not self.expired


@dataclass(frozen=True, slots=True)
class LevelCard:
    """How sure a hospital is of who signs in. The rest: of the check in person, where there was one."""

    level: IdentityLevel
    document: str = ""
    checked_by: str = ""
    checked_at: datetime | None = None

    @property
    def in_person(self) -> bool:
        return self.level == IdentityLevel.IN_PERSON


def invitation_standing(*, patient_id: uuid.UUID) -> InvitationStanding | None:
    """The newest invitation to a record that the caller was found to be allowed to see."""
    rows = PatientInvitation.objects.filter(patient_id=patient_id)
    newest = rows.order_by("-created_at", "-id").first()
    if newest is None:
        return None
    return InvitationStanding(
        state=InvitationState(newest.state),
        created_at=newest.created_at,
        expires_at=newest.expires_at,
        wrong_codes=newest.wrong_codes,
        expired=newest.state in UNDECIDED and newest.expires_at <= now(),
        void=newest.wrong_codes >= MOST_WRONG_CODES,
    )


def levels_of(*, membership_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, LevelCard]:
    """The identity levels of patients' memberships, for other apps that have already decided who may know."""
    checks = IdentityCheck.objects.filter(membership__in=set(membership_ids), withdrawn_at=None)
    found = {
        check.membership_id: LevelCard(
            IdentityLevel.IN_PERSON, check.document, check.checked_by.name, check.checked_at
        )
        for check in checks.select_related("checked_by")
    }
    return {one: found.get(one, LevelCard(IdentityLevel.LINK_AND_CODE)) for one in membership_ids}


def own_record(*, by: Actor) -> str:
    """The record of the acting patient where they act, for the log, which shows it to them; empty for everybody else."""
    if not by.has(Role.PATIENT):
        return ""
    told = callbacks.call("patient-record", membership_id=by.membership_id)
    return next((str(record) for record in told if record), "")


def own_patient_memberships(*, by: Actor) -> list[uuid.UUID]:
    """In which hospitals the acting patient has a place now, by membership.

    Raises:
        NotFound: the actor is no patient.
    """
    if by.person_id is None or not by.has(Role.PATIENT):
        raise NotFound
    mine = valid_memberships().filter(person=by.person_id, function=Function.PATIENT)
    return list(mine.values_list("id", flat=True))
