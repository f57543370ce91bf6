"""Identity keys: certified for people, reset by their administrators."""

import uuid

from cryptography.x509 import Certificate, CertificateSigningRequest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import pki
from identity.access import people
from identity.access.actors import hold_place
from identity.access.patients import own_record
from identity.actions.approved_devices import require_approved_identity, withdraw_approvals
from identity.actions.authorisation import require_administrator, require_provisioning
from identity.authority import organisation_key
from identity.models import Device, IdentityKey, Organisation, Person, RecoveryKit
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh
from medicus.lib.ids import new_id


class IdentityKeyExists(Conflict):
    """There is a current identity key; only a reset makes room for another."""

    code = "identity-key-exists"


def certify_identity_key(*, by: Actor, request_der: bytes) -> IdentityKey:
    """Certify the key that the acting person's browser has made, for the organisation they act for.

    request_der: PKCS #10; only its key and its proof of possession count.

    Raises:
        Invalid: `errors["csr"]` says why.
        IdentityKeyExists: the person has one already.
        NotFound: the actor is no person of an organisation.
        ApprovalNeeded: an administrator has not approved this key's first device, and the organisation demands it.
    """
    person_id, organisation = _place(by)
    _refuse_second_key(by)
    request = _read(request_der)
    require_approved_identity(
        by=by,
        person_id=person_id,
        organisation=organisation,
        identity_fingerprint=pki.fingerprint(pki.p256(request.public_key())),
    )
    certificate = _issue(person_id, organisation, request)
    key = IdentityKey(
        id=new_id(),
        person_id=person_id,
        organisation=organisation,
        certificate=pki.der(certificate),
        fingerprint=pki.fingerprint(pki.p256(certificate.public_key())),
        created_at=now(),
    )
    _refuse_used_key(key)
    try:
        with transaction.atomic():
            hold_place(by=by)
            key.save(force_insert=True)
            audit.record(
                Event.IDENTITY_KEY_CERTIFY,
                by=by,
                subject=f"identity-key/{key.id}",
                patient=own_record(by=by),
                details={"certificate": pki.certificate_hash(bytes(key.certificate))},
            )
    except IntegrityError:
        raise _exists() from None
    return key


def reset_identity_key(*, by: Actor, person_id: uuid.UUID, organisation_id: uuid.UUID) -> list[uuid.UUID]:
    """Revoke a person's identity key and all its devices, and end their sessions; return the devices' ids.

    For a person who has lost every device, after an identity check at the desk. Peers see the new key as new.

    Raises:
        NotFound: not an administrator of this organisation, or it is the acting person's own.
        FreshFactorRequired: the second factor was shown too long ago.
        Conflict: the person has no key there.
    """
    require_administrator(by, organisation_id)
    if by.person_id == person_id:
        raise NotFound
    require_fresh(by)
    person = people.person(person_id)
    with transaction.atomic():
        key = _lock_current(person.id, organisation_id)
        if key is None:
            raise Conflict(_("This person has no key and no devices here."))
        revoked = _revoke(key)
        withdraw_approvals(by=by, person_id=person.id, organisation_id=organisation_id)
        Person.objects.filter(id=person.id).update(auth_version=F("auth_version") + 1)
        audit.record(
            Event.IDENTITY_KEY_RESET,
            by=by,
            subject=f"person/{person.id}",
            organisation_id=organisation_id,
            details={"identity_key": str(key.id), "devices": len(revoked)},
        )
        callbacks.call("device-revoked", device_ids=revoked)
        callbacks.call("identity-key-reset", by=by, person_id=person.id, organisation_id=organisation_id)
    return revoked


def revoke_identity_key(
    *, by: Actor, person_id: uuid.UUID, organisation_id: uuid.UUID
) -> tuple[int, list[uuid.UUID]]:
    """Revoke the key of somebody who leaves, with all its devices and requests for more, in the caller's transaction,
    who tells the other apps. Sessions of other organisations go on.

    Returns how many keys there were (one or none), and the devices' ids.

    Raises:
        NotFound: not an administrator of this organisation.
    """
    require_provisioning(by, organisation_id)
    withdraw_approvals(by=by, person_id=person_id, organisation_id=organisation_id)
    return end_keys(by=by, person_id=person_id, organisation_id=organisation_id)


def end_keys(
    *, by: Actor, person_id: uuid.UUID, organisation_id: uuid.UUID, patient: str = ""
) -> tuple[int, list[uuid.UUID]]:
    """`revoke_identity_key` for a caller who has checked `by`. patient: the record of a patient who is let go."""
    key = _lock_current(person_id, organisation_id)
    if key is None:
        return 0, []
    revoked = _revoke(key)
    for device_id in revoked:
        audit.record(
            Event.DEVICE_REVOKE,
            by=by,
            subject=f"person/{person_id}",
            organisation_id=organisation_id,
            patient=patient,
            details={"device": str(device_id)},
        )
    return 1, revoked


def _lock_current(person_id: uuid.UUID, organisation_id: uuid.UUID) -> IdentityKey | None:
    """Held, no device can be registered under it."""
    keys = IdentityKey.objects.select_for_update()
    return keys.filter(person=person_id, organisation=organisation_id, revoked_at=None).first()


def _revoke(key: IdentityKey) -> list[uuid.UUID]:
    at = now()
    IdentityKey.objects.filter(id=key.id).update(revoked_at=at)
    RecoveryKit.objects.filter(identity_key=key).delete()
    active = Device.objects.filter(identity_key=key, revoked_at=None)
    revoked = list(active.values_list("id", flat=True))
    active.update(revoked_at=at)
    return revoked


def _place(by: Actor) -> tuple[uuid.UUID, Organisation]:
    if by.organisation_id is None or by.person_id is None:
        raise NotFound
    return by.person_id, people.organisation(by=by, organisation_id=by.organisation_id)


def _read(request_der: bytes) -> CertificateSigningRequest:
    try:
        return pki.read_request(request_der)
    except pki.CertificateError as error:
        raise Invalid(errors={"csr": str(error)}) from None


def _issue(
    person_id: uuid.UUID, organisation: Organisation, request: CertificateSigningRequest
) -> Certificate:
    return pki.issue_person(
        request,
        person_id=person_id,
        domain=organisation.domain,
        organisation=pki.read_certificate(bytes(organisation.ca_certificate)),
        organisation_key=organisation_key(organisation.id),
        at=now(),
    )


def _refuse_second_key(by: Actor) -> None:
    current = IdentityKey.objects.filter(
        person=by.person_id, organisation=by.organisation_id, revoked_at=None
    )
    if current.exists():
        raise _exists()


def _exists() -> IdentityKeyExists:
    return IdentityKeyExists(_("There is an identity key for this person already."))


def _refuse_used_key(key: IdentityKey) -> None:
    """A key that was ever certified is not certified again: not for another person, not after a reset."""
    if IdentityKey.objects.filter(fingerprint=key.fingerprint).exists():
        raise Invalid(errors={"csr": _("This key has been certified before.")})
