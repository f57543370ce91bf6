"""The tree of RFC 6962 section 2.1 / RFC 9162 section 2.1, over SHA-256, stored in tiles. Pure.

A tile holds up to 256 neighbouring hashes of one level (C2SP tlog-tiles, height 8): level 0 the leaf hashes,
level n + 1 the roots of the full tiles of level n. Appending touches the tiles at the right edge only, so it
costs O(new leaves), and any hash of the tree is found in one tile.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES
KEPT_TILES = 32

LoadTile = Callable[[int, int], bytes]
"""Gives the hashes of the tile (level, number), 32 bytes each."""


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(size: int, leaves: Sequence[bytes], load: LoadTile) -> dict[tuple[int, int], bytes]:
    """Append leaf hashes to a tree of `size` leaves; return the tiles that change, whole."""
    changed: dict[tuple[int, int], bytes] = {}
    level, position, fresh = 0, size, list(leaves)
    while fresh:
        number, filled = divmod(position, TILE_WIDTH)
        start = load(level, number)[: filled * HASH_BYTES] if filled else b""
        tiles = _cut(start + b"".join(fresh))
        changed |= {(level, number + offset): tile for offset, tile in enumerate(tiles)}
        fresh = [perfect_root(tile) for tile in tiles if len(tile) == TILE_BYTES]
        level, position = level + 1, position >> TILE_HEIGHT
    return changed


def perfect_root(hashes: bytes) -> bytes:
    """The root over a power of two of hashes, 32 bytes each."""
    return _subtrees(hashes)[-1][0]


class Tree:
    """A tree of `size` leaves, read through its tiles. Keeps the hashes of the tiles that it used last."""

    def __init__(self, size: int, load: LoadTile) -> None:
        self.size = size
        self._rows = lru_cache(maxsize=KEPT_TILES)(lambda level, number: _subtrees(load(level, number)))
        self._right_edge: dict[int, bytes] = {}

    def root(self) -> bytes:
        return self._range(0, self.size) if self.size else hashlib.sha256(b"").digest()

    def leaf(self, index: int) -> bytes:
        return self._perfect(0, index)

    def inclusion_proof(self, index: int) -> list[bytes]:
        """The audit path of a leaf (RFC 9162 section 2.1.3.1), from the leaf upward.

        Raises:
            IndexError: the tree has no such leaf.
        """
        return [self._range(start, end) for start, end in _siblings(index, self.size)][::-1]

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """Prove that the tree of `old_size` leaves is the beginning of this one (RFC 9162 section 2.1.4.1).

        Raises:
            IndexError: the tree never had that size.
        """
        if not 0 < old_size <= self.size:
            raise IndexError(old_size)
        proof: list[bytes] = []
        start, end = 0, self.size
        while end != old_size:
            middle = start + _split(end - start)
            if old_size <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        # From 0 on, what is left is the old tree itself, whose root the reader has.
        return ([self._range(start, end)] if start else []) + proof[::-1]

    def _range(self, start: int, end: int) -> bytes:
        """The hash over leaves [start, end), where `start` begins a subtree."""
        count = end - start
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self._perfect(height, start >> height)
        # What is not a power of two ends at the right edge, so `start` alone names it.
        if start not in self._right_edge:
            middle = start + _split(count)
            self._right_edge[start] = node_hash(self._range(start, middle), self._range(middle, end))
        return self._right_edge[start]

    def _perfect(self, height: int, index: int) -> bytes:
        """The root of the perfect subtree number `index` of 2^height leaves."""
        level, number, inner, offset = _place(height, index)
        return self._rows(level, number)[inner][offset]


def tiles_of_proof(index: int, size: int) -> set[tuple[int, int]]:
    """The tiles (level, number) from which the inclusion proof of a leaf is read, in a tree of `size` leaves.

    Raises:
        IndexError: the tree has no such leaf.
    """
    ranges = _siblings(index, size)
    return {
        _place(height, number)[:2] for sibling in ranges for height, number in _perfect_subtrees(*sibling)
    }


class RunningRoot:
    """The root over leaf hashes that arrive one by one; holds only the perfect subtrees of the left."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[bytes] = []

    def append(self, hashed: bytes) -> None:
        self.size += 1
        self._subtrees.append(hashed)
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self._subtrees.pop()
            self._subtrees.append(node_hash(self._subtrees.pop(), right))

    def root(self) -> bytes:
        if not self._subtrees:
            return hashlib.sha256(b"").digest()
        root = self._subtrees[-1]
        for left in reversed(self._subtrees[:-1]):
            root = node_hash(left, root)
        return root


def proves(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof (RFC 9162 section 2.1.3.2). `leaf`: its hash."""
    return Neighbours(size, root).prove(leaf, index, path)


class Neighbours:
    """Checks many inclusion proofs against one root: what a row has in common with the one before is hashed once.

    A path has a step for each level below the one where the leaf's way parts from the last leaf's ("inner"),
    then one for each perfect subtree to the left of both.
    """

    def __init__(self, size: int, root: bytes) -> None:
        self.size, self.root = size, root
        self._index = -1
        self._path: Sequence[bytes] = ()
        self._nodes: list[bytes] = []

    def prove(self, leaf: bytes, index: int, path: Sequence[bytes]) -> bool:
        """Tell whether the leaf of this hash stands at `index`."""
        if not 0 <= index < self.size or len(path) != self._steps(index):
            return False
        shared = self._shared(index, path)
        nodes = self._climb(leaf, index, path[:shared])
        if nodes[-1] != (self.root if shared is None else self._nodes[shared]):
            return False
        self._nodes = nodes if shared is None else nodes[:-1] + self._nodes[shared:]
        self._index, self._path = index, path
        return True

    def _shared(self, index: int, path: Sequence[bytes]) -> int | None:
        """The height at which this path joins the last proven one, or None: it does not below the root."""
        height = (index ^ self._index).bit_length()
        if self._index < 0 or height > min(self._inner(index), self._inner(self._index)):
            return None
        return height if path[height:] == self._path[height:] else None

    def _climb(self, leaf: bytes, index: int, path: Sequence[bytes]) -> list[bytes]:
        nodes, inner = [leaf], self._inner(index)
        for height, sibling in enumerate(path):
            left = height >= inner or index >> height & 1
            nodes.append(node_hash(sibling, nodes[-1]) if left else node_hash(nodes[-1], sibling))
        return nodes

    def _inner(self, index: int) -> int:
        return (index ^ (self.size - 1)).bit_length()

    def _steps(self, index: int) -> int:
        inner = self._inner(index)
        return inner + (index >> inner).bit_count()


def extends(*, old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Check a consistency proof (RFC 9162 section 2.1.4.2): the old tree is the beginning of the new one."""
    if old_size in {0, size}:
        return not proof and (old_size == 0 or old_root == root)
    if not 0 < old_size < size or not proof:
        return False
    steps = [old_root, *proof] if old_size & (old_size - 1) == 0 else proof
    shift = _trailing_ones(old_size - 1)
    node, last = old_size - 1 >> shift, size - 1 >> shift
    old, new = steps[0], steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and (old, new) == (old_root, root)


def _trailing_ones(number: int) -> int:
    return (~number & number + 1).bit_length() - 1


def _subtrees(hashes: bytes) -> list[list[bytes]]:
    """The hashes of a tile, and above them, row by row, the roots of all perfect subtrees within it."""
    row = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    rows = [row]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        rows.append(row)
    return rows


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    """What stands beside the way from the root to a leaf, as ranges of leaves (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < size:
        raise IndexError(index)
    found: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found


def _perfect_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The (height, number) of the perfect subtrees of which a range that `Tree` hashes is made."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def _place(height: int, index: int) -> tuple[int, int, int, int]:
    """Where the root of a perfect subtree stands: level and number of its tile, row and place within."""
    level, inner = divmod(height, TILE_HEIGHT)
    number, offset = divmod(index, TILE_WIDTH >> inner)
    return level, number, inner, offset


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + TILE_BYTES] for at in range(0, len(hashes), TILE_BYTES)]
