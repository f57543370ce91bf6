"""The second factor: time-based one-time codes (RFC 6238), enrolled at the first sign-in."""

import uuid
from dataclasses import dataclass
from typing import NoReturn

import pyotp
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access import people
from identity.access.factors import has_second_factor
from identity.actions import attempts
from identity.models import Person, TotpSecret
from identity.vault import seal, unseal
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound

STEPS_AROUND = 1
"""Accept the code before and after the current one: clocks differ, people type slowly."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret to enrol: for the camera as an `otpauth:` URI, for the keyboard in groups of four."""

    uri: str
    secret: str


def enrol_totp(*, by: Actor) -> Enrolment:
    """Give the acting person a secret to enrol.

    Until it is confirmed the same one is shown again, so a reload does no harm.

    Raises:
        Conflict: a second factor is already enrolled. Only an administrator's reset makes room for another.
    """
    person = _acting(by)
    if has_second_factor(person_id=person.id):
        raise Conflict(_("A second factor is already set up for this account."))
    with transaction.atomic():
        secret, created = TotpSecret.objects.select_for_update().get_or_create(
            person=person,
            defaults={"sealed_secret": _new_secret(person.id), "created_at": now()},
        )
        if created:
            audit.record(Event.SECOND_FACTOR_ENROL, by=by, subject=f"person/{person.id}")
    totp = _totp(secret)
    groups = [totp.secret[start : start + 4] for start in range(0, len(totp.secret), 4)]
    return Enrolment(totp.provisioning_uri(name=person.email, issuer_name="Medicus"), " ".join(groups))


def verify_code(*, by: Actor, code: str) -> None:
    """Check a time code of the acting person and use it up: each works once, over all processes.

    Raises:
        Invalid: wrong, or used before; `errors["code"]` says so.
        TooManyAttempts: after five attempts.
    """
    person = _acting(by)
    limits = attempts.count_code(by=by, person_id=person.id)
    confirmed = TotpSecret.objects.filter(person=person, confirmed_at__isnull=False)
    if not _use_up(confirmed, code):
        _refuse(by)
    attempts.clear(limits)


def confirm_code(*, by: Actor, code: str) -> None:
    """Check the first code of a secret that `enrol_totp` made: from now on it is the second factor.

    Raises:
        Invalid: wrong, or nothing waits for confirmation.
        TooManyAttempts: after five attempts.
    """
    person = _acting(by)
    limits = attempts.count_code(by=by, person_id=person.id)
    waiting = TotpSecret.objects.filter(person=person, confirmed_at__isnull=True)
    with transaction.atomic():
        right = _use_up(waiting, code, confirmed_at=now())
        if right:
            audit.record(Event.SECOND_FACTOR_CONFIRM, by=by, subject=f"person/{person.id}")
    if not right:
        _refuse(by)
    attempts.clear(limits)


def enrol_for_demo(*, by: Actor, person_id: uuid.UUID) -> None:
    """Enrol a second factor for a person of the demo data, whose codes `manage.py totp` shows.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    at = now()
    with transaction.atomic():
        TotpSecret.objects.create(
            person_id=person_id, sealed_secret=_new_secret(person_id), created_at=at, confirmed_at=at
        )
        audit.record(Event.SECOND_FACTOR_CONFIRM, by=by, subject=f"person/{person_id}")


def current_code(*, by: Actor, email: str) -> str:
    """The current code of a person, for `manage.py totp` in the one-machine mode.

    Raises:
        NotFound: not the service itself, unknown, or nothing enrolled.
    """
    require_system(by)
    person_id = people.person_by_email(by=by, email=email).id
    secret = TotpSecret.objects.filter(person=person_id).first()
    if secret is None:
        raise NotFound
    return _totp(secret).at(now())


def _refuse(by: Actor) -> NoReturn:
    with transaction.atomic():
        audit.record(Event.SECOND_FACTOR_REFUSE, by=by, subject=f"person/{by.person_id}")
    raise Invalid(
        errors={"code": _("This code is not right, or was used before. Please wait for the next one.")}
    )


def _use_up(rows: QuerySet[TotpSecret], code: str, **changes: object) -> bool:
    """One conditional update decides between two requests that bring the same code."""
    secret = rows.first()
    timecode = _timecode(secret, code) if secret else None
    if timecode is None:
        return False
    return rows.filter(last_timecode__lt=timecode).update(last_timecode=timecode, **changes) == 1


def _timecode(secret: TotpSecret, code: str) -> int | None:
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return _totp(secret).verify_and_get_timecode(digits, for_time=now(), valid_window=STEPS_AROUND)
    except pyotp.OTPVerificationError:
        return None


def _acting(by: Actor) -> Person:
    person = Person.objects.filter(id=by.person_id, is_active=True).first() if by.person_id else None
    if person is None:
        raise NotFound
    return person


def _new_secret(person_id: uuid.UUID) -> bytes:
    return seal(pyotp.random_base32().encode(), owner=person_id.bytes)


def _totp(secret: TotpSecret) -> pyotp.TOTP:
    return pyotp.TOTP(unseal(bytes(secret.sealed_secret), owner=secret.person_id.bytes).decode())
