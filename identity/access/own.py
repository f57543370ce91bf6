"""What the acting person sees of themselves."""

import uuid
from dataclasses import dataclass

from identity import pki
from identity.access.actors import valid_memberships
from identity.access.devices import current_identity_key
from identity.access.rules import policy_in
from identity.authority import root_certificate
from identity.models import IdentityKey, Membership, Organisation
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class Me:
    """Who acts, in which membership, with which keys; and the root certificate that a client pins.

    new_devices: of `NewDevicesPolicy`, who approves a new device of theirs."""

    person_id: uuid.UUID
    name: str
    email: str
    language: str
    membership_id: uuid.UUID
    organisation: Organisation
    roles: list[str]
    device_id: uuid.UUID | None
    identity_key: IdentityKey | None
    new_devices: str
    root_certificate: bytes


def me(*, by: Actor) -> Me:
    """Describe the acting person.

    Raises:
        NotFound: the membership has ended in this very moment.
    """
    mine = valid_memberships().select_related("person", "organisation__policy").filter(person=by.person_id)
    membership = mine.filter(organisation=by.organisation_id).first()
    if membership is None:
        raise NotFound
    return Me(
        person_id=membership.person_id,
        name=membership.person.name,
        email=membership.person.email,
        language=membership.person.language,
        membership_id=membership.id,
        organisation=membership.organisation,
        roles=sorted(by.roles),
        device_id=by.device_id,
        identity_key=current_identity_key(by=by),
        new_devices=policy_in(membership).new_devices,
        root_certificate=pki.der(root_certificate()),
    )


def own_memberships(*, by: Actor) -> list[Membership]:
    """The memberships that the acting person may act in, the first one first."""
    found = valid_memberships().filter(person=by.person_id).select_related("organisation", "department")
    return list(found.order_by("id"))
