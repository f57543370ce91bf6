"""What becomes of each message of a batch: pure rules over what the transaction has locked and read."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias

from audit.actions import PreparedEvent, prepare
from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.errors import DomainError, NotFound, StaleEpoch
from messaging.refusals import CaseClosed, ContactNotAccepted, IdReused


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An application message whose envelope is checked. `body`: MLSMessage, opaque beyond its header."""

    group_id: uuid.UUID
    message_id: uuid.UUID
    epoch: int
    body: bytes
    device_id: uuid.UUID
    person_id: uuid.UUID
    by: Actor

    def audit(self) -> PreparedEvent:
        return prepare(Event.MESSAGE_ACCEPT, by=self.by, subject=f"group/{self.group_id}")


class Written(NamedTuple):
    """The place of a message in its stream. Not `fresh`: it was there before, its sender repeats it."""

    seq: int
    at: datetime
    fresh: bool = True


Outcome: TypeAlias = Written | DomainError


@dataclass(slots=True)
class Counter:
    """A group's locked counter row. While a batch is decided, `last_seq` counts up and `held_left` down."""

    epoch: int
    last_seq: int
    held_for: uuid.UUID | None
    held_left: int
    closed: bool = False

    def lets(self, person_id: uuid.UUID) -> bool:
        return self.held_for is None or (self.held_for == person_id and self.held_left > 0)


class Earlier(NamedTuple):
    """An entry that already bears a message's id."""

    seq: int
    at: datetime
    device_id: uuid.UUID
    body: bytes


@dataclass(slots=True)
class Known:
    """What the transaction found, under lock. `leaves`: (group, device) of those who may send."""

    counters: dict[uuid.UUID, Counter] = field(default_factory=dict)
    leaves: set[tuple[uuid.UUID, uuid.UUID]] = field(default_factory=set)
    earlier: dict[tuple[uuid.UUID, uuid.UUID], Earlier] = field(default_factory=dict)


def decide(batch: Sequence[Outgoing], known: Known, at: datetime) -> list[Outcome]:
    """Give each message, in order of arrival, its place in the stream or its refusal; `known` is used up.

    An id that was used before is answered first: with the first answer if it is the same message of the
    same device, whatever has happened to the group since. An expired message has no body to compare any more:
    its device is believed.
    """
    return [_decide(message, known, at) for message in batch]


def _decide(message: Outgoing, known: Known, at: datetime) -> Outcome:
    key = (message.group_id, message.message_id)
    device_id = message.device_id
    earlier = known.earlier.get(key)
    if earlier and earlier.device_id == device_id and earlier.body in (message.body, b""):
        return Written(earlier.seq, earlier.at, fresh=False)
    counter = known.counters.get(message.group_id)
    if counter is None or (message.group_id, device_id) not in known.leaves:
        return NotFound()
    if earlier:
        return IdReused()
    if refusal := _refusal(message, counter):
        return refusal
    if counter.held_for is not None:
        counter.held_left -= 1
    counter.last_seq += 1
    known.earlier[key] = Earlier(counter.last_seq, at, device_id, message.body)
    return Written(counter.last_seq, at)


def _refusal(message: Outgoing, counter: Counter) -> DomainError | None:
    """Why the group takes no new message of this leaf now."""
    if message.epoch != counter.epoch:
        return StaleEpoch(epoch=counter.epoch)
    if counter.closed:
        return CaseClosed()
    if not counter.lets(message.person_id):
        return ContactNotAccepted()
    return None
