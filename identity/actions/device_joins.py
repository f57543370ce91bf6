"""A second device: a browser asks, the person's first one certifies its keys, or refuses.

The server carries keys one way, a certificate the other way, and with it, where the person wants it, the key of the
history backup, sealed to the browser that asks. It could neither put another key in their place, for both browsers
compare `identity.device_join`'s fingerprint, nor issue the certificate, nor open what is sealed."""

import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import pki, sessions
from identity.access import device_joins, devices
from identity.access.patients import own_record
from identity.actions import attempts
from identity.actions.approved_devices import require_approval
from identity.actions.certified_devices import (
    check_certificate,
    insert_device,
    lock_identity_key,
    require_room,
    require_version,
)
from identity.device_approval import DeviceKeys
from identity.device_certificate import DeviceCertificate
from identity.device_join import (
    AGREEMENT_KEY_BYTES,
    MLS_KEY_BYTES,
    NONCE_BYTES,
    WRAPPED_BACKUP_KEY_BYTES,
    JoinKeys,
    join_fingerprint,
)
from identity.models import Device, DeviceJoin, IdentityKey
from identity.origin import Origin
from identity.states import JOIN_TRANSITIONS, JoinRefusal, JoinState
from identity.thumbprint import ed25519_thumbprint
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh

JOIN_SECONDS = 600
MAXIMUM_OPEN = 3
BACKUP_KEY_SECONDS = 600
"""For so long after the approval the new device may fetch what came with it."""


class JoinOver(Conflict):
    """The request has expired, was answered or withdrawn, or the browser that asked is signed out."""

    code = "join-over"


class JoinMismatch(Invalid):
    """What was approved are not the keys that asked."""

    code = "join-mismatch"


class NoBackupKey(Conflict):
    """There is no key of the history backup to fetch with this request."""

    code = "no-backup-key"


@dataclass(frozen=True, slots=True)
class NewJoin:
    """A request as the browser sends it. name: how it calls itself."""

    keys: JoinKeys
    name: str


@dataclass(frozen=True, slots=True)
class GivenApproval:
    """What the approving device sends.

    fingerprint: what it has compared with the one that the asking browser shows.
    wrapped_backup_key: 189 bytes, opaque to the server; None: the history does not come along.
    """

    fingerprint: bytes
    certificate_der: bytes
    wrapped_backup_key: bytes | None = None


def ask_to_join(*, by: Actor, session: SessionBase, origin: Origin, sent: NewJoin) -> DeviceJoin:
    """Ask the person's devices to certify keys that this browser has made; the request holds for ten minutes.

    A newer request of the same session takes the place of the older one.

    Raises:
        Invalid: a key is malformed, the identity key itself, or in use.
        Conflict: no identity key yet (then this browser makes it), or three requests are open.
        TooManyDevices: five active ones.
        TooManyAttempts: ten in an hour.
        ApprovalNeeded: an administrator has not approved these keys, and the organisation demands it.
    """
    if by.person_id is not None:
        attempts.count(attempts.join_limits(person_id=by.person_id))
    with transaction.atomic():
        key = lock_identity_key(by)
        _check_keys(sent.keys, key)
        require_room(key)
        require_approval(by=by, key=key, keys=_device_keys(sent.keys, key))
        _withdraw_of_session(by, session)
        if len(device_joins.open_joins(by=by)) >= MAXIMUM_OPEN:
            raise Conflict(_("Three browsers ask already. Please answer one of them first."))
        row = _insert(key, session, origin, sent)
        audit.record(Event.DEVICE_JOIN_ASK, by=by, subject=f"device-join/{row.id}")
    return row


def approve_join(*, by: Actor, join_id: uuid.UUID, given: GivenApproval) -> Device:
    """Register the device that asks, by the certificate that the acting person's first device has made for it.

    Raises:
        FreshFactorRequired: the second factor was shown too long ago.
        DeviceNeeded: the session holds no device.
        NotFound: no such request of the acting person.
        JoinOver: not open any more.
        JoinMismatch: fingerprint or certificate are of other keys.
        Invalid: the certificate breaks a rule, such as being signed by another key, or the wrapped key has another length.
        TooManyDevices: five active ones.
        ApprovalNeeded: see `ask_to_join`; what was approved then may have lapsed.
    """
    require_fresh(by)
    approver = devices.own_device(by=by, device_id=devices.require_device(by=by))
    wrapped = given.wrapped_backup_key
    if wrapped is not None and len(wrapped) != WRAPPED_BACKUP_KEY_BYTES:
        raise Invalid(errors={"wrapped_backup_key": _("This is not a wrapped key of a backup.")})
    try:
        with transaction.atomic():
            key = lock_identity_key(by)
            row = _waiting(by, join_id)
            checked = check_certificate(key, row.device_id, given.certificate_der)
            _require_same(row, given.fingerprint, checked)
            require_room(key)
            device = insert_device(by, key, row.device_id, row.name, checked)
            row.wrapped_backup_key = wrapped
            _end(row, JoinState.APPROVED)
            details = {
                "join": str(row.id),
                "approved_by": str(approver.id),
                "certificate": pki.certificate_hash(bytes(device.certificate)),
            }
            audit.record(
                Event.DEVICE_REGISTER,
                by=by,
                subject=f"device/{device.id}",
                patient=own_record(by=by),
                details=details,
            )
            if wrapped is not None:
                details = {"join": str(row.id), "from": str(approver.id)}
                audit.record(Event.BACKUP_HAND_OVER, by=by, subject=f"device/{device.id}", details=details)
    except IntegrityError:
        raise Conflict(_("This device, or its key, is registered already.")) from None
    return device


def take_backup_key(*, by: Actor, join_id: uuid.UUID) -> bytes:
    """Give the device that a request became, once, what came for it with the approval; it is gone here then.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: no request of the acting person that became this very device.
        NoBackupKey: none came, it was fetched already, or ten minutes have passed.
    """
    device_id = devices.require_device(by=by)
    with transaction.atomic():
        own = device_joins.own_joins(by=by).filter(device_id=device_id, state=JoinState.APPROVED)
        row = own.select_for_update().filter(id=join_id).first()
        if row is None:
            raise NotFound
        wrapped = row.wrapped_backup_key
        if wrapped is None or _is_late(row):
            raise NoBackupKey(
                _(
                    "No key of the backup is here: none came, it was fetched already, or ten minutes have passed."
                )
            )
        row.wrapped_backup_key = None
        row.save(update_fields=["wrapped_backup_key"])
    return bytes(wrapped)


def refuse_join(*, by: Actor, join_id: uuid.UUID, reason: JoinRefusal = JoinRefusal.NOT_MINE) -> None:
    """Refuse a browser that asks: its person, in any of their sessions.

    Raises:
        NotFound: no such request of the acting person.
        JoinOver: not open any more.
    """
    with transaction.atomic():
        row = _open(device_joins.own_joins(by=by), join_id)
        _end(row, JoinState.REFUSED)
        subject = f"device-join/{row.id}"
        audit.record(Event.DEVICE_JOIN_REFUSE, by=by, subject=subject, details={"reason": reason.value})


def withdraw_join(*, by: Actor, session: SessionBase, join_id: uuid.UUID) -> None:
    """Take back what this session has asked.

    Raises:
        NotFound: no such request of this session.
        JoinOver: not open any more.
    """
    with transaction.atomic():
        rows = device_joins.own_joins(by=by).filter(session_digest=sessions.digest(session.session_key))
        row = _open(rows, join_id)
        _end(row, JoinState.WITHDRAWN)
        audit.record(Event.DEVICE_JOIN_WITHDRAW, by=by, subject=f"device-join/{row.id}")


def _check_keys(keys: JoinKeys, key: IdentityKey) -> None:
    require_version(keys.device_id)
    if len(keys.nonce) != NONCE_BYTES or len(keys.mls_key) != MLS_KEY_BYTES:
        raise Invalid(errors={"mls_key": _("The nonce and the MLS key must have 32 bytes each.")})
    if not _is_point(keys.agreement_key):
        raise Invalid(errors={"agreement_key": _("This is not a public key on P-256.")})
    try:
        public_key = pki.p256(serialization.load_der_public_key(keys.device_key))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Invalid(errors={"device_key": _("This is not a public key on P-256.")}) from None
    if pki.spki(public_key) != keys.device_key or pki.fingerprint(public_key) == bytes(key.fingerprint):
        raise Invalid(errors={"device_key": _("A device needs a key of its own.")})
    taken = Device.objects.filter(mls_thumbprint=ed25519_thumbprint(keys.mls_key))
    if taken.exists() or Device.objects.filter(id=keys.device_id).exists():
        raise Conflict(_("This device, or its key, is registered already."))


def _is_point(agreement_key: bytes) -> bool:
    if len(agreement_key) != AGREEMENT_KEY_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), agreement_key)
    except ValueError:
        return False
    return True


def _device_keys(keys: JoinKeys, key: IdentityKey) -> DeviceKeys:
    thumbprint = ed25519_thumbprint(keys.mls_key)
    return DeviceKeys(keys.device_id, bytes(key.fingerprint), thumbprint, keys.device_key)


def _withdraw_of_session(by: Actor, session: SessionBase) -> None:
    earlier = device_joins.own_joins(by=by).filter(
        session_digest=sessions.digest(session.session_key), state=JoinState.WAITING
    )
    for row in earlier:
        _end(row, JoinState.WITHDRAWN)
        audit.record(Event.DEVICE_JOIN_WITHDRAW, by=by, subject=f"device-join/{row.id}")


def _insert(key: IdentityKey, session: SessionBase, origin: Origin, sent: NewJoin) -> DeviceJoin:
    at = now()
    return DeviceJoin.objects.create(
        person_id=key.person_id,
        organisation=key.organisation,
        session_digest=sessions.digest(session.session_key),
        device_id=sent.keys.device_id,
        name=sent.name.strip()[:100],
        device_key=sent.keys.device_key,
        mls_key=sent.keys.mls_key,
        agreement_key=sent.keys.agreement_key,
        nonce=sent.keys.nonce,
        network=origin.network,
        browser=origin.browser,
        system=origin.system,
        state=JoinState.WAITING,
        created_at=at,
        expires_at=at + timedelta(seconds=JOIN_SECONDS),
    )


def _waiting(by: Actor, join_id: uuid.UUID) -> DeviceJoin:
    row = _open(device_joins.own_joins(by=by), join_id)
    if not device_joins.still_asks(row, by=by):
        raise JoinOver(_("The browser that asked is signed out. Please ask again there."))
    return row


def _open(rows: QuerySet[DeviceJoin], join_id: uuid.UUID) -> DeviceJoin:
    row = rows.select_for_update().filter(id=join_id).first()
    if row is None:
        raise NotFound
    if not JOIN_TRANSITIONS[JoinState(row.state)] or row.expires_at <= now():
        raise JoinOver(_("This request is not open any more. Please ask again in the new browser."))
    return row


def _require_same(row: DeviceJoin, fingerprint: bytes, checked: DeviceCertificate) -> None:
    expected = join_fingerprint(row.keys, person_id=row.person_id, organisation_id=row.organisation_id)
    if not hmac.compare_digest(expected, fingerprint):
        raise JoinMismatch(errors={"fingerprint": _("The fingerprint is of other keys.")})
    certified = pki.spki(pki.p256(pki.read_certificate(checked.der).public_key()))
    same = checked.mls_thumbprint == ed25519_thumbprint(bytes(row.mls_key))
    if certified != bytes(row.device_key) or not same:
        raise JoinMismatch(errors={"certificate": _("The certificate is for other keys.")})


def _end(row: DeviceJoin, state: JoinState) -> None:
    row.state, row.ended_at = state, now()
    row.save(update_fields=["state", "ended_at", "wrapped_backup_key"])


def _is_late(row: DeviceJoin) -> bool:
    return row.ended_at is None or row.ended_at + timedelta(seconds=BACKUP_KEY_SECONDS) <= now()
