"""What an event looks like: one canonical JSON object (RFC 8785), whose bytes are a leaf of the tree.

    {"actor": {"organisation_id": "…", "person": "<commitment>", "roles": ["clinician"]},
     "at": "2026-03-01T08:15:00.123Z", "details": {"size_bytes": 1024}, "event": "finding:read",
     "event_id": "<UUIDv7>", "organisation_id": "…", "patient": "<commitment>", "purpose": "treatment",
     "subject": "finding/<id>", "v": 1}

An actor that is a hospital's system has no person, but an "api_key": the key's id.

A person stands in it only as a commitment, lower-case hex of SHA-256(salt || id as 36 characters). Salt and
id are kept apart (`AuditPerson`), one fresh salt for each event and part: once they are erased, nobody can
tell which person it was, nor which two events concern the same one; and every proof stays valid.
"""

import hashlib
import os
import threading
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import orjson

from audit.events import Event
from audit.states import Part
from medicus.lib.actor import Actor

SALT_BYTES = 16
PEOPLE = frozenset({"person", "patient"})
LARGEST_INTEGER = 2**53 - 1
BORROWED_TICKS = 1000 << 12


class EventIds:
    """Makes UUIDv7 that keep this process's order within a millisecond too: the log reads as it happened.

    RFC 9562 section 6.2, method 1: the 12 bits after the version count; what is beyond 4,096 in one
    millisecond, or in a clock set back by less than a second, borrows from the milliseconds to come.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> uuid.UUID:
        tick = time.time_ns() // 1_000_000 << 12
        with self._lock:
            if tick <= self._last < tick + BORROWED_TICKS:
                tick = self._last + 1
            self._last = tick
        random = int.from_bytes(os.urandom(8)) >> 2
        return uuid.UUID(int=tick >> 12 << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0x2 << 62 | random)


event_ids = EventIds()


class Opening(NamedTuple):
    """What turns a commitment back into a person, until it is erased."""

    part: Part
    person_id: uuid.UUID
    salt: bytes


class PreparedEvent(NamedTuple):
    """An event that only waits to be inserted."""

    event_id: uuid.UUID
    at: datetime
    event: str
    organisation_id: uuid.UUID | None
    canonical: bytes
    openings: tuple[Opening, ...]


def prepare(
    event: Event,
    *,
    by: Actor,
    subject: str = "",
    organisation_id: uuid.UUID | None = None,
    patient: str = "",
    purpose: str = "",
    details: Mapping[str, str | int] | None = None,
) -> PreparedEvent:
    """Make an event of the given facts; touches no database. Arguments as for `audit.actions.record`."""
    event_id = event_ids.next()
    at = instant_of(event_id)
    owner = organisation_id or by.organisation_id
    openings: list[Opening] = []
    body = {
        "actor": {
            "organisation_id": _text(by.organisation_id),
            "person": _commit(by.person_id, Part.ACTOR, openings),
            "roles": sorted(by.roles),
        }
        | ({"api_key": id_text(by.api_key_id)} if by.api_key_id else {}),
        "at": instant_text(at),
        "details": _checked(details or {}),
        "event": event.value,
        "event_id": str(event_id),
        "organisation_id": _text(owner),
        "patient": _commit(_id_in(patient), Part.PATIENT, openings),
        "purpose": purpose,
        "subject": _subject(subject, openings),
        "v": 1,
    }
    canonical = canonical_bytes(body)
    return PreparedEvent(event_id, at, event.value, owner, canonical, tuple(openings))


def commitment(salt: bytes, person_id: uuid.UUID) -> str:
    """Commit to a person: lower-case hex of SHA-256(salt || id)."""
    return hashlib.sha256(salt + id_text(person_id).encode()).hexdigest()


def canonical_bytes(body: object) -> bytes:
    """Serialise by RFC 8785, 50 times as fast as a general implementation.

    Holds for what events are made of: ASCII keys, strings, integers below 2^53, null. A test compares it
    with the package `rfc8785`.
    """
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def instant_of(event_id: uuid.UUID) -> datetime:
    """Read the instant that a UUIDv7 carries, to the millisecond."""
    return datetime.fromtimestamp((event_id.int >> 80) / 1000, UTC)


def first_id_at(at: datetime) -> uuid.UUID:
    """The smallest UUIDv7 of that millisecond, to select by time through the order of ids."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)


def instant_text(at: datetime) -> str:
    """Write an instant as in "2026-03-01T08:15:00.123Z"."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


@lru_cache(maxsize=4096)
def id_text(identifier: uuid.UUID) -> str:
    """`str`, remembered: the same people and organisations come again and again."""
    return str(identifier)


def _commit(person_id: uuid.UUID | None, part: Part, openings: list[Opening]) -> str | None:
    if person_id is None:
        return None
    salt = os.urandom(SALT_BYTES)
    openings.append(Opening(part, person_id, salt))
    return commitment(salt, person_id)


def _subject(subject: str, openings: list[Opening]) -> str:
    kind = subject.partition("/")[0]
    if kind not in PEOPLE:
        return subject
    return f"{kind}/{_commit(_id_in(subject), Part.SUBJECT, openings)}"


def _id_in(reference: str) -> uuid.UUID | None:
    """The id in "patient/<id>" or "<id>"."""
    return uuid.UUID(reference.rpartition("/")[2]) if reference else None


def _text(identifier: uuid.UUID | None) -> str | None:
    return id_text(identifier) if identifier else None


def _checked(details: Mapping[str, str | int]) -> dict[str, str | int]:
    for key, value in details.items():
        if not key.isascii() or isinstance(value, bool) or not isinstance(value, str | int):
            raise TypeError(
                f"detail {key!r} of an audit event must be a text or an integer under an ASCII name"
            )
        if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            raise ValueError(f"detail {key!r} of an audit event is beyond 2^53 (RFC 8785 section 3.2.2.3)")
    return dict(details)
