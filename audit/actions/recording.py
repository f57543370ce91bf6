"""Writing events, inside the transaction of what they tell of: both stay, or neither."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from audit.entries import PreparedEvent, prepare
from audit.events import Event
from medicus.lib.actor import Actor

# Arrays travel as literals: to adapt lists of ids, instants and bytes item by item costs three times as much.
_POSTGRES = """
WITH given AS MATERIALIZED (
  SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::uuid[], %s::bytea[])
    AS given (event_id, at, event, organisation_id, canonical)
), happened AS (
  INSERT INTO audit_auditevent (event_id, at, event, organisation_id, canonical) SELECT * FROM given
), waiting AS (
  INSERT INTO audit_unsequenced (event_id) SELECT event_id FROM given
)
INSERT INTO audit_auditperson (event_id, part, person_id, salt)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bytea[])
"""
_SQLITE_EVENT = """
INSERT INTO audit_auditevent (event_id, at, event, organisation_id, canonical) VALUES (%s, %s, %s, %s, %s)
"""
_SQLITE_WAITING = "INSERT INTO audit_unsequenced (event_id) VALUES (%s)"
_SQLITE_PERSON = "INSERT INTO audit_auditperson (event_id, part, person_id, salt) VALUES (%s, %s, %s, %s)"


def record(
    event: Event,
    *,
    by: Actor,
    subject: str = "",
    organisation_id: uuid.UUID | None = None,
    patient: str = "",
    purpose: str = "",
    details: Mapping[str, str | int] | None = None,
) -> uuid.UUID:
    """Record that `event` happened, in the caller's transaction; return the event's id.

    Where two organisations are concerned, record twice: each officer sees the events of one organisation.

    subject: "finding/<id>", "group/<id>", "person/<id>" …; a person or patient is kept as a commitment.
    organisation_id: whose officer sees it; the actor's own where it is left out.
    patient: the patient's id.
    details: ids, counts and codes under ASCII names; never content, never a name, never a person's id.

    Raises:
        transaction.TransactionManagementError: outside `transaction.atomic()`.
    """
    _require_transaction()
    prepared = prepare(
        event,
        by=by,
        subject=subject,
        organisation_id=organisation_id,
        patient=patient,
        purpose=purpose,
        details=details,
    )
    with connection.cursor() as cursor:
        insert_prepared(cursor, [prepared])
    return prepared.event_id


def insert_prepared(cursor: Any, events: Sequence[PreparedEvent]) -> None:
    """Insert many events at once, in the transaction of `cursor`.

    cursor: of Django, psycopg or sqlite3. On PostgreSQL this is one statement, however many events.
    """
    module = type(getattr(cursor, "cursor", cursor)).__module__
    if "sqlite" not in module:
        for statement, parameters in statements(events):
            cursor.execute(statement, parameters)
        return
    mark = "%s" if hasattr(cursor, "db") else "?"
    for statement, rows in _sqlite_statements(events):
        cursor.executemany(statement.replace("%s", mark), rows)


def statements(events: Sequence[PreparedEvent]) -> Iterator[tuple[str, list[str]]]:
    """Give the PostgreSQL statements of `insert_prepared`, for a caller with an asynchronous cursor."""
    if not events:
        return
    opened = [(event.event_id.hex, opening) for event in events for opening in event.openings]
    yield (
        _POSTGRES,
        [
            _array(event.event_id.hex for event in events),
            _array(event.at.isoformat() for event in events),
            _array(event.event for event in events),
            _array(event.organisation_id.hex if event.organisation_id else "NULL" for event in events),
            _array(_bytes(event.canonical) for event in events),
            _array(event_id for event_id, _ in opened),
            _array(opening.part for _, opening in opened),
            _array(opening.person_id.hex for _, opening in opened),
            _array(_bytes(opening.salt) for _, opening in opened),
        ],
    )


def _array(items: Iterable[str]) -> str:
    """A literal of PostgreSQL's arrays. items: words without quotes, commas or braces; NULL is null."""
    return "{" + ",".join(items) + "}"


def _bytes(raw: bytes) -> str:
    """A bytea in its hexadecimal form, its backslash escaped for the array around it."""
    return "\\\\x" + raw.hex()


def _sqlite_statements(events: Sequence[PreparedEvent]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """As Django stores them: ids as 32 hex digits, instants as text in UTC."""
    yield (
        _SQLITE_EVENT,
        [
            (
                event.event_id.hex,
                f"{event.at:%Y-%m-%d %H:%M:%S.%f}",
                event.event,
                event.organisation_id.hex if event.organisation_id else None,
                event.canonical,
            )
            for event in events
        ],
    )
    yield _SQLITE_WAITING, [(event.event_id.hex,) for event in events]
    yield (
        _SQLITE_PERSON,
        [
            (event.event_id.hex, opening.part.value, opening.person_id.hex, opening.salt)
            for event in events
            for opening in event.openings
        ],
    )


def _require_transaction() -> None:
    """A test's own surrounding transaction does not count, so that tests find what production would."""
    if not any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise transaction.TransactionManagementError(
            "an audit event belongs into the transaction it tells of"
        )
