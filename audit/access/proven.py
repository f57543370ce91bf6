"""Single events with their places in the tree, for pages that prove what they say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from audit.access import rows
from audit.access.scope import scope_of
from audit.models import AuditEvent, Checkpoint
from medicus.lib.actor import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands in the tree. size, sealed_at: of the first checkpoint that holds it."""

    index: int
    size: int
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event as it is sealed. `place` None: it waits for its seal."""

    event_id: UUID
    at: datetime
    event: str
    details: dict[str, str | int]
    place: Place | None


def proven_events(*, by: Actor, event_ids: Collection[UUID]) -> dict[UUID, ProvenEvent]:
    """Events of the actor's organisation by id; those that the log does not hold are left out.

    Raises:
        NotFound: the actor is neither an admin of an organisation nor the operator.
    """
    found = rows.matching(scope_of(by)).filter(event_id__in=event_ids).select_related("leaf")
    return {event.event_id: _proven(event) for event in found}


def _proven(event: AuditEvent) -> ProvenEvent:
    leaf = getattr(event, "leaf", None)
    body = orjson.loads(bytes(event.canonical))
    place = _place(leaf.index) if leaf else None
    return ProvenEvent(event.event_id, event.at, body["event"], body["details"], place)


def _place(index: int) -> Place | None:
    checkpoint = Checkpoint.objects.filter(size__gt=index).order_by("size").first()
    return Place(index, checkpoint.size, checkpoint.at) if checkpoint else None
