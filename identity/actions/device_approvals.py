"""A browser asks the organisation's administrators to let it become a device; one of them approves or refuses it.

What is approved is one set of keys, for which the person reads out a code: see `identity.device_approval`."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import mail
from identity.access import device_approvals
from identity.access.actors import hold_place
from identity.access.devices import current_identity_key
from identity.actions import attempts
from identity.actions.certified_devices import require_version
from identity.device_approval import DeviceKeys, approval_fingerprint
from identity.models import Device, DeviceApproval, Membership
from identity.origin import Origin
from identity.states import DEVICE_APPROVAL_TRANSITIONS, DeviceApprovalState
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh

HOLDS = timedelta(days=7)
"""For so long a request waits, and for so long again what was approved can be used."""
MAXIMUM_WAITING = 3
LONGEST_REASON = 500


class ApprovalOver(Conflict):
    """The request has expired, was decided, or has lapsed."""

    code = "approval-over"


class OwnDeviceApproval(Conflict):
    """Nobody decides about their own device."""

    code = "own-device"


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A request as the browser sends it. name: how it calls itself."""

    keys: DeviceKeys
    name: str


def ask_for_approval(*, by: Actor, origin: Origin, sent: NewDevice) -> DeviceApproval:
    """Ask the administrators to approve the keys that this browser has made; holds for seven days.

    The same keys again give the same request, whatever became of it: after a refusal only other keys can ask.

    Raises:
        Invalid: the id is no UUIDv7.
        NotFound: the actor is no member of staff.
        Conflict: under another identity key than the current one, the device exists, or three requests wait.
        TooManyAttempts: ten in an hour.
    """
    require_version(sent.keys.device_id)
    with transaction.atomic():
        if by.has(Role.PATIENT):
            raise NotFound
        place = hold_place(by=by)
        ids = {"person_id": place.person_id, "organisation_id": place.organisation_id}
        fingerprint = approval_fingerprint(sent.keys, **ids)
        known = DeviceApproval.objects.filter(fingerprint=fingerprint).first()
        if known:
            return known
        _check(by, sent.keys)
        attempts.count(attempts.approval_limits(person_id=place.person_id))
        row = _insert(place, fingerprint, origin, sent)
        subject = f"device-approval/{row.id}"
        audit.record(
            Event.DEVICE_APPROVAL_ASK, by=by, subject=subject, details={"device": str(row.device_id)}
        )
    return row


def approve_device(*, by: Actor, approval_id: uuid.UUID) -> DeviceApproval:
    """Approve a request: its keys, and no others, become a device within seven days.

    Raises:
        NotFound: absent, or not an administrator of its organisation.
        FreshFactorRequired: the second factor was shown too long ago.
        OwnDeviceApproval: the acting person's own.
        ApprovalOver: not open any more.
    """
    device_approvals.device_approval(by=by, approval_id=approval_id)
    require_fresh(by)
    with transaction.atomic():
        row = _lock(by, approval_id)
        _decide(by, row, DeviceApprovalState.APPROVED, Event.DEVICE_APPROVAL_APPROVE)
    return row


def refuse_device(*, by: Actor, approval_id: uuid.UUID, reason: str) -> DeviceApproval:
    """Refuse a request for good. reason: the person reads it.

    Raises:
        NotFound: absent, or not an administrator of its organisation.
        Invalid: no reason, or one that is too long.
        OwnDeviceApproval: the acting person's own.
        ApprovalOver: not open any more.
    """
    device_approvals.device_approval(by=by, approval_id=approval_id)
    told = reason.strip()
    if not 1 <= len(told) <= LONGEST_REASON:
        raise Invalid(errors={"reason": _("Please say why, in up to 500 characters: the person reads it.")})
    with transaction.atomic():
        row = _lock(by, approval_id)
        row.reason = told
        _decide(by, row, DeviceApprovalState.REFUSED, Event.DEVICE_APPROVAL_REFUSE)
    return row


def _check(by: Actor, keys: DeviceKeys) -> None:
    current = current_identity_key(by=by)
    if current and bytes(current.fingerprint) != keys.identity_fingerprint:
        raise Conflict(_("There is an identity key for this person already."))
    taken = Device.objects.filter(mls_thumbprint=keys.mls_thumbprint)
    if taken.exists() or Device.objects.filter(id=keys.device_id).exists():
        raise Conflict(_("This device, or its key, is registered already."))
    if device_approvals.own_waiting(by=by).count() >= MAXIMUM_WAITING:
        raise Conflict(_("Three of your browsers wait for an administrator already."))


def _insert(place: Membership, fingerprint: bytes, origin: Origin, sent: NewDevice) -> DeviceApproval:
    at = now()
    return DeviceApproval.objects.create(
        person_id=place.person_id,
        organisation_id=place.organisation_id,
        device_id=sent.keys.device_id,
        name=sent.name.strip()[:100] or _("Browser"),
        fingerprint=fingerprint,
        identity_fingerprint=sent.keys.identity_fingerprint,
        network=origin.network,
        browser=origin.browser,
        system=origin.system,
        state=DeviceApprovalState.WAITING,
        requested_at=at,
        expires_at=at + HOLDS,
    )


def _lock(by: Actor, approval_id: uuid.UUID) -> DeviceApproval:
    """Hold a request that is to be decided.

    Raises:
        NotFound: deleted meanwhile.
    """
    rows = DeviceApproval.objects.select_for_update(of=("self",)).select_related("person", "organisation")
    row = rows.filter(id=approval_id).first()
    if row is None:
        raise NotFound
    if row.person_id == by.person_id:
        raise OwnDeviceApproval(_("Another administrator decides about your own device."))
    if row.expires_at <= now():
        raise _over()
    return row


def _decide(by: Actor, row: DeviceApproval, state: DeviceApprovalState, event: Event) -> None:
    if state not in DEVICE_APPROVAL_TRANSITIONS[DeviceApprovalState(row.state)]:
        raise _over()
    row.state, row.decided_at, row.decided_by_id = state, now(), by.person_id
    if state == DeviceApprovalState.APPROVED:
        row.expires_at = row.decided_at + HOLDS
    row.save(update_fields=["state", "decided_at", "decided_by", "reason", "expires_at"])
    audit.record(
        event,
        by=by,
        subject=f"person/{row.person_id}",
        organisation_id=row.organisation_id,
        details={"approval": str(row.id), "device": str(row.device_id)},
    )
    _tell(row)


def _tell(row: DeviceApproval) -> None:
    letter = partial(
        mail.send_device_decision,
        email=row.person.email,
        language=row.person.language,
        organisation_name=row.organisation.name,
        reason=row.reason,
    )
    transaction.on_commit(letter, robust=True)


def _over() -> ApprovalOver:
    return ApprovalOver(_("This request is not open any more."))
