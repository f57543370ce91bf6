"""The tree is that of RFC 6962: known vectors, an independent implementation, proofs that hold and break."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from audit.merkle import (
    Neighbours,
    RunningRoot,
    Tree,
    extends,
    grow,
    leaf_hash,
    proves,
    tiles_of_proof,
)

# The leaves and roots that the Certificate Transparency reference implementation tests itself with.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PROOFS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def grown(leaves: list[bytes], *, steps: list[int] | None = None) -> Tree:
    """Build a tree of `leaves`, appended in portions of the sizes `steps`, then the rest."""
    tiles: dict[tuple[int, int], bytes] = {}

    def load(level: int, number: int) -> bytes:
        return tiles[level, number]

    size, hashes = 0, [leaf_hash(leaf) for leaf in leaves]
    for step in [*(steps or []), len(leaves)]:
        portion = hashes[size : size + step]
        tiles |= grow(size, portion, load)
        size += len(portion)
    return Tree(size, load)


def test_the_empty_tree_has_the_hash_of_nothing():
    assert grown([]).root() == RunningRoot().root() == hashlib.sha256().digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size):
    running = RunningRoot()
    for leaf in LEAVES[:size]:
        running.append(leaf_hash(leaf))
    assert grown(LEAVES[:size]).root().hex() == running.root().hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), PROOFS)
def test_proofs_are_those_of_certificate_transparency(index, size, path):
    assert [step.hex() for step in grown(LEAVES[:size]).inclusion_proof(index)] == path


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 1500), st.lists(st.integers(0, 600), max_size=4))
def test_an_independent_implementation_finds_the_same_roots_and_proofs(size, steps):
    leaves = [str(number).encode() for number in range(size)]
    oracle = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        oracle.append_entry(leaf)
    tree = grown(leaves, steps=steps)
    assert tree.root() == oracle.get_root()
    for index in {0, size // 2, size - 1}:
        theirs = oracle.prove_inclusion(index + 1, size).path
        assert tree.inclusion_proof(index) == theirs[1:]
        assert tree.leaf(index) == theirs[0]


@pytest.mark.parametrize("size", [*range(1, 20), 255, 256, 257, 65_537])
def test_every_leaf_is_proven_and_nothing_else(size):
    tree = grown([str(number).encode() for number in range(size)])
    root = tree.root()
    for index in {0, 1 % size, size // 3, size - 1}:
        leaf, path = tree.leaf(index), tree.inclusion_proof(index)
        assert proves(leaf=leaf, index=index, size=size, path=path, root=root)
        assert not proves(leaf=leaf_hash(b"other"), index=index, size=size, path=path, root=root)
        assert not proves(leaf=leaf, index=index, size=size, path=path, root=leaf_hash(b""))
        assert not proves(leaf=leaf, index=size, size=size, path=path, root=root)
        assert not proves(leaf=leaf, index=index, size=size, path=[*path, root], root=root)
        if size > 1:
            assert not proves(leaf=leaf, index=(index + 1) % size, size=size, path=path, root=root)
            assert not proves(leaf=leaf, index=index, size=size, path=path[:-1], root=root)


@given(st.integers(1, 2**26), st.data())
def test_the_tiles_of_a_proof_are_those_that_it_reads(size, data):
    index = data.draw(st.integers(0, size - 1))
    read = set()

    def load(level: int, number: int) -> bytes:
        read.add((level, number))
        return bytes(256 * 32)

    Tree(size, load).inclusion_proof(index)
    assert tiles_of_proof(index, size) == read


def test_there_is_no_proof_for_a_leaf_outside_the_tree():
    for index in (8, -1):
        with pytest.raises(IndexError):
            grown(LEAVES).inclusion_proof(index)
        with pytest.raises(IndexError):
            tiles_of_proof(index, 8)


def test_appending_touches_only_the_right_edge():
    tiles: dict[tuple[int, int], bytes] = {}
    tiles |= grow(0, [leaf_hash(b"x")] * 70_000, lambda level, number: tiles[level, number])
    loaded = []

    def load(level: int, number: int) -> bytes:
        loaded.append((level, number))
        return tiles[level, number]

    assert set(grow(70_000, [leaf_hash(b"y")] * 200, load)) == {(0, 273), (0, 274), (1, 1)}
    assert loaded == [(0, 273), (1, 1)]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 900), st.data())
def test_neighbours_are_proven_like_each_row_alone(size, data):
    tree = grown([str(number).encode() for number in range(size)])
    root = tree.root()
    neighbours = Neighbours(size, root)
    for index in data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=30)):
        leaf, path = tree.leaf(index), tree.inclusion_proof(index)
        for step in range(len(path)):
            changed = [*path[:step], leaf_hash(b"other"), *path[step + 1 :]]
            assert not neighbours.prove(leaf, index, changed)
        assert not neighbours.prove(leaf_hash(b"other"), index, path)
        assert neighbours.prove(leaf, index, path)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 600), st.data())
def test_an_older_tree_is_proven_to_be_the_beginning_and_nothing_else(size, data):
    leaves = [str(number).encode() for number in range(size)]
    old_size = data.draw(st.integers(1, size))
    tree, old = grown(leaves), grown(leaves[:old_size])
    forked = grown([*leaves[: old_size - 1], b"other"])
    proof = tree.consistency_proof(old_size)

    def holds(**changes: object) -> bool:
        facts = {
            "old_size": old_size,
            "old_root": old.root(),
            "size": size,
            "root": tree.root(),
            "proof": proof,
        }
        return extends(**(facts | changes))

    assert holds()
    assert not holds(old_root=forked.root())
    assert not holds(root=leaf_hash(b"other"))
    assert not holds(proof=[*proof, bytes(32)])
    for step in range(len(proof)):
        assert not holds(proof=[*proof[:step], bytes(32), *proof[step + 1 :]])
        assert not holds(proof=proof[:step])


def test_consistency_proofs_are_those_of_rfc_6962():
    """The example of RFC 6962 section 2.1.3: a tree of 7 leaves, and what it was at 3, 4 and 6."""
    tree = grown([b"%d" % number for number in range(7)])

    def node(start: int, end: int) -> bytes:
        running = RunningRoot()
        for number in range(start, end):
            running.append(leaf_hash(b"%d" % number))
        return running.root()

    assert tree.consistency_proof(3) == [node(2, 3), node(3, 4), node(0, 2), node(4, 7)]
    assert tree.consistency_proof(4) == [node(4, 7)]
    assert tree.consistency_proof(6) == [node(4, 6), node(6, 7), node(0, 4)]
    assert tree.consistency_proof(7) == []


def test_nothing_precedes_every_tree_and_needs_no_proof():
    tree = grown(LEAVES)
    assert extends(old_size=0, old_root=b"", size=8, root=tree.root(), proof=[])
    assert not extends(old_size=0, old_root=b"", size=8, root=tree.root(), proof=[bytes(32)])
    assert not extends(old_size=9, old_root=tree.root(), size=8, root=tree.root(), proof=[bytes(32)])
    for size in (0, 9):
        with pytest.raises(IndexError):
            tree.consistency_proof(size)
