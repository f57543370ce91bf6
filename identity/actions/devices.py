"""Devices: registered under an identity key, attached to sessions, revoked."""

import os
import uuid
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import pki, sessions
from identity.access import devices
from identity.access.patients import own_record
from identity.actions.authorisation import require_administrator
from identity.actions.certified_devices import (
    check_certificate,
    insert_device,
    lock_identity_key,
    require_room,
)
from identity.models import Device, DeviceChallenge
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid

CHALLENGE_SECONDS = 120
ATTACH_PREFIX = b"medicus-attach:"


def register_device(
    *, by: Actor, session: SessionBase, device_id: uuid.UUID, name: str, certificate_der: bytes
) -> Device:
    """Register a device that the acting person's identity key has certified, and attach it to the session.

    The same device again with the same certificate gives the same answer, so a lost answer does no harm.

    Raises:
        Invalid: `errors` names the field and the rule that is broken.
        Conflict: no identity key yet, or the id or the MLS key is in use.
        TooManyDevices: five active ones.
        ApprovalNeeded: an administrator has not approved these keys, and the organisation demands it.
    """
    try:
        with transaction.atomic():
            key = lock_identity_key(by)
            device = _same_device(by, device_id, certificate_der)
            if device is None:
                checked = check_certificate(key, device_id, certificate_der)
                require_room(key)
                device = insert_device(by, key, device_id, name, checked)
                audit.record(
                    Event.DEVICE_REGISTER,
                    by=by,
                    subject=f"device/{device.id}",
                    patient=own_record(by=by),
                    details={"certificate": pki.certificate_hash(bytes(device.certificate))},
                )
    except IntegrityError:
        raise Conflict(_("This device, or its key, is registered already.")) from None
    sessions.attach(session, device_id=device.id)
    return device


def challenge_device(*, by: Actor, session: SessionBase, device_id: uuid.UUID) -> bytes:
    """Give a device 32 random bytes to sign; they work once, for this session, for two minutes.

    Raises:
        NotFound: not an active device of the acting person.
    """
    device = devices.own_device(by=by, device_id=device_id)
    nonce = os.urandom(32)
    with transaction.atomic():
        DeviceChallenge.objects.filter(
            device=device, session_digest=sessions.digest(session.session_key)
        ).delete()
        DeviceChallenge.objects.create(
            nonce=nonce,
            device=device,
            session_digest=sessions.digest(session.session_key),
            expires_at=now() + timedelta(seconds=CHALLENGE_SECONDS),
        )
    return nonce


def attach_device(*, by: Actor, session: SessionBase, device_id: uuid.UUID, signature: bytes) -> Device:
    """Attach a device to the session: it has signed `medicus-attach:` and the challenge, which is used up.

    signature: ECDSA-SHA256 as r and s, 64 bytes (IEEE P1363).

    Raises:
        Invalid: wrong signature, or no challenge is open.
        NotFound: not an active device of the acting person.
    """
    device = devices.own_device(by=by, device_id=device_id)
    nonce = _use_challenge(device, session)
    public_key = pki.p256(pki.read_certificate(bytes(device.certificate)).public_key())
    if nonce is None or not pki.check_signature(public_key, signature, ATTACH_PREFIX + nonce):
        raise Invalid(errors={"signature": _("This is not the device's signature of an open challenge.")})
    with transaction.atomic():
        Device.objects.filter(id=device.id).update(last_seen_at=now())
        audit.record(Event.DEVICE_ATTACH, by=by, subject=f"device/{device.id}")
    sessions.attach(session, device_id=device.id)
    return device


def revoke_device(*, by: Actor, device_id: uuid.UUID) -> Device:
    """Revoke a device for ever: its sessions lose it at the next request, its sockets within seconds.

    Raises:
        NotFound: absent, or the actor neither owns it nor administers its organisation.
    """
    device = devices.device(by=by, device_id=device_id)
    own = device.person_id == by.person_id and device.organisation_id == by.organisation_id
    if not own:
        require_administrator(by, device.organisation_id)
    with transaction.atomic():
        if Device.objects.filter(id=device.id, revoked_at=None).update(revoked_at=now()):
            audit.record(
                Event.DEVICE_REVOKE,
                by=by,
                subject=f"person/{device.person_id}",
                organisation_id=device.organisation_id,
                patient=own_record(by=by),
                details={"device": str(device.id)},
            )
            callbacks.call("device-revoked", device_ids=[device.id])
    device.refresh_from_db(fields=["revoked_at"])
    return device


def _same_device(by: Actor, device_id: uuid.UUID, certificate_der: bytes) -> Device | None:
    found = Device.objects.filter(id=device_id, person=by.person_id, organisation=by.organisation_id)
    device = found.filter(revoked_at=None).select_related("identity_key", "organisation").first()
    return device if device and bytes(device.certificate) == certificate_der else None


def _use_challenge(device: Device, session: SessionBase) -> bytes | None:
    """Take the open challenge: of two requests, the one whose delete finds the row has it."""
    rows = DeviceChallenge.objects.filter(
        device=device, session_digest=sessions.digest(session.session_key), expires_at__gt=now()
    )
    challenge = rows.first()
    if challenge is None:
        return None
    deleted, _by_model = DeviceChallenge.objects.filter(nonce=bytes(challenge.nonce)).delete()
    return bytes(challenge.nonce) if deleted == 1 else None
