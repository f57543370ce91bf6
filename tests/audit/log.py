"""What the tests of the log share: a log of events, and the hand of someone who has the database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from audit import actions as audit
from audit import append_only
from audit.events import Event
from audit.models import Leaf
from medicus.lib.actor import SYSTEM, Actor, Role
from medicus.lib.ids import new_id

ALWAYS_FRESH = datetime(2100, 1, 1, tzinfo=UTC)
"""When Adam has shown his second factor: exports ask for a fresh one."""


def actor_of(*roles: Role) -> Actor:
    return Actor(person_id=new_id(), organisation_id=new_id(), membership_id=new_id(), roles=frozenset(roles))


ALICE = actor_of(Role.CLINICIAN)
ADAM = Actor(
    person_id=new_id(),
    organisation_id=ALICE.organisation_id,
    membership_id=new_id(),
    roles=frozenset({Role.CLINICIAN, Role.ADMIN}),
    verified_at=ALWAYS_FRESH,
)
BERTA = replace(actor_of(Role.ADMIN), verified_at=ALWAYS_FRESH)


def insert(count: int, *, by: Actor = ALICE, event: Event = Event.MESSAGE_ACCEPT) -> None:
    prepared = [audit.prepare(event, by=by, subject=f"group/{number}") for number in range(count)]
    with transaction.atomic(), connection.cursor() as cursor:
        audit.insert_prepared(cursor, prepared)


def seal(count: int, *, by: Actor = ALICE) -> None:
    """Let `count` events happen and seal them."""
    insert(count, by=by)
    audit.seal(by=SYSTEM)


def event_at(index: int) -> str:
    """The id of the event at a place, as the database writes it."""
    event_id = Leaf.objects.get(index=index).event_id
    return str(event_id) if connection.vendor == "postgresql" else event_id.hex


def force(statement: str, parameters: Sequence[Any] = ()) -> None:
    """Run SQL with the triggers off, as somebody who owns the database could."""
    append_only.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    append_only.install(connection)
