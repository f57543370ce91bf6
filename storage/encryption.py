"""Streaming encryption at rest: Tink's AES-GCM-HKDF streaming AEAD, key type AES256_GCM_HKDF_1MB.

Layout (Tink wire format "AES-GCM-HKDF Streaming AEAD"; Hoang, Reyhanitabar, Rogaway, Vizár 2015, nOAE):

    header    size of the header (1 byte, 40) | salt (32) | nonce prefix (7)
    segments  AES-256-GCM, the 16-byte tag behind each ciphertext; the header counts to the first segment, so
              segment i ends at byte (i+1) · 1 MiB of the stream, and the last one where the stream ends

The segments' key is HKDF-SHA256(key, salt, info = associated data). A segment's nonce is the prefix, its
index (4 bytes, big-endian) and a byte that is 1 in the last segment only. So nothing can be changed, moved,
repeated or cut off, provided that the last segment is looked at: a range that ends before it would not notice
a lost tail. `decrypt` therefore authenticates the last segment before it gives out any byte.

Nothing here touches a file: ciphertext comes through a `Fetch`, plaintext leaves through an iterator.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import Damaged

KEY_BYTES = 32
SEGMENT_BYTES = 1 << 20
HEADER_BYTES = 40
TAG_BYTES = 16
_SALT_BYTES = 32
_PREFIX_BYTES = 7

Fetch = Callable[[int, int], Iterable[bytes]]
"""`fetch(start, length)` gives exactly these bytes of the ciphertext, in pieces of any size."""


def ciphertext_size(plaintext_bytes: int) -> int:
    """Size of the stream that `plaintext_bytes` become."""
    return plaintext_bytes + HEADER_BYTES + TAG_BYTES * _segments_of_plaintext(plaintext_bytes)


def _segments_of_plaintext(plaintext_bytes: int) -> int:
    room = SEGMENT_BYTES - TAG_BYTES
    return max(1, -(-(plaintext_bytes + HEADER_BYTES) // room))


def plaintext_size(ciphertext_bytes: int) -> int:
    """Size of the plaintext in a stream of `ciphertext_bytes`.

    Raises:
        Damaged: no stream has this size.
    """
    plaintext_bytes = (
        ciphertext_bytes - HEADER_BYTES - TAG_BYTES * max(1, -(-ciphertext_bytes // SEGMENT_BYTES))
    )
    if plaintext_bytes < 0 or ciphertext_size(plaintext_bytes) != ciphertext_bytes:
        raise Damaged(f"no stream has {ciphertext_bytes} bytes")
    return plaintext_bytes


class Encryptor:
    """Encrypts one stream as its plaintext arrives; holds at most one segment of it.

    Each stream has a fresh salt, hence its own key: a repeated upload never meets a used nonce."""

    def __init__(self, key: bytes, associated_data: bytes) -> None:
        salt, prefix = os.urandom(_SALT_BYTES), os.urandom(_PREFIX_BYTES)
        self._segments = _Segments.derived(key, associated_data, salt, prefix)
        self._header = bytes([HEADER_BYTES]) + salt + prefix
        self._pending = bytearray()
        self._index = 0

    def update(self, plaintext: bytes) -> bytes:
        """Take more plaintext; return the segments that are now complete (and are not the last)."""
        self._pending += plaintext
        sealed = []
        while len(self._pending) > self._room():
            sealed.append(self._seal(self._room(), last=False))
        return b"".join(sealed)

    def finish(self) -> bytes:
        """Return the last segment. The encryptor cannot be used any more."""
        return self._seal(len(self._pending), last=True)

    def _room(self) -> int:
        return SEGMENT_BYTES - TAG_BYTES - (HEADER_BYTES if self._index == 0 else 0)

    def _seal(self, size: int, *, last: bool) -> bytes:
        with memoryview(self._pending) as pending:
            sealed = self._segments.encrypt(self._index, pending[:size], last=last)
        del self._pending[:size]
        header = self._header if self._index == 0 else b""
        self._index += 1
        return header + sealed


def encrypt(key: bytes, associated_data: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Encrypt `chunks` into one stream, a segment at a time."""
    encryptor = Encryptor(key, associated_data)
    for chunk in chunks:
        if sealed := encryptor.update(chunk):
            yield sealed
    yield encryptor.finish()


def decrypt(
    key: bytes, associated_data: bytes, ciphertext_bytes: int, fetch: Fetch, *, start: int, length: int
) -> Iterator[bytes]:
    """Give the plaintext bytes `start` to `start + length`, which must lie within the stream.

    Fetches the segments that hold the range, and the header and the last segment if they are not among them.

    Raises:
        Damaged: a segment, its place, the end of the stream, the key or the associated data is wrong.
    """
    if start < 0 or length < 0 or start + length > plaintext_size(ciphertext_bytes):
        raise ValueError("the range is not within the stream")
    final = _last_segment(ciphertext_bytes)
    first, last = _segment_at(start), min(final, _segment_at(start + max(length, 1) - 1))
    first = min(first, last)
    blocks = _blocks(fetch, first, last, ciphertext_bytes)
    block = next(blocks, b"")
    header = block[:HEADER_BYTES] if first == 0 else b"".join(fetch(0, HEADER_BYTES))
    segments = _Segments.of_header(key, associated_data, header)
    if last != final:
        segments.decrypt(final, b"".join(_blocks(fetch, final, final, ciphertext_bytes)), last=True)
    skip = start - _plaintext_start(first)
    for index in range(first, last + 1):
        plaintext = segments.decrypt(index, block, last=index == final)[skip : skip + length]
        yield plaintext
        length -= len(plaintext)
        skip, block = 0, next(blocks, b"")


def _blocks(fetch: Fetch, first: int, last: int, ciphertext_bytes: int) -> Iterator[bytes]:
    """Segments `first` to `last` as they lie in the stream: the first segment with the header before it."""
    begins, ends = first * SEGMENT_BYTES, min((last + 1) * SEGMENT_BYTES, ciphertext_bytes)
    pending = bytearray()
    for chunk in fetch(begins, ends - begins):
        if not pending and len(chunk) == SEGMENT_BYTES:
            yield chunk
            continue
        pending += chunk
        while len(pending) >= SEGMENT_BYTES:
            yield bytes(pending[:SEGMENT_BYTES])
            del pending[:SEGMENT_BYTES]
    if pending:
        yield bytes(pending)


def _last_segment(ciphertext_bytes: int) -> int:
    return max(0, -(-ciphertext_bytes // SEGMENT_BYTES) - 1)


def _segment_at(position: int) -> int:
    """Index of the segment that holds the plaintext byte at `position`."""
    return (position + HEADER_BYTES) // (SEGMENT_BYTES - TAG_BYTES)


def _plaintext_start(index: int) -> int:
    return index * (SEGMENT_BYTES - TAG_BYTES) - HEADER_BYTES if index else 0


@dataclass(frozen=True, slots=True)
class _Segments:
    """AES-256-GCM of single segments, under the key of one stream."""

    cipher: AESGCM
    prefix: bytes

    @classmethod
    def derived(cls, key: bytes, associated_data: bytes, salt: bytes, prefix: bytes) -> "_Segments":
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=associated_data).derive(key)
        return cls(AESGCM(derived), prefix)

    @classmethod
    def of_header(cls, key: bytes, associated_data: bytes, header: bytes) -> "_Segments":
        if len(header) != HEADER_BYTES or header[0] != HEADER_BYTES:
            raise Damaged("the header of a stream is wrong")
        salt, prefix = header[1 : 1 + _SALT_BYTES], header[1 + _SALT_BYTES :]
        return cls.derived(key, associated_data, salt, prefix)

    def encrypt(self, index: int, plaintext: memoryview, *, last: bool) -> bytes:
        return self.cipher.encrypt(self._nonce(index, last=last), plaintext, None)

    def decrypt(self, index: int, block: bytes, *, last: bool) -> bytes:
        ciphertext = memoryview(block)[HEADER_BYTES:] if index == 0 else block
        try:
            return self.cipher.decrypt(self._nonce(index, last=last), ciphertext, None)
        except InvalidTag:
            raise Damaged(f"segment {index} of a stream does not authenticate") from None

    def _nonce(self, index: int, *, last: bool) -> bytes:
        return self.prefix + index.to_bytes(4, "big") + bytes([last])
