"""How a device enters the list of a person: the same rules for a first one and for one that joins."""

import uuid

from django.utils.translation import gettext as _

from identity import pki
from identity.actions.approved_devices import device_keys, use_approval
from identity.device_certificate import DeviceCertificate, check_device
from identity.models import Device, IdentityKey
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid

MAXIMUM_DEVICES = 5
UUID_VERSION = 7


class TooManyDevices(Conflict):
    """The person has five active devices."""

    code = "too-many-devices"


def lock_identity_key(by: Actor) -> IdentityKey:
    """The acting person's current identity key, until the transaction ends.

    Raises:
        Conflict: there is none.
    """
    keys = IdentityKey.objects.select_for_update(of=("self",)).select_related("organisation")
    key = keys.filter(person=by.person_id, organisation=by.organisation_id, revoked_at=None).first()
    if key is None:
        raise Conflict(_("There is no identity key for this person yet."))
    return key


def check_certificate(key: IdentityKey, device_id: uuid.UUID, certificate_der: bytes) -> DeviceCertificate:
    """Check a device certificate rule by rule.

    Raises:
        Invalid: `errors` names the field and the rule that is broken.
    """
    require_version(device_id)
    try:
        return check_device(
            certificate_der,
            device_id=device_id,
            person_id=key.person_id,
            domain=key.organisation.domain,
            person=pki.read_certificate(bytes(key.certificate)),
            at=now(),
        )
    except pki.CertificateError as error:
        raise Invalid(errors={"certificate": str(error)}) from None


def require_version(device_id: uuid.UUID) -> None:
    """Raises: Invalid unless the id is a UUIDv7."""
    if device_id.version != UUID_VERSION:
        raise Invalid(errors={"id": _("The id must be a UUID of version 7.")})


def require_room(key: IdentityKey) -> None:
    """Raises: TooManyDevices: five active ones."""
    active = Device.objects.filter(identity_key=key, revoked_at=None, expires_at__gt=now())
    if active.count() >= MAXIMUM_DEVICES:
        raise TooManyDevices(
            _("There are five devices already. Please revoke one that is not used any more.")
        )


def insert_device(
    by: Actor, key: IdentityKey, device_id: uuid.UUID, name: str, checked: DeviceCertificate
) -> Device:
    """Add a device whose certificate has passed every check, in the caller's transaction.

    Raises:
        ApprovalNeeded: the organisation has its administrators approve new devices, and this one is not.
        IntegrityError: the id or the MLS key is in use.
    """
    use_approval(by=by, key=key, keys=device_keys(key, device_id, checked))
    device = Device(
        id=device_id,
        person_id=key.person_id,
        organisation=key.organisation,
        identity_key=key,
        name=name.strip()[:100] or _("Browser"),
        certificate=checked.der,
        mls_thumbprint=checked.mls_thumbprint,
        created_at=now(),
        expires_at=checked.expires_at,
        last_seen_at=now(),
    )
    device.save(force_insert=True)
    return device
