"""Devices: registered under an identity key, attached to sessions, revoked."""

import hashlib
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
from identity.actions.authorisation import require_administrator
from identity.device_certificate import DeviceCertificate, check_device
from identity.models import Device, DeviceChallenge, IdentityKey
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid

MAXIMUM_DEVICES = 5
UUID_VERSION = 7
CHALLENGE_SECONDS = 120
ATTACH_PREFIX = b"medicus-attach:"


class TooManyDevices(Conflict):
    """The person has five active devices."""

    code = "too-many-devices"


def register_device(
    *, by: Actor, session: SessionBase, device_id: uuid.UUID, name: str, certificate_der: bytes
) -> Device:
    """Register a device that the acting person's identity key has certified, and attach it to the session.

    The same device again with the same certificate gives the same answer, so a lost answer does no harm.

    Raises:
        Invalid: `errors` names the field and the rule that is broken.
        Conflict: no identity key yet, or the id or the MLS key is in use.
        TooManyDevices: five active ones.
    """
    try:
        with transaction.atomic():
            key = _lock_identity_key(by)
            device = _same_device(by, device_id, certificate_der)
            if device is None:
                checked = _check(key, device_id, certificate_der)
                _require_room(key)
                device = _insert(key, device_id, name, checked)
                audit.record(Event.DEVICE_REGISTER, by=by, subject=f"device/{device.id}")
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
        DeviceChallenge.objects.filter(device=device, session_digest=_digest(session)).delete()
        DeviceChallenge.objects.create(
            nonce=nonce,
            device=device,
            session_digest=_digest(session),
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
                subject=f"device/{device.id}",
                organisation_id=device.organisation_id,
            )
            callbacks.call("device-revoked", device_ids=[device.id])
    device.refresh_from_db(fields=["revoked_at"])
    return device


def _lock_identity_key(by: Actor) -> IdentityKey:
    keys = IdentityKey.objects.select_for_update(of=("self",)).select_related("organisation")
    key = keys.filter(person=by.person_id, organisation=by.organisation_id, revoked_at=None).first()
    if key is None:
        raise Conflict(_("There is no identity key for this person yet."))
    return key


def _same_device(by: Actor, device_id: uuid.UUID, certificate_der: bytes) -> Device | None:
    found = Device.objects.filter(id=device_id, person=by.person_id, organisation=by.organisation_id)
    device = found.filter(revoked_at=None).select_related("identity_key", "organisation").first()
    return device if device and bytes(device.certificate) == certificate_der else None


def _check(key: IdentityKey, device_id: uuid.UUID, certificate_der: bytes) -> DeviceCertificate:
    if device_id.version != UUID_VERSION:
        raise Invalid(errors={"id": _("The id must be a UUID of version 7.")})
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


def _require_room(key: IdentityKey) -> None:
    active = Device.objects.filter(identity_key=key, revoked_at=None, expires_at__gt=now())
    if active.count() >= MAXIMUM_DEVICES:
        raise TooManyDevices(
            _("There are five devices already. Please revoke one that is not used any more.")
        )


def _insert(key: IdentityKey, device_id: uuid.UUID, name: str, checked: DeviceCertificate) -> Device:
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


def _use_challenge(device: Device, session: SessionBase) -> bytes | None:
    """Take the open challenge: of two requests, the one whose delete finds the row has it."""
    rows = DeviceChallenge.objects.filter(
        device=device, session_digest=_digest(session), expires_at__gt=now()
    )
    challenge = rows.first()
    if challenge is None:
        return None
    deleted, _by_model = DeviceChallenge.objects.filter(nonce=bytes(challenge.nonce)).delete()
    return bytes(challenge.nonce) if deleted == 1 else None


def _digest(session: SessionBase) -> bytes:
    return hashlib.sha256((session.session_key or "").encode()).digest()
