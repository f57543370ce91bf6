"""Patients come in: invited to their record by a clinician, with a link and a code that travels another way.

Who takes the invitation up is known only then, and only to the patient: whether there is an account already, the
hospital does not learn. The record itself is the business of the app above, which is told by "patient-accepted"."""

import hmac
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import NoReturn

from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import actions as audit
from audit.events import Event
from identity import mail, sessions
from identity.access.actors import actor_in
from identity.access.factors import has_second_factor
from identity.access.invitations import UNDECIDED, digest
from identity.access.patients import PatientInvitationCard
from identity.access.people import organisation as get_organisation
from identity.actions import links
from identity.actions.people import create_membership, create_person
from identity.actions.sign_in import NextStep, with_password
from identity.models import Membership, PatientInvitation, Person
from identity.models.invitation import MOST_WRONG_CODES
from identity.origin import Origin
from identity.states import REFUSALS, Function, InvitationState, Refusal
from identity.vault import keyed_hash
from medicus.lib import callbacks
from medicus.lib.actor import SYSTEM, Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id

LIFETIME = timedelta(days=7)
CODE_DIGITS = 8


@dataclass(frozen=True, slots=True)
class PatientInvited:
    """A fresh invitation, its token and its code, which nobody can read again."""

    invitation: PatientInvitation
    token: str
    code: str


@dataclass(frozen=True, slots=True)
class Taking:
    """What somebody brings who takes an invitation up: the link, opened in this browser, and the code."""

    token: str
    browser: str
    code: str
    origin: Origin


class _LostError(Exception):
    """The invitation is not this person's to take up after all; what was begun is undone."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


def invite_patient(
    *, by: Actor, patient_id: uuid.UUID, email: str = "", language: str = "de"
) -> PatientInvited:
    """Make a link and a code to a record of the actor's organisation, in place of any before; in the transaction of
    the app above, which has found that the record is one.

    email: where the link is sent, if anywhere; never the code. It is not kept.

    Raises:
        NotFound: the actor is no clinician.
        Conflict: the organisation is not verified.
        Invalid: `errors` names the address.
    """
    if by.organisation_id is None or by.person_id is None or not by.has(Role.CLINICIAN):
        raise NotFound
    organisation = get_organisation(by=by, organisation_id=by.organisation_id)
    if organisation.verified_at is None:
        raise Conflict(_("Patients can be invited as soon as your organisation is verified."))
    email = _checked_address(email) if email.strip() else ""
    _end_open(patient_id)
    token, code, at, identifier = secrets.token_urlsafe(32), _new_code(), now(), new_id()
    invitation = PatientInvitation.objects.create(
        id=identifier,
        organisation=organisation,
        patient_id=patient_id,
        state=InvitationState.OPEN,
        token_hash=digest(token),
        code_hash=_code_hash(identifier, code),
        created_by_id=by.person_id,
        created_at=at,
        expires_at=at + LIFETIME,
    )
    links.record(Event.INVITATION_CREATE, by, invitation)
    if email:
        letter = partial(
            mail.send_patient_invitation,
            email=email,
            language=language,
            organisation_name=organisation.name,
            token=token,
            expires_at=invitation.expires_at,
        )
        transaction.on_commit(letter, robust=True)
    return PatientInvited(invitation, token, code)


def withdraw_patient_invitation(*, by: Actor, patient_id: uuid.UUID) -> int:
    """Withdraw the link to a record that nobody has taken up, in the caller's transaction; return how many."""
    ended = _end_open(patient_id)
    if ended:
        record = f"patient/{patient_id}"
        audit.record(Event.INVITATION_REVOKE, by=by, subject=record, patient=str(patient_id))
    return ended


def open_patient_invitation(*, by: Actor, token: str, browser: str, address: str) -> PatientInvitationCard:
    """Look at a patient's link. Nothing changes yet, and nothing tells whose record it is.

    Raises:
        InvitationRefused, TooManyAttempts: see `links.held`.
    """
    held = links.held(PatientInvitation, by=by, token=token, browser=browser, address=address)
    return PatientInvitationCard(held.organisation.name, begun=held.state == InvitationState.BEGUN)


def begin_patient_invitation(*, by: Actor, token: str, browser: str, address: str) -> None:
    """Bind a patient's link to a browser, which holds `browser` as a cookie from now on.

    Raises:
        InvitationRefused, TooManyAttempts: see `links.held`.
    """
    links.begin(PatientInvitation, by=by, token=token, browser=browser, address=address)


def accept_as_new(
    *, by: Actor, session: SessionBase, taking: Taking, email: str, password: str, language: str
) -> NextStep:
    """Take an invitation up with a new account; the session is half signed in, the second factor comes next.

    Raises:
        Invalid: the code, the address or the password; `errors` says which, and the link still holds.
        InvitationRefused, TooManyAttempts: see `links.begun`.
    """
    invitation = _with_code(by, taking)
    email = _free_address(by, invitation, email)
    ((given_name, family_name),) = callbacks.call("patient-names", patient_id=invitation.patient_id)
    with _refusing(by, invitation), transaction.atomic():
        person = create_person(
            by=SYSTEM,
            email=email,
            given_name=given_name,
            family_name=family_name,
            language=language,
            password=password,
        )
        _take_up(invitation, person)
    return _half_signed(session, person)


def accept_as_known(
    *, by: Actor, session: SessionBase, taking: Taking, email: str, password: str
) -> NextStep:
    """Take an invitation up with the account that the patient has; the second factor comes next.

    Raises:
        Invalid: the code, or address and password; the link still holds.
        InvitationRefused: also where the account is one of staff, or has a record of this hospital.
        TooManyAttempts: see `start_sign_in` and `links.begun`.
    """
    invitation = _with_code(by, taking)
    person, _places = with_password(
        by=by, email=email, password=password, origin=taking.origin, without_place=True
    )
    with _refusing(by, invitation), transaction.atomic():
        _require_fitting(person, invitation)
        _take_up(invitation, person)
    return _half_signed(session, person)


def _with_code(by: Actor, taking: Taking) -> PatientInvitation:
    """The invitation, if the code is right. A guess is counted before it is checked, a right one given back."""
    invitation = links.begun(
        PatientInvitation,
        by=by,
        token=taking.token,
        browser=taking.browser,
        address=taking.origin.address,
    )
    guessing = links.still(invitation, to=InvitationState.ACCEPTED)
    if not guessing.filter(wrong_codes__lt=MOST_WRONG_CODES).update(wrong_codes=F("wrong_codes") + 1):
        links.refuse(by, invitation, Refusal.CODES)
    if not hmac.compare_digest(bytes(invitation.code_hash), _code_hash(invitation.id, taking.code)):
        _refuse_code(by, invitation)
    guessing.update(wrong_codes=F("wrong_codes") - 1)
    return invitation


def _refuse_code(by: Actor, invitation: PatientInvitation) -> NoReturn:
    with transaction.atomic():
        used_up = links.still(invitation, to=InvitationState.REVOKED).filter(wrong_codes=MOST_WRONG_CODES)
        void = used_up.update(state=InvitationState.REVOKED, ended_at=now())
        if not void:
            links.record_refusal(by, invitation, Refusal.CODE)
    if void:
        links.refuse(by, invitation, Refusal.CODES)
    invitation.refresh_from_db(fields=["wrong_codes"])
    left = MOST_WRONG_CODES - invitation.wrong_codes
    told = ngettext(
        "This code is not right. You can try once more; then the link is void.",
        "This code is not right. You can try %(left)s more times; then the link is void.",
        left,
    )
    raise Invalid(errors={"code": told % {"left": left}})


def _checked_address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(errors={"email": _("Please enter a valid e-mail address.")}) from None
    return email


def _free_address(by: Actor, invitation: PatientInvitation, email: str) -> str:
    """Only who holds link and code hears whether an address has an account."""
    email = _checked_address(email)
    if Person.objects.filter(email=email).exists():
        with transaction.atomic():
            links.record_refusal(by, invitation, Refusal.ADDRESS)
        raise Invalid(errors={"email": str(REFUSALS[Refusal.ADDRESS])})
    return email


@contextmanager
def _refusing(by: Actor, invitation: PatientInvitation) -> Iterator[None]:
    """Refuse, and record it, outside the transaction that is rolled back."""
    try:
        yield
    except _LostError as lost:
        links.refuse(by, invitation, lost.reason)


def _require_fitting(person: Person, invitation: PatientInvitation) -> None:
    """An account of staff stays at work, and an account has at most one record in a hospital."""
    for place in Membership.objects.select_for_update().filter(person=person):
        here = place.organisation_id == invitation.organisation_id and place.deactivated_at is None
        if place.function != Function.PATIENT or here:
            raise _LostError(Refusal.OTHER_ACCOUNT)


def _take_up(invitation: PatientInvitation, person: Person) -> None:
    """Use the link up for this person, in the caller's transaction."""
    place = _place(person, invitation)
    used = links.still(invitation, to=InvitationState.ACCEPTED).update(
        state=InvitationState.ACCEPTED, ended_at=now(), membership=place
    )
    if not used:
        raise _LostError(Refusal.USED)
    invitation.membership, patient = place, actor_in(place)
    links.record(Event.INVITATION_ACCEPT, patient, invitation)
    callbacks.call("patient-accepted", by=patient, patient_id=invitation.patient_id, membership=place)


def _place(person: Person, invitation: PatientInvitation) -> Membership:
    """A place in the hospital: a new one, or the one that had ended."""
    ended = Membership.objects.filter(person=person, organisation=invitation.organisation).first()
    if ended is None:
        return create_membership(
            by=SYSTEM,
            person_id=person.id,
            organisation_id=invitation.organisation_id,
            function=Function.PATIENT,
        )
    ended.deactivated_at = ended.valid_until = None
    ended.save(update_fields=["deactivated_at", "valid_until"])
    audit.record(
        Event.MEMBERSHIP_REACTIVATE,
        by=SYSTEM,
        subject=f"person/{person.id}",
        organisation_id=ended.organisation_id,
        details={"membership": str(ended.id)},
    )
    return ended


def _half_signed(session: SessionBase, person: Person) -> NextStep:
    enrolled = has_second_factor(person_id=person.id)
    sessions.begin_half(session, person_id=person.id, auth_version=person.auth_version, enrolled=enrolled)
    return NextStep.SECOND_FACTOR if enrolled else NextStep.ENROL


def _end_open(patient_id: uuid.UUID) -> int:
    rows = PatientInvitation.objects.filter(patient_id=patient_id, state__in=UNDECIDED)
    return rows.update(state=InvitationState.REVOKED, ended_at=now())


def _new_code() -> str:
    """Digits, which are read out alike in every language; in two groups."""
    digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    return f"{digits[:4]} {digits[4:]}"


def _code_hash(invitation_id: uuid.UUID, code: str) -> bytes:
    """However it was typed: spaces and hyphens do not matter."""
    plain = "".join(character for character in code if character.isalnum())
    return keyed_hash("patient code", str(invitation_id), plain)
