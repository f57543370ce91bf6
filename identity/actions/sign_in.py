"""Signing in: the password, then the second factor, then a session; and out again."""

from enum import StrEnum

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import sessions
from identity.access.actors import actor_in
from identity.access.factors import has_second_factor
from identity.access.people import memberships_of
from identity.access.rules import limits_of
from identity.actions import attempts, sign_ins
from identity.actions.completion import Completed, complete
from identity.actions.passkeys import named_person, use_assertion
from identity.actions.proofs import check_proof
from identity.actions.second_factor import confirm_code
from identity.models import Membership, Person
from identity.origin import Origin
from identity.proof import Proof
from identity.sessions import ByProvider
from identity.states import Way
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.errors import Conflict, Invalid, NotFound


class NextStep(StrEnum):
    """What follows the password."""

    SECOND_FACTOR = "second-factor"
    ENROL = "enrol"


def start_sign_in(*, by: Actor, session: SessionBase, email: str, password: str, origin: Origin) -> NextStep:
    """Check a password; if it is right, the session becomes half signed in, under a new key.

    An unknown address, an inactive person, one without a valid membership and a wrong password give the same
    answer after the same work: one hash, one row.

    Raises:
        Invalid: not right.
        TooManyAttempts: see `identity.actions.attempts`.
    """
    person, memberships = with_password(by=by, email=email, password=password, origin=origin)
    with transaction.atomic():
        audit.record(Event.SIGN_IN_PASSWORD, by=actor_in(memberships[0]), subject=f"person/{person.id}")
    enrolled = has_second_factor(person_id=person.id)
    sessions.begin_half(session, person_id=person.id, auth_version=person.auth_version, enrolled=enrolled)
    return NextStep.SECOND_FACTOR if enrolled else NextStep.ENROL


def with_password(
    *, by: Actor, email: str, password: str, origin: Origin, without_place: bool = False
) -> tuple[Person, list[Membership]]:
    """The person whose address and password these are, and their valid memberships.

    without_place: also a person who has none, for what gives them one.

    Raises:
        Invalid, TooManyAttempts: see `start_sign_in`.
    """
    email = email.strip().lower()
    limits = attempts.password_limits(email=email, address=origin.address)
    attempts.count(limits, used_up=lambda: _record_pause(by, email))
    person, memberships = _lookup(email)
    right = _password_is_right(person, password)
    if person is None or not right or not (memberships or without_place):
        _record_refusal(by, person, memberships, origin)
        raise Invalid(_("The e-mail address or the password is not right."))
    attempts.give_back(limits)
    attempts.clear(limits[:1])
    return person, memberships


def verify_second_factor(*, by: Actor, session: SessionBase, proof: Proof, origin: Origin) -> Completed:
    """Check the second factor of a half session; if it is right, a full session begins, under a new key.

    Raises:
        Invalid, TooManyAttempts: see `check_proof`.
    """
    with sign_ins.noting_refusal(by=by, way=proof.way, origin=origin):
        check_proof(by=by, session=session, proof=proof)
    return complete(by=by, session=session, origin=origin, way=proof.way, provider=_provider_of(session, by))


def sign_in_with_passkey(*, by: Actor, session: SessionBase, answer: str, origin: Origin) -> Completed:
    """Sign in with a passkey alone: it is had, and it has verified its user, so it is both factors.

    An unknown passkey, one of an inactive person and one that does not hold give the same answer.

    Raises:
        Invalid: not right.
        TooManyAttempts: a hundred wrong ones from one address within a quarter of an hour.
    """
    limits = attempts.passkey_limits(address=origin.address)
    attempts.count(limits, used_up=lambda: attempts.record_pause(by=by, person_id=None))
    passkey = use_assertion(by=by, session=session, answer=answer)
    memberships = memberships_of(person_id=passkey.person_id) if passkey else []
    if passkey is None or not memberships:
        _record_passkey_refusal(by, answer, origin)
        raise Invalid(_("This passkey does not sign in. Please use another way."))
    attempts.give_back(limits)
    person = Actor(passkey.person_id, organisation_id=None, membership_id=None, roles=frozenset())
    return complete(by=person, session=session, origin=origin, way=Way.PASSKEY_ALONE)


def confirm_totp(*, by: Actor, session: SessionBase, code: str, origin: Origin) -> Completed:
    """Confirm the second factor that a half session enrols; a full session begins, under a new key.

    Raises:
        Invalid, TooManyAttempts: see `confirm_code`.
    """
    with sign_ins.noting_refusal(by=by, way=Way.TOTP, origin=origin):
        confirm_code(by=by, code=code)
    return complete(by=by, session=session, origin=origin, way=Way.TOTP, provider=_provider_of(session, by))


def sign_out(*, by: Actor, session: SessionBase) -> None:
    """End the session; its row is gone, so every tab and socket of it ends too."""
    if by.person_id is not None:
        with transaction.atomic():
            audit.record(Event.SIGN_OUT, by=by, subject=f"person/{by.person_id}")
            if by.device_id:
                callbacks.call("signed-out", device_ids=[by.device_id])
    session.flush()


def switch_membership(*, by: Actor, session: SessionBase, membership: str) -> None:
    """Act for another organisation from now on, under a new session key and without a device.

    membership: the id, as the form sent it.

    Raises:
        NotFound: not a valid membership of the acting person.
        Conflict: the session began by single sign-on: the provider of one hospital opens no other one.
    """
    if (state := sessions.full(session)) and state.confined:
        raise Conflict(_("You have signed in by single sign-on, which opens this organisation only."))
    chosen = next((own for own in memberships_of(person_id=by.person_id) if str(own.id) == membership), None)
    if chosen is None:
        raise NotFound
    with transaction.atomic():
        limits = limits_of(chosen)
        sign_ins.follow(session, lambda: sessions.switch(session, membership_id=chosen.id, limits=limits))
        audit.record(Event.MEMBERSHIP_SWITCH, by=actor_in(chosen), subject=f"person/{by.person_id}")


def _lookup(email: str) -> tuple[Person | None, list[Membership]]:
    """The same two queries, whether the address is known or not."""
    person = Person.objects.filter(email=email, is_active=True).first()
    return person, memberships_of(person_id=person.id if person else None)


def _password_is_right(person: Person | None, password: str) -> bool:
    if person is None or not person.has_usable_password():
        make_password(password)  # as much work as a check
        return False
    return check_password(password, person.password)


def _record_refusal(by: Actor, person: Person | None, memberships: list[Membership], origin: Origin) -> None:
    organisation_id = memberships[0].organisation_id if memberships else None
    with transaction.atomic():
        sign_ins.note_refusal(person_id=person.id if person else None, way=Way.PASSWORD, origin=origin)
        audit.record(
            Event.SIGN_IN_REFUSE,
            by=by,
            subject=f"person/{person.id}" if person else "",
            organisation_id=organisation_id,
        )


def _record_pause(by: Actor, email: str) -> None:
    person, memberships = _lookup(email)
    attempts.record_pause(
        by=by,
        person_id=person.id if person else None,
        organisation_id=memberships[0].organisation_id if memberships else None,
    )


def _record_passkey_refusal(by: Actor, answer: str, origin: Origin) -> None:
    person_id = named_person(answer)
    memberships = memberships_of(person_id=person_id)
    with transaction.atomic():
        sign_ins.note_refusal(person_id=person_id, way=Way.PASSKEY_ALONE, origin=origin)
        audit.record(
            Event.SIGN_IN_REFUSE,
            by=by,
            subject=f"person/{person_id}" if person_id else "",
            organisation_id=memberships[0].organisation_id if memberships else None,
        )


def _provider_of(session: SessionBase, by: Actor) -> ByProvider | None:
    """By whose account at a provider the acting person has begun this sign-in, if so."""
    half = sessions.half(session)
    return half.provider if half and half.person_id == by.person_id else None
