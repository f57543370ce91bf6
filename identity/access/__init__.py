"""Who acts, and what they may see of people, organisations and devices. Absent and forbidden: one answer."""

from identity.access.actors import (
    STRANGER,
    SignedIn,
    actor_in,
    actor_of,
    actor_of_scope,
    actor_or_stranger,
    half_signed_actor,
    note_activity_of_scope,
    sessions_still_valid,
    signed_in,
    signed_in_of,
)
from identity.access.devices import (
    DeviceNeeded,
    chain_of,
    current_identity_key,
    device,
    devices_of,
    known_devices_of,
    own_device,
    require_device,
)
from identity.access.directory import DirectoryEntry, DirectoryPage, directory
from identity.access.marks import half_signed, public
from identity.access.own import Me, me, own_memberships
from identity.access.people import (
    PersonCard,
    card_of,
    membership,
    organisation,
    people_by_id,
    person,
    visible_organisations,
)

__all__ = [
    "STRANGER",
    "DeviceNeeded",
    "DirectoryEntry",
    "DirectoryPage",
    "Me",
    "PersonCard",
    "SignedIn",
    "actor_in",
    "actor_of",
    "actor_of_scope",
    "actor_or_stranger",
    "card_of",
    "chain_of",
    "current_identity_key",
    "device",
    "devices_of",
    "directory",
    "half_signed",
    "half_signed_actor",
    "known_devices_of",
    "me",
    "membership",
    "note_activity_of_scope",
    "organisation",
    "own_device",
    "own_memberships",
    "people_by_id",
    "person",
    "public",
    "require_device",
    "sessions_still_valid",
    "signed_in",
    "signed_in_of",
    "visible_organisations",
]
