"""What time takes: the bodies of messages that have expired, and their files.

The rows are the truth: `Group.expired_seq` says how far a stream is done. Whatever is interrupted, doubled or late is
found again by the next run, in both ways to run the service."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from audit import actions as audit
from audit.events import Event
from identity.states import CASE_DAYS, TALK_DAYS
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from messaging.access.cases import KEEPS, kept_marks
from messaging.access.retention import held_groups, retentions
from messaging.actions.cases import involved, tell_members
from messaging.models import Entry, Group, Mark
from messaging.states import CASES, EXPIRY_BATCH, CaseState, EntryKind
from storage import actions as storage

GROUPS_AT_ONCE = 200
SENDING_LASTS = timedelta(days=1)
"""A file is there before the message that carries it, by at most this much."""


class Due(NamedTuple):
    """An entry that was read for expiry."""

    seq: int
    message_id: uuid.UUID
    kind: str
    at: datetime


def expire_messages(*, by: Actor) -> int:
    """Empty the messages whose time is over, destroy their files, and tell who took part; return how many messages.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    at = now()
    expired = 0
    for group_id in _due_groups(at):
        more = True
        while more:
            count, more = _expire(group_id, at, by=by)
            expired += count
    return expired


def _due_groups(at: datetime) -> Iterator[uuid.UUID]:
    """Groups with something to expire; asked anew under the lock of each, for a hold or a policy may come between."""
    found = Group.objects.filter(_has_due(at) | Q(id__in=_released())).exclude(held_groups())
    ids = list(found.order_by("id").values_list("id", flat=True))
    for start in range(0, len(ids), GROUPS_AT_ONCE):
        groups = list(_with_first().filter(id__in=ids[start : start + GROUPS_AT_ONCE]).select_related("case"))
        kept = retentions(groups)
        for group in groups:
            before = kept[group.id].expired_before(at)
            if before is not None and (group.first_at is None or group.first_at <= before):
                yield group.id


def _with_first() -> QuerySet[Any]:
    """With the time of the first entry that has not been looked at: one probe of the primary key for each group."""
    entries = Entry.objects.filter(group=OuterRef("pk"), seq__gt=OuterRef("expired_seq"))
    return Group.objects.annotate(first_at=Subquery(entries.order_by("seq").values("at")[:1]))


def _has_due(at: datetime) -> Q:
    """By the shortest periods that there are: what the policies want is asked afterwards."""
    old = at - timedelta(days=TALK_DAYS[0])
    talk = _with_first().filter(~Q(kind__in=CASES), last_seq__gt=F("expired_seq"), first_at__lte=old)
    cases = Q(
        case__state=CaseState.CLOSED.value,
        case__closed_at__lte=at - timedelta(days=CASE_DAYS[0]),
        last_seq__gt=F("expired_seq"),
    )
    return Q(id__in=talk.values("id")) | cases


def _released() -> QuerySet[Mark, Any]:
    """Groups with a message that only a mark has kept, which was waived since, or has done its work."""
    ended = Mark.objects.exclude(KEEPS)
    named = {"group": OuterRef("group_id"), "message_id": OuterRef("message_id")}
    left = Entry.objects.filter(**named, expired_at__isnull=True, seq__lte=OuterRef("group__expired_seq"))
    kept = Mark.objects.filter(KEEPS, **named)
    return ended.filter(Exists(left), ~Exists(kept)).values("group_id")


@transaction.atomic
def _expire(group_id: uuid.UUID, at: datetime, *, by: Actor) -> tuple[int, bool]:
    """Do one batch of a group, under the lock that senders hold too; how many messages, and whether there are more."""
    group = Group.objects.select_for_update(no_key=True).get(id=group_id)
    before = retentions([group])[group_id].expired_before(at)
    if before is None:
        return 0, False
    marks = list(kept_marks([group_id]).values_list("message_id", "object_id"))
    due = _due(group, before)
    files = _shred(group, due, before, keep=[file for _message, file in marks if file], by=by)
    seqs = _to_empty(group, due, kept={message_id for message_id, _file in marks})
    Entry.objects.filter(group=group, seq__in=seqs).update(body=b"", expired_at=at)
    more_files = files == EXPIRY_BATCH
    if due and not more_files:
        group.expired_seq = due[-1].seq
        group.save(update_fields=["expired_seq"])
    if seqs or files:
        _record(group, len(seqs), files, by=by)
    return len(seqs), more_files or len(due) == EXPIRY_BATCH


def _due(group: Group, before: datetime) -> list[Due]:
    """The next entries whose time is over, in order; commits among them, which stay."""
    entries = Entry.objects.filter(group=group, seq__gt=group.expired_seq).order_by("seq")
    rows = entries.values_list("seq", "message_id", "kind", "at")[:EXPIRY_BATCH]
    return list(takewhile(lambda row: row.at <= before, map(Due._make, rows)))


def _to_empty(group: Group, due: list[Due], *, kept: set[uuid.UUID]) -> list[int]:
    """The messages among them that nothing keeps, and earlier ones that only a mark has kept."""
    fresh = [each.seq for each in due if each.kind == EntryKind.APPLICATION and each.message_id not in kept]
    ended = Mark.objects.filter(group=group).exclude(KEEPS).values("message_id")
    left = Entry.objects.filter(group=group, message_id__in=ended, kind=EntryKind.APPLICATION.value)
    left = left.filter(seq__lte=group.expired_seq, expired_at__isnull=True).exclude(message_id__in=kept)
    return [*left.values_list("seq", flat=True), *fresh]


def _shred(group: Group, due: list[Due], before: datetime, *, keep: list[uuid.UUID], by: Actor) -> int:
    """Which file belongs to which message only the readers know: the time says it, with a day to spare."""
    last = due[-1] if due else None
    done = group.last_seq == (last.seq if last else group.expired_seq)
    if not done and last is None:
        return 0
    until = before if done or last is None else last.at - SENDING_LASTS
    return storage.shred_attachments(by=by, group_id=group.id, until=until, keep=keep, limit=EXPIRY_BATCH)


def _record(group: Group, count: int, files: int, *, by: Actor) -> None:
    for organisation_id in involved(group.id):
        audit.record(
            Event.MESSAGE_EXPIRE,
            by=by,
            subject=f"group/{group.id}",
            organisation_id=organisation_id,
            details={"count": count, "files": files, "seq": group.expired_seq},
        )
    tell_members(group.id)
