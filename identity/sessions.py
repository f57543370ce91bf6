"""What a session holds, how it begins and when it ends. The database's row is the truth, the cookie its key.

Two limits (BSI TR-03161): idle, which is the row's `expire_date` and moves with activity, and absolute,
counted from the sign-in. A half session has passed the password only; it opens nothing but the second factor.
"""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from identity.states import Way
from medicus.lib.clock import now

HALF, FULL, ENDED = "half", "signed-in", "access-ended"
HALF_SECONDS = 600
ENDED_SECONDS = 3600
"""For how long a browser whose access was ended is told so, instead of being asked to sign in."""
ACTIVITY_SECONDS = 120
"""Activity is written at most this often: a session ends at most two minutes early, never late."""


@dataclass(frozen=True, slots=True)
class ByProvider:
    """A sign-in by single sign-on: in which place it ends, and whose account at the provider it was by."""

    membership_id: uuid.UUID
    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class HalfSession:
    """Someone who has given the right password, or comes from the provider, and has not shown a second factor yet."""

    person_id: uuid.UUID
    auth_version: int
    enrolled: bool
    provider: ByProvider | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: without activity, and at all. An organisation may shorten what the service grants."""

    idle_seconds: int
    absolute_seconds: int

    @classmethod
    def of(cls, held: dict[str, Any]) -> "Limits":
        """As a session holds them, never beyond the service's own."""
        idle, absolute = settings.SESSION_COOKIE_AGE, settings.SESSION_ABSOLUTE_SECONDS
        return cls(
            min(held.get("idle_seconds", idle), idle), min(held.get("absolute_seconds", absolute), absolute)
        )

    def within(self, other: "Limits") -> "Limits":
        """The shorter ones of both."""
        return Limits(
            min(self.idle_seconds, other.idle_seconds), min(self.absolute_seconds, other.absolute_seconds)
        )


@dataclass(frozen=True, slots=True)
class FullSession:
    """A session after the second factor, as its row tells; whether it still holds, `identity.access` says.

    way: the second factor that it has shown last. confined: began by single sign-on, so it acts in that one place
    only. address: the other end of a socket; not of a session's row."""

    session_key: str
    person_id: uuid.UUID
    membership_id: uuid.UUID
    auth_version: int
    device_id: uuid.UUID | None
    started_at: datetime
    verified_at: datetime
    browser_since: datetime
    way: str
    limits: Limits
    previous_sign_in_at: datetime | None
    confined: bool = False
    address: str | None = None


def begin_half(
    session: SessionBase,
    *,
    person_id: uuid.UUID,
    auth_version: int,
    enrolled: bool,
    provider: ByProvider | None = None,
) -> None:
    """Start over under a new key (against fixation) and remember who has shown the first factor, and which."""
    session.flush()
    session[HALF] = {
        "person": str(person_id),
        "auth_version": auth_version,
        "enrolled": enrolled,
        "started_at": now().isoformat(),
        "provider": provider and asdict(provider) | {"membership_id": str(provider.membership_id)},
    }


def half(session: SessionBase) -> HalfSession | None:
    """Read a half session; None when there is none or its ten minutes are over."""
    held = session.get(HALF)
    if held is None or _half_end(held) <= now():
        return None
    by = held.get("provider")
    provider = by and ByProvider(uuid.UUID(by["membership_id"]), by["issuer"], by["subject"])
    return HalfSession(uuid.UUID(held["person"]), held["auth_version"], held["enrolled"], provider)


def begin(
    session: SessionBase,
    *,
    person_id: uuid.UUID,
    membership_id: uuid.UUID,
    auth_version: int,
    way: Way,
    limits: Limits,
    previous_sign_in_at: datetime | None = None,
    browser_since: datetime | None = None,
    confined: bool = False,
) -> None:
    """Start a full session under a new key, after the second factor.

    browser_since: since when its browser is known to the person; left out: as of now. confined: see `FullSession`."""
    session.flush()
    at = now()
    session[FULL] = {
        "person": str(person_id),
        "membership": str(membership_id),
        "auth_version": auth_version,
        "device": None,
        "started_at": at.isoformat(),
        "verified_at": at.isoformat(),
        "browser_since": (browser_since or at).isoformat(),
        "way": way.value,
        "confined": confined,
        **asdict(limits),
        "previous_sign_in_at": previous_sign_in_at and previous_sign_in_at.isoformat(),
    }


def full(session: SessionBase) -> FullSession | None:
    """Read a full session; None when there is none or the absolute limit has passed.

    The idle limit is checked by loading the row."""
    return _state(session.session_key, session.get(FULL))


def full_of_row(row: Session) -> FullSession | None:
    """Read a full session from its row, as `full` does; the caller has checked the idle limit."""
    return _state(row.session_key, row.get_decoded().get(FULL))


def _state(session_key: str | None, held: dict[str, Any] | None) -> FullSession | None:
    if held is None or session_key is None:
        return None
    state = FullSession(
        session_key=session_key,
        person_id=uuid.UUID(held["person"]),
        membership_id=uuid.UUID(held["membership"]),
        auth_version=held["auth_version"],
        device_id=uuid.UUID(held["device"]) if held["device"] else None,
        started_at=datetime.fromisoformat(held["started_at"]),
        verified_at=datetime.fromisoformat(held.get("verified_at", held["started_at"])),
        browser_since=datetime.fromisoformat(held.get("browser_since", held["started_at"])),
        way=held.get("way", ""),
        limits=Limits.of(held),
        previous_sign_in_at=_instant(held["previous_sign_in_at"]),
        confined=held.get("confined", False),
    )
    return None if _absolute_end(state.started_at, state.limits) <= now() else state


def stay(session: SessionBase, *, auth_version: int) -> None:
    """Let this session outlive the end of all others of its person, which a new `auth_version` brings."""
    session[FULL] = session[FULL] | {"auth_version": auth_version}


def confirm(session: SessionBase, *, way: Way) -> None:
    """Note that a second factor was shown anew, under a new key."""
    session[FULL] = session[FULL] | {"verified_at": now().isoformat(), "way": way.value}
    session.cycle_key()


def note_passkey(session: SessionBase) -> None:
    """Note that the session's person has just made a passkey in it."""
    session[FULL] = session[FULL] | {"way": Way.PASSKEY.value}


def verified_at(session: SessionBase) -> datetime:
    """When a full session last showed a second factor."""
    return datetime.fromisoformat(session[FULL]["verified_at"])


def switch(session: SessionBase, *, membership_id: uuid.UUID, limits: Limits) -> None:
    """Act in another membership, under a new key; the device belongs to the old one and is let go.

    limits: of the other organisation; a switch never makes a session last longer."""
    shorter = Limits.of(session[FULL]).within(limits)
    session[FULL] = session[FULL] | {"membership": str(membership_id), "device": None} | asdict(shorter)
    session.cycle_key()


def attach(session: SessionBase, *, device_id: uuid.UUID | None) -> None:
    """Bind a device, which has proven its key, to the session."""
    session[FULL] = session[FULL] | {"device": device_id and str(device_id)}


def digest(session_key: str | None) -> bytes:
    """What rows that belong to a session name it by: nobody enters it with that."""
    return hashlib.sha256((session_key or "").encode()).digest()


def end_access(row: Session, *, organisation_name: str) -> None:
    """End a session for good, by its row. What is left says why, for an hour, and opens nothing."""
    row.session_data = SessionStore().encode({ENDED: organisation_name})
    row.expire_date = min(row.expire_date, now() + timedelta(seconds=ENDED_SECONDS))
    row.save(update_fields=["session_data", "expire_date"])


def access_ended(session: SessionBase) -> str | None:
    """The organisation whose access was ended in this session, if that is what became of it."""
    ended: str | None = session.get(ENDED)
    return ended


def active_at(state: FullSession, row: Session) -> datetime:
    """When somebody last did something in a session, to within two minutes, by its row."""
    return row.expire_date - timedelta(seconds=state.limits.idle_seconds)


def note_activity(state: FullSession, *, idle_ends_at: datetime) -> None:
    """Move the idle limit, when the last write is long enough ago.

    Writes one column only: the session's content may be changing in another request.
    idle_ends_at: the row's `expire_date`."""
    until = _full_end(state.started_at, state.limits)
    if until - idle_ends_at >= timedelta(seconds=ACTIVITY_SECONDS):
        rows = Session.objects.filter(session_key=state.session_key, expire_date__gt=now())
        rows.update(expire_date=until)


def ends_at(session: SessionBase) -> datetime:
    """When a session that is saved now ends, if nobody does anything more."""
    if held := session.get(HALF):
        return _half_end(held)
    if held := session.get(FULL):
        return _full_end(datetime.fromisoformat(held["started_at"]), Limits.of(held))
    return now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _half_end(held: dict[str, str]) -> datetime:
    return datetime.fromisoformat(held["started_at"]) + timedelta(seconds=HALF_SECONDS)


def _full_end(started_at: datetime, limits: Limits) -> datetime:
    return min(now() + timedelta(seconds=limits.idle_seconds), _absolute_end(started_at, limits))


def _absolute_end(started_at: datetime, limits: Limits) -> datetime:
    return started_at + timedelta(seconds=limits.absolute_seconds)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
