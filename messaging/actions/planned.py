"""A commit's change of membership, as it was worked out and before it happens."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from messaging.access.contacts import Party
from messaging.models import GroupDevice, KeyPackage

if TYPE_CHECKING:
    from identity.models import Device


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A device that enters. is_patient: of a patient, which only patient cases let in."""

    device: "Device"
    package: KeyPackage
    is_patient: bool = False

    @property
    def party(self) -> Party:
        return self.device.person_id, self.device.organisation_id


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit does to a group. `leaves`: those that stay; `asked`: a stranger, who gets a contact request."""

    newcomers: tuple[Newcomer, ...]
    removed: tuple[GroupDevice, ...]
    leaves: tuple[GroupDevice, ...]
    asked: Party | None = None
