"""Who has acknowledged or taken over which messages of a stream."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from messaging.access.cases import own_memberships
from messaging.access.groups import active_leaves
from messaging.models import Entry, GroupDevice
from messaging.models_urgent import Acknowledgement, UrgentMessage
from messaging.states import EntryKind


@dataclass(frozen=True, slots=True)
class AcknowledgementView:
    """What a person has said about a message. ended_at: when they handed back what they had taken over."""

    message_id: uuid.UUID
    seq: int
    kind: str
    person_id: uuid.UUID
    at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Acknowledgements:
    """A page of them. more: there are later ones."""

    acknowledgements: list[AcknowledgementView]
    more: bool


def acknowledgements(*, by: Actor, group_id: uuid.UUID, since: int, limit: int) -> Acknowledgements:
    """List what was said about the messages after `since`, in order; a page never ends within a message.

    Of what was sent before the actor joined, only what is said about urgent messages.

    Raises:
        NotFound: the actor is not in such a group.
    """
    joined = _joined(by=by, group_id=group_id)
    urgent = UrgentMessage.objects.filter(group=group_id, message_id=OuterRef("message_id"))
    readable = _rows(group_id).filter(Q(seq__gt=joined) | Exists(urgent), seq__gt=since)
    found = list(readable[: limit + 1])
    if len(found) <= limit:
        return Acknowledgements([view_of(row) for row in found], more=False)
    last = found[-1].seq
    whole = [row for row in found if row.seq < last] or list(readable.filter(seq=last))
    return Acknowledgements([view_of(row) for row in whole], more=True)


def acknowledgements_of(group_id: uuid.UUID, seqs: Collection[int]) -> list[AcknowledgementView]:
    """What was said about these messages, for readers who were already let in."""
    return [view_of(row) for row in _rows(group_id).filter(seq__in=seqs)]


def leaf(*, by: Actor, group_id: uuid.UUID) -> GroupDevice:
    """Get the leaf of a group that the actor's device holds now, with its member and group.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: the device is not a leaf of such a group, or is revoked.
    """
    device_id = identity.require_device(by=by)
    found = active_leaves(group_id).filter(device=device_id).select_related("member", "group").first()
    if found is None:
        raise NotFound
    return found


def sent_message(*, group_id: uuid.UUID, message_id: uuid.UUID) -> Entry | None:
    """An application message of a stream without its body, for actions that have decided who may know."""
    found = Entry.objects.filter(group=group_id, message_id=message_id, kind=EntryKind.APPLICATION.value)
    return found.defer("body").first()


def view_of(row: Acknowledgement) -> AcknowledgementView:
    return AcknowledgementView(row.message_id, row.seq, row.kind, row.member.person_id, row.at, row.ended_at)


def _rows(group_id: uuid.UUID) -> QuerySet[Acknowledgement]:
    rows = Acknowledgement.objects.filter(group=group_id).select_related("member")
    return rows.order_by("seq", "at", "id")


def _joined(*, by: Actor, group_id: uuid.UUID) -> int:
    mine = own_memberships(by).filter(group=group_id)
    joined: int | None = mine.aggregate(joined=Max("joined_seq"))["joined"]
    if joined is None:
        raise NotFound
    return joined
