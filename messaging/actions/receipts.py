"""Watermarks: how far a person's devices have received and seen a stream."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging import news
from messaging.access.groups import is_leaf
from messaging.models import GroupDevice, Receipt


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a device has received and seen of a group's stream; what is seen counts as received."""

    group_id: uuid.UUID
    device_id: uuid.UUID
    delivered: int
    seen: int


def confirm(*, by: Actor, group_id: uuid.UUID, delivered: int, seen: int) -> None:
    """Raise the watermarks of the acting person in a group; lower numbers change nothing.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: the device is not a leaf of such a group.
    """
    device_id = identity.require_device(by=by)
    if not is_leaf(by=by, group_id=group_id):
        raise NotFound
    confirm_all([Confirmation(group_id, device_id, delivered, seen)])


@transaction.atomic
def confirm_all(confirmations: Sequence[Confirmation]) -> None:
    """Raise the watermarks that many devices have sent; those of devices that are no leaves are passed over.

    No audit event: a watermark is delivery's bookkeeping. Beyond the newest entry it stops there.
    """
    raised = _by_member(confirmations)
    Receipt.objects.bulk_create(
        (Receipt(member_id=member_id, at=now()) for member_id in raised), ignore_conflicts=True
    )
    rows = Receipt.objects.filter(member__in=raised).select_for_update(no_key=True, of=("self",))
    changed = [
        row
        for row in rows.select_related("member").order_by("member_id")
        if _raise(row, *raised[row.member_id])
    ]
    Receipt.objects.bulk_update(changed, ["delivered_seq", "seen_seq", "at"], batch_size=200)
    people: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for row in changed:
        people[row.member.group_id].add(row.member.person_id)
    if people:
        news.tell_on_commit(
            news.News(receipts={group_id: frozenset(ids) for group_id, ids in people.items()})
        )


def _by_member(confirmations: Sequence[Confirmation]) -> dict[uuid.UUID, tuple[int, int]]:
    """The highest watermarks for each member, none beyond the group's newest entry."""
    sent: dict[tuple[uuid.UUID, uuid.UUID], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in confirmations:
        key = (one.group_id, one.device_id)
        sent[key] = (max(sent[key][0], one.delivered, one.seen), max(sent[key][1], one.seen))
    leaves = GroupDevice.objects.filter(
        Q(group__in={group_id for group_id, _ in sent}, device__in={device_id for _, device_id in sent}),
        left_seq__isnull=True,
        revoked_at__isnull=True,
    )
    raised: dict[uuid.UUID, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for group_id, device_id, member_id, last_seq in leaves.values_list(
        "group_id", "device_id", "member_id", "group__last_seq"
    ):
        delivered, seen = sent.get((group_id, device_id), (0, 0))
        before = raised[member_id]
        raised[member_id] = (max(before[0], min(delivered, last_seq)), max(before[1], min(seen, last_seq)))
    return raised


def _raise(row: Receipt, delivered: int, seen: int) -> bool:
    if delivered <= row.delivered_seq and seen <= row.seen_seq:
        return False
    row.delivered_seq = max(delivered, row.delivered_seq)
    row.seen_seq = max(seen, row.seen_seq)
    row.at = now()
    return True
