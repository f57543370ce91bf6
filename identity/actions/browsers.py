"""Browsers from which a person has signed in, and the notice that a new one makes.

A browser is known by a random cookie of its own; kept is a keyed hash of person and cookie, so rows of several
people who share a browser cannot be told to belong together."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.access.notices import refusals_before
from identity.actions import attempts
from identity.models import KnownBrowser, Person
from identity.origin import Origin
from identity.states import SignInNotice
from identity.vault import keyed_hash

KNOWN_DAYS = 90
MANY_REFUSALS = 3
TOKEN_BYTES = 32
TOKEN_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Recognised:
    """A browser at a completed sign-in. token: its cookie. notice: what the person is told of it; empty: nothing."""

    token: str
    since: datetime
    notice: str


def recognise(person: Person, *, origin: Origin, at: datetime) -> Recognised:
    """Know the browser of a completed sign-in for ninety days; in the caller's transaction."""
    token = origin.browser_token[:TOKEN_CHARACTERS] or secrets.token_urlsafe(TOKEN_BYTES)
    key = keyed_hash("browser", str(person.id), token)
    ends = at + timedelta(days=KNOWN_DAYS)
    known = KnownBrowser.objects.filter(key=key, expires_at__gt=at).first()
    if known is not None:
        KnownBrowser.objects.filter(key=key).update(expires_at=ends)
        return Recognised(token, known.first_at, "")
    KnownBrowser.objects.filter(key=key).delete()
    KnownBrowser.objects.create(key=key, person=person, first_at=at, expires_at=ends)
    return Recognised(token, at, _notice(person, origin, at))


def _notice(person: Person, origin: Origin, at: datetime) -> str:
    """A first sign-in surprises nobody. Unusual is what comes from a new network, too, after many wrong guesses."""
    if person.last_login is None:
        return ""
    guessed = refusals_before(person_id=person.id, at=at) >= MANY_REFUSALS
    if guessed and not attempts.knows_address(email=person.email, address=origin.address):
        return SignInNotice.UNUSUAL
    return SignInNotice.NEW_BROWSER
