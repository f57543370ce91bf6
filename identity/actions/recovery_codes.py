"""Recovery codes: ten, each good for one sign-in, for whoever has lost the second factor.

A code has 59 random bits. Kept is only its hash under a key outside the database, bound to the person."""

import secrets
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.people import person as person_by_id
from identity.actions import attempts
from identity.models import RecoveryCode
from identity.vault import keyed_hash
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound
from medicus.lib.freshness import require_fresh

CODES = 10
GROUPS, GROUP_LENGTH = 3, 4
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without what looks alike on paper: 0 and o, 1, i and l."""


def make_recovery_codes(*, by: Actor) -> list[str]:
    """Make ten codes for the acting person; those made before end. Nobody can show them a second time.

    Raises:
        NotFound: nobody is signed in with both factors.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    if by.person_id is None or by.membership_id is None:
        raise NotFound
    require_fresh(by)
    codes = [_new_code() for _ in range(CODES)]
    at = now()
    with transaction.atomic():
        person_by_id(by.person_id)
        RecoveryCode.objects.filter(person=by.person_id).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(person_id=by.person_id, digest=_digest(by.person_id, code), created_at=at)
            for code in codes
        )
        audit.record(Event.RECOVERY_CODES_MAKE, by=by, subject=f"person/{by.person_id}")
    return codes


def use_recovery_code(*, by: Actor, code: str) -> None:
    """Check a recovery code of the acting person and use it up: one conditional update decides.

    Raises:
        Invalid: wrong, or used before; `errors["recovery_code"]` says so.
        TooManyAttempts: after five attempts, counted together with those at time codes.
    """
    if by.person_id is None:
        raise NotFound
    limits = attempts.count_code(by=by, person_id=by.person_id)
    unused = RecoveryCode.objects.filter(person=by.person_id, used_at=None)
    with transaction.atomic():
        right = unused.filter(digest=_digest(by.person_id, code)).update(used_at=now()) == 1
        event = Event.RECOVERY_CODE_USE if right else Event.SECOND_FACTOR_REFUSE
        audit.record(
            event, by=by, subject=f"person/{by.person_id}", details={"left": unused.count()} if right else {}
        )
    if not right:
        raise Invalid(errors={"recovery_code": _("This recovery code is not right, or was used before.")})
    attempts.clear(limits)


def _new_code() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def _digest(person_id: uuid.UUID, code: str) -> bytes:
    """However it was typed: capitals, spaces and hyphens do not matter."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return keyed_hash("recovery code", str(person_id), plain)
