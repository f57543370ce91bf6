"""Reading streams: which part of one a device may read, and pages of it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum, Window
from django.db.models.functions import Length

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from messaging.models import Entry, Group, GroupDevice
from messaging.states import PAGE_BYTES, PAGE_ENTRIES


class Row(NamedTuple):
    """An entry of a stream as it is read, ready to be written out."""

    seq: int
    message_id: uuid.UUID | str
    kind: str
    epoch: int
    device_id: uuid.UUID | str
    person_id: uuid.UUID | str
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A device's place at a stream. `spans`: (after, up to or None) for each time it was in the group."""

    group_id: uuid.UUID
    last_seq: int
    spans: tuple[tuple[int, int | None], ...]

    def next_span(self, since: int) -> tuple[int, int] | None:
        """The next readable stretch after `since`, as (after, up to); None when there is nothing more."""
        for joined, left in self.spans:
            until = self.last_seq if left is None else left
            if until > since and until > joined:
                return max(since, joined), until
        return None

    @property
    def end(self) -> int | None:
        """The last entry this device may ever read; None while it is a leaf."""
        return self.spans[-1][1]

    @property
    def newest(self) -> int:
        """The newest entry this device may read now."""
        return self.last_seq if self.end is None else self.end


def places(*, by: Actor, group_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Place]:
    """Where the actor's device stands at streams, also at those it has left; others are not in the answer."""
    device_id = identity.require_device(by=by)
    spans: dict[uuid.UUID, list[tuple[int, int | None]]] = {}
    last: dict[uuid.UUID, int] = {}
    leaves = GroupDevice.objects.filter(device=device_id, group__in=group_ids, revoked_at__isnull=True)
    for group_id, last_seq, joined, left in leaves.order_by("joined_seq").values_list(
        "group_id", "group__last_seq", "joined_seq", "left_seq"
    ):
        spans.setdefault(group_id, []).append((joined, left))
        last[group_id] = last_seq
    return {group_id: Place(group_id, last[group_id], tuple(found)) for group_id, found in spans.items()}


def read(*, by: Actor, group_id: uuid.UUID, since: int, limit: int) -> tuple[list[Row], int]:
    """Read the next entries after `since` that the actor's device may read, and the newest of them all.

    limit: at most 1,000; a page ends earlier when its bodies reach `PAGE_BYTES`.

    Raises:
        NotFound: the device was never in such a group.
    """
    place = places(by=by, group_ids=[group_id]).get(group_id)
    if place is None:
        raise NotFound
    span = place.next_span(since)
    return page(group_id, *span, limit=limit) if span else [], place.newest


def page(group_id: uuid.UUID, after: int, until: int, *, limit: int = PAGE_ENTRIES) -> list[Row]:
    """Read entries after `after` up to `until`, for readers who were already let in."""
    return [
        Row(*values[:6], bytes(values[6]), values[7])
        for values in _bounded(group_id, after, min(until, after + limit)).values_list(
            "seq", "message_id", "kind", "epoch", "device_id", "person_id", "body", "at"
        )
    ]


def _bounded(group_id: uuid.UUID, after: int, until: int) -> QuerySet[Entry]:
    """Entries in order, at least one, as long as their bodies together stay within `PAGE_BYTES`."""
    entries = Entry.objects.filter(group=group_id, seq__gt=after, seq__lte=until)
    total = Window(Sum(Length("body")), order_by="seq")
    return (
        entries.annotate(total_bytes=total)
        .filter(Q(total_bytes__lte=PAGE_BYTES) | Q(seq=after + 1))
        .order_by("seq")
    )


def last_seqs(group_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The newest sequence number of each group, for the hub's slow poll."""
    return dict(Group.objects.filter(id__in=group_ids).values_list("id", "last_seq"))


def left_devices(group_id: uuid.UUID, device_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Of these devices, those that are no longer leaves of a group, each with the last entry it may read."""
    leaves = GroupDevice.objects.filter(group=group_id, device__in=device_ids).order_by("joined_seq")
    newest = {device_id: (left, revoked) for device_id, left, revoked in leaves.values_list(
        "device_id", "left_seq", "revoked_at"
    )}  # fmt: skip
    gone = {}
    for device_id in device_ids:
        left, revoked = newest.get(device_id, (0, None))
        if left is not None or revoked is not None:
            gone[device_id] = 0 if left is None else left
    return gone
