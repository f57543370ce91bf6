"""A patient's own access to their record: invited, taken up, made surer, ended; and what they end themselves."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import actions as identity
from identity.actions import PatientInvited
from identity.models import Membership
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, NotFound
from storage.access.cards import ShareCard
from storage.access.findings import ALL_SHARES, share_card
from storage.access.patient_links import HOLDING, holding_link, own_share_rows
from storage.actions.guarding import regular_row
from storage.actions.shares import close_share
from storage.models import PatientLink
from storage.states import ShareState


def invite_to_record(
    *, by: Actor, patient_id: uuid.UUID, email: str = "", language: str = "de"
) -> PatientInvited:
    """Invite a patient of the own organisation to sign in; an earlier invitation holds no longer.

    Raises:
        NotFound: absent or not for this actor.
        Conflict: the patient signs in already, or the organisation is not verified.
        Invalid: `errors` names the address.
    """
    with transaction.atomic():
        patient = regular_row(by, patient_id)
        if holding_link(patient):
            raise Conflict(_("This patient signs in already."))
        return identity.invite_patient(by=by, patient_id=patient.id, email=email, language=language)


def withdraw_invitation(*, by: Actor, patient_id: uuid.UUID) -> None:
    """Withdraw the link to a record that nobody has taken up.

    Raises:
        NotFound: absent or not for this actor.
        Conflict: there is none.
    """
    with transaction.atomic():
        patient = regular_row(by, patient_id)
        if not identity.withdraw_patient_invitation(by=by, patient_id=patient.id):
            raise Conflict(_("There is no open invitation."))


def connect_record(*, by: Actor, patient_id: uuid.UUID, membership: Membership) -> None:
    """Connect a record with who has shown link and code for it; in the transaction of `identity`, which has checked.

    The constraints hold that a record has one person, and a place one record."""
    PatientLink.objects.create(patient_id=patient_id, membership=membership, linked_at=now())
    record = str(patient_id)
    audit.record(Event.PATIENT_LINK, by=by, subject=f"patient/{record}", patient=record)


def confirm_patient(*, by: Actor, patient_id: uuid.UUID, document: str) -> None:
    """Record that the patient who signs in was compared with an identity document, in person.

    Raises:
        NotFound: absent, not for this actor, or nobody signs in for this record.
        FreshFactorRequired, Invalid, Conflict: see `identity.actions.confirm_identity`.
    """
    link = _link(by, patient_id)
    identity.confirm_identity(
        by=by, membership_id=link.membership_id, patient_id=patient_id, document=document
    )


def withdraw_confirmation(*, by: Actor, patient_id: uuid.UUID, reason: str) -> None:
    """Take the check of a patient's identity back.

    Raises:
        NotFound: see `confirm_patient`.
        Invalid, Conflict: see `identity.actions.withdraw_identity`.
    """
    link = _link(by, patient_id)
    identity.withdraw_identity(by=by, membership_id=link.membership_id, patient_id=patient_id, reason=reason)


def end_patient_access(*, by: Actor, patient_id: uuid.UUID, reason: str) -> None:
    """End a patient's own access to the record, at once. Their records of other hospitals stay with them.

    Raises:
        NotFound: see `confirm_patient`.
        Invalid: no such reason.
    """
    link = _link(by, patient_id)
    with transaction.atomic():
        why = identity.end_patient_place(
            by=by, membership_id=link.membership_id, patient_id=patient_id, reason=reason
        )
        ended = HOLDING.filter(id=link.id).update(ended_at=now(), ended_by=by.person_id, reason=why)
        if not ended:
            raise NotFound
        record = str(patient_id)
        audit.record(
            Event.PATIENT_UNLINK, by=by, subject=f"patient/{record}", patient=record, details={"reason": why}
        )


def revoke_own_share(*, by: Actor, share_id: uuid.UUID) -> ShareCard:
    """Close a share of one of the acting patient's findings, at once.

    Raises:
        NotFound: absent, over, or of another patient's finding; or the actor is no patient.
    """
    mine = own_share_rows(by=by).filter(id=share_id).values("id")
    with transaction.atomic():
        share = ALL_SHARES.filter(id__in=mine).first()
        if share is None or not close_share(share, ShareState.REVOKED, by=by):
            raise NotFound
    return share_card(ALL_SHARES.get(id=share_id))


def _link(by: Actor, patient_id: uuid.UUID) -> PatientLink:
    link = holding_link(regular_row(by, patient_id))
    if link is None:
        raise NotFound
    return link
