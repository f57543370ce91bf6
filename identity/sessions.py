"""What a session holds, how it begins and when it ends. The database's row is the truth, the cookie its key.

Two limits (BSI TR-03161): idle, which is the row's `expire_date` and moves with activity, and absolute,
counted from the sign-in. A half session has passed the password only; it opens nothing but the second factor.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

from medicus.lib.clock import now

HALF, FULL = "half", "signed-in"
HALF_SECONDS = 600
ACTIVITY_SECONDS = 120
"""Activity is written at most this often: a session ends at most two minutes early, never late."""


@dataclass(frozen=True, slots=True)
class HalfSession:
    """Someone who has given the right password, and not yet the second factor."""

    person_id: uuid.UUID
    auth_version: int
    enrolled: bool


@dataclass(frozen=True, slots=True)
class FullSession:
    """A session after the second factor, as its row tells; whether it still holds, `identity.access` says."""

    session_key: str
    person_id: uuid.UUID
    membership_id: uuid.UUID
    auth_version: int
    device_id: uuid.UUID | None
    started_at: datetime
    previous_sign_in_at: datetime | None


def begin_half(session: SessionBase, *, person_id: uuid.UUID, auth_version: int, enrolled: bool) -> None:
    """Start over under a new key (against fixation) and remember who has given the password."""
    session.flush()
    session[HALF] = {
        "person": str(person_id),
        "auth_version": auth_version,
        "enrolled": enrolled,
        "started_at": now().isoformat(),
    }


def half(session: SessionBase) -> HalfSession | None:
    """Read a half session; None when there is none or its ten minutes are over."""
    held = session.get(HALF)
    if held is None or _half_end(held) <= now():
        return None
    return HalfSession(uuid.UUID(held["person"]), held["auth_version"], held["enrolled"])


def begin(
    session: SessionBase,
    *,
    person_id: uuid.UUID,
    membership_id: uuid.UUID,
    auth_version: int,
    previous_sign_in_at: datetime | None = None,
) -> None:
    """Start a full session under a new key, after the second factor."""
    session.flush()
    session[FULL] = {
        "person": str(person_id),
        "membership": str(membership_id),
        "auth_version": auth_version,
        "device": None,
        "started_at": now().isoformat(),
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
        previous_sign_in_at=_instant(held["previous_sign_in_at"]),
    )
    return None if _absolute_end(state.started_at) <= now() else state


def stay(session: SessionBase, *, auth_version: int) -> None:
    """Let this session outlive the end of all others of its person, which a new `auth_version` brings."""
    session[FULL] = session[FULL] | {"auth_version": auth_version}


def switch(session: SessionBase, *, membership_id: uuid.UUID) -> None:
    """Act in another membership, under a new key; the device belongs to the old one and is let go."""
    session[FULL] = session[FULL] | {"membership": str(membership_id), "device": None}
    session.cycle_key()


def attach(session: SessionBase, *, device_id: uuid.UUID | None) -> None:
    """Bind a device, which has proven its key, to the session."""
    session[FULL] = session[FULL] | {"device": device_id and str(device_id)}


def digest(session_key: str | None) -> bytes:
    """What rows that belong to a session name it by: nobody enters it with that."""
    return hashlib.sha256((session_key or "").encode()).digest()


def active_at(row: Session) -> datetime:
    """When somebody last did something in a session, to within two minutes, by its row."""
    return row.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE)


def note_activity(state: FullSession, *, idle_ends_at: datetime) -> None:
    """Move the idle limit, when the last write is long enough ago.

    Writes one column only: the session's content may be changing in another request.
    idle_ends_at: the row's `expire_date`."""
    until = _full_end(state.started_at)
    if until - idle_ends_at >= timedelta(seconds=ACTIVITY_SECONDS):
        rows = Session.objects.filter(session_key=state.session_key, expire_date__gt=now())
        rows.update(expire_date=until)


def ends_at(session: SessionBase) -> datetime:
    """When a session that is saved now ends, if nobody does anything more."""
    if held := session.get(HALF):
        return _half_end(held)
    if held := session.get(FULL):
        return _full_end(datetime.fromisoformat(held["started_at"]))
    return now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _half_end(held: dict[str, str]) -> datetime:
    return datetime.fromisoformat(held["started_at"]) + timedelta(seconds=HALF_SECONDS)


def _full_end(started_at: datetime) -> datetime:
    return min(now() + timedelta(seconds=settings.SESSION_COOKIE_AGE), _absolute_end(started_at))


def _absolute_end(started_at: datetime) -> datetime:
    return started_at + timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
