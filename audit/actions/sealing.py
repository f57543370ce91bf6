"""The sequencer: gives committed events their places in the tree and signs what the tree has become."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from audit import keys
from audit.access import tree
from audit.checkpoint import TreeHead
from audit.merkle import Tree, grow, leaf_hash
from audit.models import AuditEvent, Checkpoint, Leaf, Tile, Unsequenced
from medicus.lib import clock
from medicus.lib.actor import Actor, require_system

BATCH = 5000
SEQUENCER_LOCK = 0x61756469742D7365


def seal(*, by: Actor) -> int:
    """Put all waiting events into the tree, signing a checkpoint with each batch; return how many.

    Two may run at once: the second one finds the work taken and does nothing. An event is found by its own
    row of the queue, which becomes visible with it: a transaction that commits late is only sealed later.
    """
    require_system(by)
    sealed = 0
    while Unsequenced.objects.exists():
        count = _seal_batch()
        sealed += count
        if count < BATCH:
            break
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    if not _take_lock():
        return 0
    before = tree.latest_checkpoint()
    size = before.size if before else 0
    waiting = Unsequenced.objects.order_by("event_id").values("event_id")[:BATCH]
    events = list(
        AuditEvent.objects.filter(event_id__in=waiting)
        .order_by("event_id")
        .values_list("event_id", "canonical")
    )
    if events:
        _place(size, [event_id for event_id, _ in events])
        _write_tiles(size, [leaf_hash(bytes(canonical)) for _, canonical in events])
        _sign(size + len(events))
    return len(events)


def _take_lock() -> bool:
    """SQLite needs none: its transactions, all immediate, run one after the other."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEQUENCER_LOCK])
        return bool(cursor.fetchone()[0])


def _place(size: int, event_ids: Sequence[UUID]) -> None:
    Leaf.objects.bulk_create(
        Leaf(index=size + offset, event_id=event_id) for offset, event_id in enumerate(event_ids)
    )
    Unsequenced.objects.filter(event_id__in=Leaf.objects.filter(index__gte=size).values("event_id")).delete()


def _write_tiles(size: int, hashes: Sequence[bytes]) -> None:
    Tile.objects.bulk_create(
        (
            Tile(level=level, number=number, hashes=content)
            for (level, number), content in grow(size, hashes, tree.load_tile).items()
        ),
        update_conflicts=True,
        unique_fields=["level", "number"],
        update_fields=["hashes"],
    )


def _sign(size: int) -> None:
    signer = keys.signer()
    root = Tree(size, tree.load_tile).root()
    note = signer.sign(TreeHead(signer.name, size, root).text())
    Checkpoint.objects.create(size=size, root=root, at=clock.now(), note=note)
