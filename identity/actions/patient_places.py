"""A patient's place in a hospital: how sure the hospital is of who signs in, and how the place ends.

The app above has found that the record is one of the actor's organisation, and whose membership belongs to it."""

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.actors import valid_memberships
from identity.actions.identity_keys import end_keys
from identity.models import IdentityCheck, Membership
from identity.states import Function, IdentityDocument, IdentityLevel, WithdrawalReason
from medicus.lib import callbacks
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh


def confirm_identity(*, by: Actor, membership_id: uuid.UUID, patient_id: uuid.UUID, document: str) -> None:
    """Record that a clinician has compared the patient, in person, with an identity document.

    document: an `IdentityDocument`; its number is not asked for.

    Raises:
        NotFound: the actor is no clinician of the patient's hospital, or the place has ended.
        FreshFactorRequired: the second factor was shown too long ago.
        Invalid: no such document.
        Conflict: a check holds already.
    """
    place = _place(by, membership_id)
    require_fresh(by)
    shown = _document(document)
    check = IdentityCheck(membership=place, document=shown.value, checked_by_id=_person(by), checked_at=now())
    with transaction.atomic():
        _insert(check)
        details = {"new": IdentityLevel.IN_PERSON.value, "document": shown.value}
        _record(Event.IDENTITY_LEVEL_RAISE, by, patient_id, details)


def withdraw_identity(*, by: Actor, membership_id: uuid.UUID, patient_id: uuid.UUID, reason: str) -> None:
    """Take a check in person back.

    Raises:
        NotFound: see `confirm_identity`.
        Invalid: no such reason.
        Conflict: no check holds.
    """
    place, why = _place(by, membership_id), _reason(reason)
    with transaction.atomic():
        if not _withdraw(by, place, patient_id, why):
            raise Conflict(_("There is no check in person to take back."))


def end_patient_place(*, by: Actor, membership_id: uuid.UUID, patient_id: uuid.UUID, reason: str) -> str:
    """End a patient's access to the hospital, at once, with the check of their identity, their key and their devices
    there; in the caller's transaction. Nothing is delivered to them any more, and the next commit of every conversation
    removes them.

    Returns the reason.

    Raises:
        NotFound: see `confirm_identity`.
        Invalid: no such reason.
    """
    place, why = _place(by, membership_id), _reason(reason)
    _withdraw(by, place, patient_id, WithdrawalReason.ENDED)
    Membership.objects.filter(id=place.id).update(deactivated_at=now())
    _keys, devices = end_keys(
        by=by,
        person_id=place.person_id,
        organisation_id=place.organisation_id,
        patient=str(patient_id),
    )
    callbacks.call("device-revoked", device_ids=devices)
    audit.record(
        Event.MEMBERSHIP_DEACTIVATE,
        by=by,
        subject=f"person/{place.person_id}",
        details={"membership": str(place.id), "reason": why.value},
    )
    return why.value


def _person(by: Actor) -> uuid.UUID:
    if by.organisation_id is None or by.person_id is None or not by.has(Role.CLINICIAN):
        raise NotFound
    return by.person_id


def _place(by: Actor, membership_id: uuid.UUID) -> Membership:
    _person(by)
    here = valid_memberships().filter(organisation=by.organisation_id, function=Function.PATIENT)
    found = here.filter(id=membership_id).first()
    if found is None:
        raise NotFound
    return found


def _document(document: str) -> IdentityDocument:
    try:
        return IdentityDocument(document)
    except ValueError:
        raise Invalid(errors={"document": _("Please choose the document that you have seen.")}) from None


def _reason(reason: str) -> WithdrawalReason:
    if reason in {WithdrawalReason.ENDED.value, ""} or reason not in set(WithdrawalReason):
        raise Invalid(errors={"reason": _("Please choose a reason.")})
    return WithdrawalReason(reason)


def _insert(check: IdentityCheck) -> None:
    try:
        with transaction.atomic():
            check.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("The identity of this patient has been checked in person already.")) from None


def _withdraw(by: Actor, place: Membership, patient_id: uuid.UUID, why: WithdrawalReason) -> int:
    holding = IdentityCheck.objects.filter(membership=place, withdrawn_at=None)
    ended = holding.update(withdrawn_at=now(), withdrawn_by=by.person_id, reason=why.value)
    if ended:
        details = {"new": IdentityLevel.LINK_AND_CODE.value, "reason": why.value}
        _record(Event.IDENTITY_LEVEL_LOWER, by, patient_id, details)
    return ended


def _record(event: Event, by: Actor, patient_id: uuid.UUID, details: dict[str, str]) -> None:
    record = str(patient_id)
    audit.record(event, by=by, subject=f"patient/{record}", patient=record, details=details)
