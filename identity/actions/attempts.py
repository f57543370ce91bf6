"""Limits on guessing, counted in the database so that they hold over every process and restart.

A guess is counted before it is checked; a right one is given back. Nobody can lock a colleague out by knowing
the e-mail address: the strict limit is per account *and* address, and the wide one per account spares
addresses from which the person has completed a sign-in before. See docs/identity.md for what remains.
"""

import ipaddress
import math
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import ngettext

from audit import actions as audit
from audit.events import Event
from identity.models import Attempts, KnownAddress
from identity.vault import keyed_hash
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import TooManyAttempts

KNOWN_DAYS = 90
_COUNT = """
INSERT INTO identity_attempts AS held (key, count, window_ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN held.window_ends_at <= %s THEN 1 ELSE held.count + 1 END,
  window_ends_at =
    CASE WHEN held.window_ends_at <= %s THEN excluded.window_ends_at ELSE held.window_ends_at END
RETURNING key, count, window_ends_at
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `maximum` attempts on `key` in a window of `seconds` that begins with the first."""

    key: bytes
    maximum: int
    seconds: int


def password_limits(*, email: str, address: str) -> list[Limit]:
    """The limits of a password: this account from this address, this address, this account from anywhere.

    The whole of a hospital may share one address, so its limit is wide."""
    limits = [
        Limit(keyed_hash("password", email, _network(address)), 5, 900),
        Limit(keyed_hash("password from", _network(address)), 100, 900),
    ]
    if not knows_address(email=email, address=address):
        limits.append(Limit(keyed_hash("password of", email), 100, 3600))
    return limits


def code_limits(*, person_id: uuid.UUID) -> list[Limit]:
    """The limit of one attempt at a time code: only who knows the password can use it up."""
    return [Limit(keyed_hash("code of", str(person_id)), 5, 900)]


def passkey_limits(*, address: str) -> list[Limit]:
    """The limit of sign-ins with a passkey alone: by address only, for nobody has said who they are."""
    return [Limit(keyed_hash("passkey from", _network(address)), 100, 900)]


def options_limits(*, address: str) -> list[Limit]:
    """The limit of challenges for strangers: each opened sign-in page of a whole hospital asks for one."""
    return [Limit(keyed_hash("passkey options from", _network(address)), 1000, 900)]


def invitation_limits(*, address: str) -> list[Limit]:
    """The limit of links that are refused, by network address: nobody tries them out."""
    return [Limit(keyed_hash("invitation from", _network(address)), 50, 900)]


def registration_limits(*, address: str, domain: str) -> list[Limit]:
    """The limits of registering a hospital: each one makes a key, rows and a letter."""
    return [
        Limit(keyed_hash("registration from", _network(address)), 10, 3600),
        Limit(keyed_hash("registration of", domain), 3, 86_400),
        Limit(keyed_hash("registration"), 300, 86_400),
    ]


def domain_limits(*, organisation_id: uuid.UUID) -> list[Limit]:
    """The limit of asking DNS for one organisation: a resolver must not be a way to shoot at others."""
    return [Limit(keyed_hash("domain of", str(organisation_id)), 30, 900)]


def api_key_limits(*, address: str) -> list[Limit]:
    """The limit of API keys that are refused, by network address: what is recorded of them stays bounded."""
    return [Limit(keyed_hash("api key from", _network(address)), 100, 900)]


def provider_check_limits(*, organisation_id: uuid.UUID) -> list[Limit]:
    """The limit of asking a provider for one organisation: the service must not be a way to shoot at others."""
    return [Limit(keyed_hash("provider of", str(organisation_id)), 30, 900)]


def provider_limits(*, address: str) -> list[Limit]:
    """The limit of sign-ins that are begun at a provider: a whole hospital may do so from one address."""
    return [Limit(keyed_hash("provider from", _network(address)), 1000, 900)]


def provider_refusal_limits(*, address: str) -> list[Limit]:
    """The limit of answers of providers that are refused: what is recorded of them stays bounded."""
    return [Limit(keyed_hash("provider refused from", _network(address)), 100, 900)]


def join_limits(*, person_id: uuid.UUID) -> list[Limit]:
    """The limit of browsers that ask to become a person's device: each asks for somebody's attention."""
    return [Limit(keyed_hash("device join of", str(person_id)), 10, 3600)]


def approval_limits(*, person_id: uuid.UUID) -> list[Limit]:
    """The limit of browsers for which a person asks the administrators: each asks for somebody's attention."""
    return [Limit(keyed_hash("device approval of", str(person_id)), 10, 3600)]


def emergency_limits(*, person_id: uuid.UUID) -> list[Limit]:
    """The limit of patients who are sought in an emergency and are not there: nobody tries out numbers."""
    return [Limit(keyed_hash("emergency of", str(person_id)), 10, 3600)]


def doubt_limits(*, person_id: uuid.UUID) -> list[Limit]:
    """The limit of what a person's browsers report of their keys: each report is an event of the log."""
    return [Limit(keyed_hash("key doubt of", str(person_id)), 20, 3600)]


def kit_limits(*, person_id: uuid.UUID) -> list[Limit]:
    """The limit of fetching a recovery kit: the code on the paper is typed wrong a few times, not often."""
    return [Limit(keyed_hash("recovery kit of", str(person_id)), 10, 3600)]


def count(limits: Sequence[Limit], used_up: Callable[[], None] | None = None) -> None:
    """Count an attempt on each limit, before it is checked.

    used_up: called with the first attempt in a window that is one too many, so that it can be recorded once.

    Raises:
        TooManyAttempts: one is used up; later ones are not counted.
    """
    for limit in limits:
        row = _count(limit)
        if used_up is not None and row.count == limit.maximum + 1:
            used_up()
        if row.count > limit.maximum:
            raise _too_many((row.window_ends_at - now()).total_seconds())


def count_code(*, by: Actor, person_id: uuid.UUID) -> list[Limit]:
    """Count an attempt at a code or passkey of an account, and return what to clear when it was right.

    Raises:
        TooManyAttempts: after five.
    """
    limits = code_limits(person_id=person_id)
    count(limits, used_up=lambda: record_pause(by=by, person_id=person_id))
    return limits


def record_pause(*, by: Actor, person_id: uuid.UUID | None, organisation_id: uuid.UUID | None = None) -> None:
    """Record that there were too many attempts: what follows in the window is refused unseen and not recorded one by one."""
    with transaction.atomic():
        audit.record(
            Event.SIGN_IN_PAUSE,
            by=by,
            subject=f"person/{person_id}" if person_id else "",
            organisation_id=organisation_id,
        )


def give_back(limits: Sequence[Limit]) -> None:
    """Uncount an attempt that turned out right."""
    Attempts.objects.filter(key__in=[limit.key for limit in limits], count__gt=0).update(count=F("count") - 1)


def clear(limits: Sequence[Limit]) -> None:
    """Forget all attempts on these limits."""
    Attempts.objects.filter(key__in=[limit.key for limit in limits]).delete()


def knows_address(*, email: str, address: str) -> bool:
    """Whether the person completed a sign-in from this address in the last ninety days."""
    return KnownAddress.objects.filter(key=_known(email, address), expires_at__gt=now()).exists()


def remember_address(*, email: str, address: str) -> None:
    """Know an address, from which a sign-in was completed, for ninety days."""
    known = KnownAddress(key=_known(email, address), expires_at=now() + timedelta(days=KNOWN_DAYS))
    KnownAddress.objects.bulk_create(
        [known], update_conflicts=True, unique_fields=["key"], update_fields=["expires_at"]
    )


def _count(limit: Limit) -> Attempts:
    """Add one, or begin a new window; one statement, so parallel processes never count to the same number."""
    at, end = (
        connection.ops.adapt_datetimefield_value(instant)
        for instant in (now(), now() + timedelta(seconds=limit.seconds))
    )
    (row,) = Attempts.objects.raw(_COUNT, [limit.key, end, at, at])
    return row


def _too_many(seconds: float) -> TooManyAttempts:
    minutes = max(1, math.ceil(seconds / 60))
    text = ngettext(
        "Too many attempts. Please try again in %(minutes)s minute.",
        "Too many attempts. Please try again in %(minutes)s minutes.",
        minutes,
    )
    return TooManyAttempts(text % {"minutes": minutes}, retry_after_seconds=max(1, math.ceil(seconds)))


def _known(email: str, address: str) -> bytes:
    return keyed_hash("known", email, _network(address))


def _network(address: str) -> str:
    """What counts as one address: an IPv6 subscriber has a whole /64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.IPv6Network((parsed, 64), strict=False))
