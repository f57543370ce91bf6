"""Verifying the live database against its own signed checkpoints, and against one that someone kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson

from audit.access import tree
from audit.checkpoint import BadNote, TreeHead, Verifier, read_tree_head
from audit.entries import instant_text
from audit.merkle import HASH_BYTES, TILE_BYTES, TILE_HEIGHT, TILE_WIDTH, RunningRoot, leaf_hash, perfect_root
from audit.models import AuditEvent, Checkpoint, Leaf, Tile, Unsequenced
from medicus.lib.actor import Actor, require_system

PAGE = 2000


@dataclass(slots=True)
class Report:
    """`findings` are sentences, one for each thing that is wrong; none: the log is what was signed."""

    findings: list[str] = field(default_factory=list)
    rows: int = 0
    checkpoints: int = 0
    waiting: int = 0
    head: TreeHead | None = None
    sealed_at: datetime | None = None


def verify(*, by: Actor, public_key: Verifier, kept: TreeHead | None = None) -> Report:
    """Compare every event with the tree, and the tree with every checkpoint.

    public_key: the log's own; only its bytes count, for the log may have had another name before.
    kept: a checkpoint from outside; it tells even of a log that was rewritten and signed anew.

    Raises:
        NotFound: the actor is not the operator.
    """
    require_system(by)
    walk = _Walk(public_key, kept)
    walk.rows()
    walk.tiles()
    walk.strangers()
    walk.report.waiting = Unsequenced.objects.count()
    return walk.report


@dataclass(frozen=True, slots=True)
class _Changed:
    name: str
    computed: bytes
    stored: bytes


class _Walk:
    def __init__(self, public_key: Verifier, kept: TreeHead | None) -> None:
        self.report = Report()
        self.running = RunningRoot()
        self.public_key, self.kept = public_key, kept
        self.changed: dict[int, _Changed] = {}
        self.load = tree.cached_tiles()
        self.latest = tree.latest_checkpoint()
        self.broken = False

    def rows(self) -> None:
        """Rebuild the tree from the stored hashes, comparing each with its event, each root with its head."""
        heads = self._heads()
        head = next(heads, None)
        for index, event_id, event in self._leaves():
            while self.running.size < index:
                self._say(f"row {self.running.size} is missing: its place in the tree was removed")
                head = self._append(self._stored(self.running.size) or b"", head, heads)
            self.report.rows += 1
            head = self._append(self._row(index, event_id, event), head, heads)
        self._judge_changed()
        if head is not None:
            first, size = self.running.size, head.size
            self._say(f"rows {first} to {size - 1} are missing: {self._signed(head)} covers {size} rows")

    def tiles(self) -> None:
        """Compare the inner hashes, which proofs are made of, with what they stand for."""
        size, level = self.latest.size if self.latest else 0, 0
        while size := size >> TILE_HEIGHT:
            for number, hashes in self._full_tiles(level, size):
                if perfect_root(hashes) != self._hash(level + 1, number):
                    width = TILE_WIDTH << level * TILE_HEIGHT
                    first = number * width
                    self._say(
                        f"the stored tree was changed: proofs of rows {first} to {first + width - 1} fail"
                    )
            level += 1

    def strangers(self) -> None:
        """Find events that neither stand in the tree nor wait for it."""
        events = AuditEvent.objects.order_by("event_id").values_list("event_id", flat=True)
        page = list(events[:PAGE])
        while page:
            between = {"event_id__gte": page[0], "event_id__lte": page[-1]}
            # The waiting first: what is sealed meanwhile is then found among the leaves.
            known = set(Unsequenced.objects.filter(**between).values_list("event_id", flat=True))
            known.update(Leaf.objects.filter(**between).values_list("event_id", flat=True))
            for event_id in page:
                if event_id not in known:
                    self._say(f"event {event_id} was inserted behind the log's back: it was never sealed")
            page = list(events.filter(event_id__gt=page[-1])[:PAGE])

    def _leaves(self) -> Iterator[tuple[int, UUID, AuditEvent | None]]:
        size = self.latest.size if self.latest else 0
        for start in range(0, size, PAGE):
            page = Leaf.objects.filter(index__gte=start, index__lt=min(start + PAGE, size))
            events = AuditEvent.objects.in_bulk(list(page.values_list("event_id", flat=True)))
            for index, event_id in page.order_by("index").values_list("index", "event_id"):
                yield index, event_id, events.get(event_id)
        for index in (
            Leaf.objects.filter(index__gte=size).order_by("index").values_list("index", flat=True)[:1]
        ):
            if not Checkpoint.objects.filter(size__gt=index).exists():
                self._say(
                    f"row {index} lies beyond the last checkpoint: that was removed or the row was added"
                )

    def _row(self, index: int, event_id: UUID, event: AuditEvent | None) -> bytes:
        stored = self._stored(index)
        if event is None:
            self._say(f"row {index} is missing: its event {event_id} was removed")
            return stored or b""
        computed = leaf_hash(bytes(event.canonical))
        if stored is not None and computed != stored:
            self.changed[index] = _Changed(_name(index, event), computed, stored)
        elif column := _differing_column(event):
            self._say(f"{_name(index, event)} was changed: its column {column} differs from the sealed event")
        return stored or computed

    def _append(self, hashed: bytes, head: TreeHead | None, heads: Iterator[TreeHead]) -> TreeHead | None:
        self.running.append(hashed)
        while head is not None and head.size == self.running.size:
            if not self.broken and head.root != self.running.root():
                self.broken = True
                self._say(
                    f"the rows up to {head.size - 1} do not give what {self._signed(head)} signs: "
                    "one of them was changed together with its stored hash"
                )
            head = next(heads, None)
        return head

    def _heads(self) -> Iterator[TreeHead]:
        """All tree heads by size, the kept one among them."""
        kept = self.kept
        for checkpoint in Checkpoint.objects.order_by("size").iterator():
            if kept and kept.size <= checkpoint.size:
                yield kept
                kept = None
            if self.latest and checkpoint.size > self.latest.size:
                break
            if head := self._head(checkpoint):
                self.report.checkpoints += 1
                self.report.head, self.report.sealed_at = head, checkpoint.at
                yield head
        if kept:
            yield kept

    def _head(self, checkpoint: Checkpoint) -> TreeHead | None:
        verifier = Verifier(checkpoint.note.partition("\n")[0], self.public_key.public_key)
        try:
            head = read_tree_head(checkpoint.note, verifier)
        except BadNote:
            head = None
        if head is None or (head.size, head.root) != (checkpoint.size, bytes(checkpoint.root)):
            self._say(f"the checkpoint over {checkpoint.size} rows was changed: its signature does not fit")
            return None
        return head

    def _judge_changed(self) -> None:
        places = {change.computed: index for index, change in self.changed.items()}
        for index, change in self.changed.items():
            other = places.get(change.stored)
            if other is None or self.changed[other].stored != change.computed:
                self._say(f"{change.name} was changed: its bytes do not give the sealed hash")
            elif index < other:
                self._say(f"{change.name} and {self.changed[other].name} were swapped")

    def _full_tiles(self, level: int, count: int) -> Iterator[tuple[int, bytes]]:
        found = 0
        tiles = Tile.objects.filter(level=level, number__lt=count).order_by("number")
        for number, hashes in tiles.values_list("number", "hashes").iterator(chunk_size=100):
            found += 1
            if len(hashes) == TILE_BYTES:
                yield number, bytes(hashes)
            else:
                self._say(f"the stored tree was changed: tile {number} of level {level} is cut off")
        if found < count:
            self._say(f"the stored tree was changed: {count - found} tiles of level {level} were removed")

    def _stored(self, index: int) -> bytes | None:
        return self._hash(0, index)

    def _hash(self, level: int, index: int) -> bytes | None:
        number, offset = divmod(index, TILE_WIDTH)
        try:
            hashes = self.load(level, number)
        except Tile.DoesNotExist:
            return None
        return hashes[offset * HASH_BYTES : (offset + 1) * HASH_BYTES] or None

    def _signed(self, head: TreeHead) -> str:
        return "the kept checkpoint" if head is self.kept else f"the checkpoint over {head.size} rows"

    def _say(self, finding: str) -> None:
        self.report.findings.append(finding)


def _name(index: int, event: AuditEvent) -> str:
    return f"row {index} (event {event.event_id} of {instant_text(event.at)})"


def _differing_column(event: AuditEvent) -> str | None:
    body = orjson.loads(bytes(event.canonical))
    organisation_id = str(event.organisation_id) if event.organisation_id else None
    columns = {
        "event_id": str(event.event_id),
        "event": event.event,
        "at": instant_text(event.at),
        "organisation_id": organisation_id,
    }
    return next((name for name, value in columns.items() if body[name] != value), None)
