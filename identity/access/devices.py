"""Identity keys and devices, as an actor may see them."""

import uuid
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from identity import pki
from identity.access.actors import is_of_verified, valid_memberships
from identity.authority import root_certificate
from identity.models import Device, IdentityKey, Membership
from identity.states import STAFF, Function
from medicus.lib import callbacks
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, NotFound


class DeviceNeeded(Conflict):
    """The session has not proven that it holds a device's key."""

    code = "device-needed"


def require_device(*, by: Actor) -> uuid.UUID:
    """The device that the actor's session is attached to.

    Raises:
        DeviceNeeded: none.
    """
    if by.device_id is None:
        raise DeviceNeeded(_("This browser is not set up for encrypted conversations yet."))
    return by.device_id


def visible_devices(*, by: Actor) -> QuerySet[Device]:
    """Devices that an actor may see, revoked ones included: of the staff of verified organisations and the own one.

    Peers who have left stay visible, because their messages do. A patient's are seen by whoever opens their record and
    by who is in a patient case with them; patients see their own, and those of the people in their cases."""
    found = Device.objects.select_related("identity_key__organisation", "organisation").order_by(
        "created_at", "id"
    )
    if by.has(Role.SYSTEM):
        return found
    if by.organisation_id is None or by.person_id is None:
        return found.none()
    if by.has(Role.PATIENT):
        own = Q(person=by.person_id, organisation=by.organisation_id)
    else:
        own = Q(organisation=by.organisation_id)
        if is_of_verified(by):
            own |= Q(organisation__verified_at__isnull=False)
        own &= ~Q(Exists(_places().filter(function=Function.PATIENT)))
    return found.filter(own | _reached(by, since_left=True))


def _places() -> QuerySet[Membership]:
    return Membership.objects.filter(person=OuterRef("person"), organisation=OuterRef("organisation"))


def _reached(by: Actor, *, since_left: bool) -> Q:
    """Patients whom the actor has to do with, and for a patient the people in their cases, as the apps above say.

    since_left: also those who have left a case since the actor came into it; messages of theirs may still be on the way."""
    reached = Q(pk__in=[])
    for told in callbacks.call("patient-reach", by=by, since_left=since_left):
        reached |= Q(told)
    return reached


def devices_of(*, by: Actor, person_ids: Collection[uuid.UUID]) -> list[Device]:
    """The active devices of people: neither revoked nor expired, and the person still works there.

    A patient's place is not work: `patient_devices_of`."""
    return list(_active(by, person_ids, STAFF))


def patient_devices_of(*, by: Actor, person_ids: Collection[uuid.UUID]) -> list[Device]:
    """The active devices of patients whom the actor reaches, while their place holds: for patient cases alone."""
    own = Q(person=by.person_id, organisation=by.organisation_id)
    reached = own if by.has(Role.PATIENT) else _reached(by, since_left=False)
    return list(_active(by, person_ids, {Function.PATIENT}).filter(reached))


def _active(
    by: Actor, person_ids: Collection[uuid.UUID], functions: Collection[Function]
) -> QuerySet[Device]:
    places = valid_memberships().filter(
        person=OuterRef("person"), organisation=OuterRef("organisation"), function__in=functions
    )
    found = visible_devices(by=by).filter(Exists(places), person__in=set(person_ids))
    return found.filter(revoked_at=None, expires_at__gt=now())


def known_devices_of(*, by: Actor, person_ids: Collection[uuid.UUID]) -> list[Device]:
    """All devices of people, also revoked and expired ones: clients must see a revocation."""
    return list(visible_devices(by=by).filter(person__in=set(person_ids)))


def device(*, by: Actor, device_id: uuid.UUID) -> Device:
    """Get a device, revoked or not.

    Raises:
        NotFound: absent or not for this actor.
    """
    found = visible_devices(by=by).filter(id=device_id).first()
    if found is None:
        raise NotFound
    return found


def own_device(*, by: Actor, device_id: uuid.UUID) -> Device:
    """Get an active device of the acting person in the organisation they act for.

    Raises:
        NotFound: absent, revoked, expired, or somebody else's.
    """
    found = device(by=by, device_id=device_id)
    mine = found.person_id == by.person_id and found.organisation_id == by.organisation_id
    if not mine or found.revoked_at or found.expires_at <= now():
        raise NotFound
    return found


def current_identity_key(*, by: Actor) -> IdentityKey | None:
    """The acting person's identity key in the organisation they act for."""
    return (
        IdentityKey.objects.filter(person=by.person_id, organisation=by.organisation_id, revoked_at=None)
        .select_related("organisation")
        .first()
    )


def chain_of(device: Device) -> list[bytes]:
    """The four certificates of a device as DER: device, person, organisation, root."""
    return [bytes(device.certificate), *chain_of_key(device.identity_key)]


def chain_of_key(key: IdentityKey) -> list[bytes]:
    """The three certificates of an identity key as DER: person, organisation, root."""
    return [bytes(key.certificate), bytes(key.organisation.ca_certificate), pki.der(root_certificate())]


def with_device(*, person_ids: Collection[uuid.UUID], organisation_id: uuid.UUID) -> set[uuid.UUID]:
    """Which of these people encrypted messages reach: they have an active device there. For rules that tell nobody."""
    found = Device.objects.filter(
        person__in=set(person_ids), organisation=organisation_id, revoked_at=None, expires_at__gt=now()
    )
    return set(found.values_list("person_id", flat=True))
