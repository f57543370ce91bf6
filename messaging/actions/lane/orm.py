"""Writing a batch through Django's connection: SQLite's lane, and requests that Django answers."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Q

from audit import actions as audit
from medicus.lib.clock import now
from medicus.lib.errors import Invalid
from messaging.actions.lane.decide import Counter, Earlier, Known, Outcome, Outgoing, Written, decide
from messaging.models import Entry, Group, GroupDevice
from messaging.states import EntryKind


def write(batch: Sequence[Outgoing]) -> list[Outcome]:
    """Write a batch in one transaction; a message that the database refuses fails alone.

    Raises:
        OperationalError, InterfaceError: the database is away; nothing is known of the batch.
    """
    try:
        with transaction.atomic():
            return _write(batch)
    except (IntegrityError, DataError):
        if len(batch) == 1:
            return [Invalid()]
        return [outcome for message in batch for outcome in write([message])]


def _write(batch: Sequence[Outgoing]) -> list[Outcome]:
    at = now()
    known = _known(batch)
    outcomes = decide(batch, known, at)
    fresh = [
        (message, outcome.seq)
        for message, outcome in zip(batch, outcomes, strict=True)
        if isinstance(outcome, Written) and outcome.fresh
    ]
    if fresh:
        _insert(fresh, at, known.counters)
    return outcomes


def _known(batch: Sequence[Outgoing]) -> Known:
    """Lock the counters in order of id, then read what the decisions need."""
    group_ids = {message.group_id for message in batch}
    locked = Group.objects.select_for_update(no_key=True).filter(id__in=group_ids).order_by("id")
    counters = {
        group.id: Counter(group.epoch, group.last_seq, group.held_for_id, group.held_left, group.closed)
        for group in locked
    }
    leaves = GroupDevice.objects.filter(
        group__in=group_ids,
        device__in={message.device_id for message in batch},
        left_seq__isnull=True,
        revoked_at__isnull=True,
    )
    return Known(counters, set(leaves.values_list("group_id", "device_id")), _earlier(batch))


def _earlier(batch: Sequence[Outgoing]) -> dict[tuple[uuid.UUID, uuid.UUID], Earlier]:
    named = Q()
    for message in batch:
        named |= Q(group=message.group_id, message_id=message.message_id)
    return {
        (entry.group_id, entry.message_id): Earlier(entry.seq, entry.at, entry.device_id, bytes(entry.body))
        for entry in Entry.objects.filter(named)
    }


def _insert(
    fresh: Sequence[tuple[Outgoing, int]], at: datetime, counters: Mapping[uuid.UUID, Counter]
) -> None:
    Entry.objects.bulk_create(
        Entry(
            group_id=message.group_id,
            seq=seq,
            message_id=message.message_id,
            kind=EntryKind.APPLICATION,
            epoch=message.epoch,
            device_id=message.device_id,
            person_id=message.person_id,
            body=message.body,
            at=at,
        )
        for message, seq in fresh
    )
    for group_id in {message.group_id for message, _ in fresh}:
        counter = counters[group_id]
        Group.objects.filter(id=group_id).update(last_seq=counter.last_seq, held_left=counter.held_left)
    with connection.cursor() as cursor:
        audit.insert_prepared(cursor, [message.audit() for message, _ in fresh])
