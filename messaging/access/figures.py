"""Messaging of an organisation in figures: how many conversations and messages, how much room they take, and which
devices nobody uses any more. Of conversations with other hospitals it counts that they are, and nothing of theirs."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Sum
from django.utils import timezone

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from messaging.access.urgent_figures import urgent_figures
from messaging.models import GroupMember
from messaging.models_figures import MessagingDay
from messaging.states import KIND_NAMES, GroupKind
from storage import access as storage

DAYS = 30


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Conversations in which somebody of the organisation is now. with_others: and somebody of another one, too."""

    kind: GroupKind
    name: str
    conversations: int
    with_others: int


@dataclass(frozen=True, slots=True)
class MessageDay:
    """messages: sent by people of the organisation."""

    on: date
    messages: int


@dataclass(frozen=True, slots=True)
class Room:
    """What the organisation's people have sent and is still stored, as ciphertext."""

    message_bytes: int
    files: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class MessagingFigures:
    """days: the last thirty, today included. counted_at: how late `days` and `room.message_bytes` are; None before the
    first count. missed: urgent messages of these days that nobody answered in time."""

    kinds: Sequence[KindFigures]
    conversations: int
    with_others: int
    days: Sequence[MessageDay]
    messages: int
    busiest: MessageDay
    room: Room
    stale: identity.StaleDevices
    missed: int
    counted_at: datetime | None


def messaging_figures(*, by: Actor) -> MessagingFigures:
    """Show the figures of the organisation that the actor administers, in a fixed number of queries.

    Raises:
        NotFound: not an administrator.
    """
    organisation_id = identity.administered(by=by)
    kinds = _kinds(organisation_id)
    days = _days(organisation_id)
    counted = _counted(organisation_id)
    stored = storage.attachments_stored(organisation_id=organisation_id)
    return MessagingFigures(
        kinds=kinds,
        conversations=sum(kind.conversations for kind in kinds),
        with_others=sum(kind.with_others for kind in kinds),
        days=days,
        messages=sum(day.messages for day in days),
        busiest=max(days, key=lambda day: (day.messages, day.on)),
        room=Room(counted["stored"] or 0, stored.files, stored.size_bytes),
        stale=identity.stale_devices(by=by),
        missed=urgent_figures(by=by).total.missed,
        counted_at=counted["at"],
    )


def _kinds(organisation_id: uuid.UUID) -> list[KindFigures]:
    others = GroupMember.objects.filter(group=OuterRef("group"), left_seq=None)
    present = GroupMember.objects.filter(organisation=organisation_id, left_seq=None)
    noted = present.annotate(shared=Exists(others.exclude(organisation=organisation_id)))
    counts = noted.values("group__kind", "shared").annotate(count=Count("group", distinct=True)).order_by()
    found = {(row["group__kind"], row["shared"]): row["count"] for row in counts}
    return [
        _kind(kind, alone=found.get((kind, False), 0), shared=found.get((kind, True), 0))
        for kind in GroupKind
    ]


def _kind(kind: GroupKind, *, alone: int, shared: int) -> KindFigures:
    return KindFigures(kind, str(KIND_NAMES[kind]), alone + shared, shared)


def _days(organisation_id: uuid.UUID) -> list[MessageDay]:
    last = timezone.localdate(now())
    first = last - timedelta(days=DAYS - 1)
    rows = MessagingDay.objects.filter(organisation=organisation_id, on__gte=first)
    counted = dict(rows.values_list("on", "messages"))
    every = (first + timedelta(days=place) for place in range(DAYS))
    return [MessageDay(day, counted.get(day, 0)) for day in every]


def _counted(organisation_id: uuid.UUID) -> dict[str, Any]:
    rows = MessagingDay.objects.filter(organisation=organisation_id)
    return rows.aggregate(stored=Sum("stored_bytes"), at=Max("counted_at"))
