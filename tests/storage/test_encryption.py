"""The streaming format at rest: the same bytes as Tink's, and nothing can be changed, moved or cut off."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import encryption
from storage.encryption import HEADER_BYTES, SEGMENT_BYTES, TAG_BYTES
from storage.errors import Damaged
from tests.storage.tink_oracle import Oracle

KEY = bytes(range(32))
BOUND = b"an object of a hospital"
FIRST = SEGMENT_BYTES - HEADER_BYTES - TAG_BYTES
WHOLE = SEGMENT_BYTES - TAG_BYTES
SIZES = [
    0,
    1,
    15,
    16,
    17,
    FIRST - 1,
    FIRST,
    FIRST + 1,
    FIRST + WHOLE,
    FIRST + WHOLE + 1,
    2 * SEGMENT_BYTES,
    3_500_000,
]


def patterned(size: int) -> bytes:
    block = b"".join(sha256(number.to_bytes(4, "big")).digest() for number in range(4096))
    return (block * (size // len(block) + 1))[:size]


LARGE = patterned(3 * SEGMENT_BYTES + 4711)


def sealed(plaintext: bytes, *, key: bytes = KEY, bound: bytes = BOUND) -> bytes:
    return b"".join(encryption.encrypt(key, bound, [plaintext]))


SEALED = sealed(LARGE)


class Stored:
    """Ciphertext in a store that tells what was fetched."""

    def __init__(self, ciphertext: bytes, piece_bytes: int = 65_536) -> None:
        self.ciphertext = ciphertext
        self.piece_bytes = piece_bytes
        self.fetched: list[tuple[int, int]] = []

    def fetch(self, start: int, length: int) -> Iterator[bytes]:
        self.fetched.append((start, length))
        wanted = self.ciphertext[start : start + length]
        for offset in range(0, len(wanted), self.piece_bytes):
            yield wanted[offset : offset + self.piece_bytes]

    def read(
        self, start: int, length: int, *, key: bytes = KEY, bound: bytes = BOUND, size: int | None = None
    ) -> bytes:
        size = len(self.ciphertext) if size is None else size
        return b"".join(encryption.decrypt(key, bound, size, self.fetch, start=start, length=length))


def opened(ciphertext: bytes, **options) -> bytes:
    return Stored(ciphertext).read(0, encryption.plaintext_size(len(ciphertext)), **options)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(KEY)


@pytest.mark.parametrize("size", SIZES)
def test_tink_reads_what_we_write(oracle, size):
    assert oracle.decrypt(sealed(patterned(size)), BOUND) == patterned(size)


@pytest.mark.parametrize("size", SIZES)
def test_we_read_what_tink_writes(oracle, size):
    ciphertext = oracle.encrypt(patterned(size), BOUND)
    assert encryption.ciphertext_size(size) == len(ciphertext)
    assert encryption.plaintext_size(len(ciphertext)) == size
    assert opened(ciphertext) == patterned(size)


WRITTEN_BY_TINK = {
    b"": (
        "28ff0fc84bc835e55cd8eb70fc6652d0188bc0ac29f3542f6e1f757ed82c4e0ab0bc5a384a4bd23b"
        "30986703e123adc3e31b6b51ce734c39"
    ),
    "Befund: unauffällig".encode(): (
        "28ca1a52b1c81e3e04e3d2e1fe201ac6da96c39d57f3927032508cf39e0c9d53322ad78a398f6855"
        "76eeec672148d7ccab2b060207ef579290a8ae6bbd374e66781ac737d59bd9c84a3ac935"
    ),
}


@pytest.mark.parametrize("plaintext", WRITTEN_BY_TINK)
def test_what_tink_once_wrote_stays_readable(plaintext):
    assert opened(bytes.fromhex(WRITTEN_BY_TINK[plaintext])) == plaintext


def test_what_we_write_never_changes(monkeypatch):
    """With a fixed salt and prefix the stream is fixed; tink 1.16 has read exactly these bytes."""
    drawn = iter([bytes([1]) * 32, bytes([2]) * 7])
    monkeypatch.setattr("os.urandom", lambda _size: next(drawn))
    digest = sha256(sealed(LARGE)).hexdigest()
    assert digest == "211d7e2dbec02ed08a1d6da10ebbe6d4c13984dd960bd5db794f9dbe7a1f74d9"


@given(st.lists(st.integers(0, 700_000), max_size=6))
def test_the_stream_is_the_same_however_the_plaintext_arrives(sizes):
    plaintext = LARGE[: sum(sizes)]
    offsets = [sum(sizes[:number]) for number in range(len(sizes))]
    chunks = [plaintext[offset : offset + size] for offset, size in zip(offsets, sizes, strict=True)]
    assert opened(b"".join(encryption.encrypt(KEY, BOUND, chunks))) == plaintext


@given(st.integers(0, len(LARGE)), st.integers(0, len(LARGE)), st.sampled_from([100_000, 1 << 20, 1 << 22]))
def test_a_range_is_the_slice_of_the_plaintext(start, length, piece_bytes):
    length = min(length, len(LARGE) - start)
    assert Stored(SEALED, piece_bytes).read(start, length) == LARGE[start : start + length]


@pytest.mark.parametrize(
    "edge", [FIRST - 1, FIRST, FIRST + 1, FIRST + WHOLE - 1, FIRST + WHOLE, FIRST + WHOLE + 1]
)
@pytest.mark.parametrize("length", [0, 1, 2, WHOLE])
def test_a_range_at_the_edge_of_a_segment(edge, length):
    assert Stored(SEALED).read(edge, length) == LARGE[edge : edge + length]


def test_a_small_range_fetches_its_segment_the_header_and_the_last_segment():
    stored = Stored(SEALED)
    stored.read(SEGMENT_BYTES + 5, 4096)
    assert stored.fetched == [
        (SEGMENT_BYTES, SEGMENT_BYTES),
        (0, HEADER_BYTES),
        (3 * SEGMENT_BYTES, len(SEALED) - 3 * SEGMENT_BYTES),
    ]


def test_the_whole_is_one_fetch():
    stored = Stored(SEALED)
    stored.read(0, len(LARGE))
    assert stored.fetched == [(0, len(SEALED))]


@pytest.mark.parametrize(("start", "length"), [(-1, 1), (0, -1), (0, len(LARGE) + 1), (len(LARGE), 1)])
def test_a_range_outside_the_stream_is_a_mistake_of_the_caller(start, length):
    with pytest.raises(ValueError, match="not within"):
        Stored(SEALED).read(start, length)


@pytest.mark.parametrize(
    "position", [0, 1, 33, HEADER_BYTES, SEGMENT_BYTES - 1, SEGMENT_BYTES, len(SEALED) - 1]
)
def test_a_changed_byte_is_noticed(position):
    changed = bytearray(SEALED)
    changed[position] ^= 1
    with pytest.raises(Damaged):
        opened(bytes(changed))


@pytest.mark.parametrize(
    "cut", [1, 16, 4711, SEGMENT_BYTES, len(SEALED) - SEGMENT_BYTES, len(SEALED) - HEADER_BYTES]
)
def test_a_stream_that_was_cut_off_is_noticed(cut):
    with pytest.raises(Damaged):
        opened(SEALED[:-cut])


def test_a_range_that_ends_before_the_lost_tail_is_refused_before_its_first_byte():
    """Whole segments are gone, so each one that is left authenticates: only the last one shows the loss."""
    cut = SEALED[: 2 * SEGMENT_BYTES]
    pieces = encryption.decrypt(KEY, BOUND, len(cut), Stored(cut).fetch, start=10, length=20)
    with pytest.raises(Damaged):
        next(pieces)


def test_a_range_is_refused_when_the_store_holds_less_than_the_row_says():
    cut = Stored(SEALED[: 2 * SEGMENT_BYTES])
    pieces = encryption.decrypt(KEY, BOUND, len(SEALED), cut.fetch, start=10, length=20)
    with pytest.raises(Damaged):
        next(pieces)


def test_swapped_segments_are_noticed():
    first, second, third, rest = (
        SEALED[start : start + SEGMENT_BYTES] for start in range(0, len(SEALED), SEGMENT_BYTES)
    )
    with pytest.raises(Damaged):
        opened(first + third + second + rest)


def test_a_segment_of_another_stream_is_noticed():
    other = sealed(LARGE)
    with pytest.raises(Damaged):
        opened(
            SEALED[:SEGMENT_BYTES] + other[SEGMENT_BYTES : 2 * SEGMENT_BYTES] + SEALED[2 * SEGMENT_BYTES :]
        )


def test_a_wrong_key_opens_nothing():
    with pytest.raises(Damaged):
        opened(SEALED, key=bytes(32))


def test_wrong_associated_data_opens_nothing():
    with pytest.raises(Damaged):
        opened(SEALED, bound=b"an object of another hospital")


@pytest.mark.parametrize(
    "size", [0, 1, HEADER_BYTES, HEADER_BYTES + TAG_BYTES - 1, SEGMENT_BYTES + 1, SEGMENT_BYTES + 16]
)
def test_no_stream_has_such_a_size(size):
    with pytest.raises(Damaged):
        encryption.plaintext_size(size)


def test_the_encryptor_holds_no_more_than_a_segment():
    encryptor = encryption.Encryptor(KEY, BOUND)
    for offset in range(0, len(LARGE), 100_000):
        encryptor.update(LARGE[offset : offset + 100_000])
        assert len(encryptor._pending) <= SEGMENT_BYTES


def test_each_stream_has_its_own_salt():
    assert len({sealed(b"the same")[:HEADER_BYTES] for _ in range(100)}) == 100


def test_a_key_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        sealed(b"", key=bytes(16))
