"""Where an organisation has its administrators approve new devices: what is certified has been approved, once.

Asking and deciding: `identity.actions.device_approvals`."""

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import pki
from identity.access.rules import policy_of
from identity.device_approval import DeviceKeys, approval_fingerprint
from identity.device_certificate import DeviceCertificate
from identity.models import DeviceApproval, IdentityKey, Organisation
from identity.states import DEVICE_APPROVAL_TRANSITIONS, DeviceApprovalState, NewDevicesPolicy
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict

OPEN = [state.value for state, following in DEVICE_APPROVAL_TRANSITIONS.items() if following]


class ApprovalNeeded(Conflict):
    """The organisation has its administrators approve new devices, and nobody has approved these keys."""

    code = "approval-needed"


def device_keys(key: IdentityKey, device_id: uuid.UUID, checked: DeviceCertificate) -> DeviceKeys:
    """The keys that a checked certificate is about."""
    public_key = pki.spki(pki.p256(pki.read_certificate(checked.der).public_key()))
    return DeviceKeys(device_id, bytes(key.fingerprint), checked.mls_thumbprint, public_key)


def require_approved_identity(
    *, by: Actor, person_id: uuid.UUID, organisation: Organisation, identity_fingerprint: bytes
) -> None:
    """Before the organisation's CA certifies an identity key: the device that comes with it is approved.

    Raises:
        ApprovalNeeded: it is not, and the organisation demands it.
    """
    if not _is_demanded(organisation, by):
        return
    found = _approved().filter(person=person_id, organisation=organisation)
    if not found.filter(identity_fingerprint=identity_fingerprint).exists():
        raise _needed()


def require_approval(*, by: Actor, key: IdentityKey, keys: DeviceKeys) -> None:
    """Before a browser asks the person's other device.

    Raises:
        ApprovalNeeded: these keys are not approved, and the organisation demands it.
    """
    if _is_demanded(key.organisation, by) and not _approved().filter(fingerprint=_of(key, keys)).exists():
        raise _needed()


def use_approval(*, by: Actor, key: IdentityKey, keys: DeviceKeys) -> None:
    """Use the approval of these keys up, in the transaction that registers the device: of two, one finds it.

    Raises:
        ApprovalNeeded: there is none, and the organisation demands it.
    """
    fingerprint = _of(key, keys)
    if not _is_demanded(key.organisation, by):
        _withdraw(by, DeviceApproval.objects.filter(fingerprint=fingerprint))
    elif not _approved().filter(fingerprint=fingerprint).update(state=DeviceApprovalState.USED):
        raise _needed()


def withdraw_approvals(*, by: Actor, person_id: uuid.UUID, organisation_id: uuid.UUID) -> None:
    """Let everything lapse that a person has asked or was given, in the caller's transaction, who has checked `by`."""
    _withdraw(by, DeviceApproval.objects.filter(person=person_id, organisation=organisation_id))


def _withdraw(by: Actor, rows: QuerySet[DeviceApproval]) -> None:
    for row in rows.select_for_update().filter(state__in=OPEN):
        row.state = DeviceApprovalState.WITHDRAWN
        row.save(update_fields=["state"])
        audit.record(
            Event.DEVICE_APPROVAL_WITHDRAW,
            by=by,
            subject=f"person/{row.person_id}",
            organisation_id=row.organisation_id,
            details={"approval": str(row.id), "device": str(row.device_id)},
        )


def _is_demanded(organisation: Organisation, by: Actor) -> bool:
    """Policies are about staff."""
    return not by.has(Role.PATIENT) and policy_of(organisation).new_devices == NewDevicesPolicy.ADMINISTRATOR


def _approved() -> QuerySet[DeviceApproval]:
    return DeviceApproval.objects.filter(state=DeviceApprovalState.APPROVED, expires_at__gt=now())


def _of(key: IdentityKey, keys: DeviceKeys) -> bytes:
    return approval_fingerprint(keys, person_id=key.person_id, organisation_id=key.organisation_id)


def _needed() -> ApprovalNeeded:
    return ApprovalNeeded(_("An administrator of your organisation has to approve this device first."))
