"""Bytes that are read once, forward, and never beyond what was promised."""

import zlib
from typing import BinaryIO, Protocol

from storage.dicom import limits
from storage.dicom.reasons import Reason, Refused

CHUNK_BYTES = 256 * limits.KIB
TRAILER_BYTES = 9


class Source(Protocol):
    """`position` counts from the start; `end` is where the bytes must end, at the latest."""

    position: int
    end: int

    def read(self, size: int) -> bytes: ...

    def at_end(self) -> bool: ...


class Plain:
    """A stream of known size.

    end: the number of bytes that the stream was promised to have.
    """

    def __init__(self, stream: BinaryIO, size_bytes: int) -> None:
        self._stream = stream
        self._peeked = b""
        self.position = 0
        self.end = size_bytes

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes.

        Raises:
            Refused: TRUNCATED, the stream ends before.
        """
        found, self._peeked = self._peeked[:size], self._peeked[size:]
        if len(found) < size:
            found += self._stream.read(size - len(found))
        self.position += len(found)
        if len(found) != size:
            raise Refused(Reason.TRUNCATED)
        return found

    def peek(self, size: int) -> bytes:
        """The next `size` bytes (fewer at the end), which the next read gives again."""
        if len(self._peeked) < size:
            self._peeked += self._stream.read(size - len(self._peeked))
        return self._peeked

    def at_end(self) -> bool:
        return self.position >= self.end


class Inflating:
    """The rest of `source`, inflated (DICOM PS3.5 A.5), never much larger than what was read for it."""

    def __init__(self, source: Plain) -> None:
        self._source = source
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._ready = bytearray()
        self._made = 0
        self._taken = 0
        self.position = 0
        self.end = limits.INFLATED_BYTES

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes.

        Raises:
            Refused: TRUNCATED, the stream ends before; INFLATES_TOO_FAR, it is a bomb;
                BAD_STRUCTURE, it is no deflate stream.
        """
        while len(self._ready) < size:
            if not self._more():
                raise Refused(Reason.TRUNCATED)
        found = bytes(self._ready[:size])
        del self._ready[:size]
        self.position += size
        return found

    def at_end(self) -> bool:
        while not self._ready:
            if not self._more():
                return True
        return False

    def _more(self) -> bool:
        """Inflate one more piece into `_ready`; False at the end of the stream."""
        if self._inflate.eof:
            self._check_nothing_follows()
            return False
        compressed = self._inflate.unconsumed_tail or self._next()
        try:
            made = self._inflate.decompress(compressed, CHUNK_BYTES)
        except zlib.error as error:
            raise Refused(Reason.BAD_STRUCTURE) from error
        self._made += len(made)
        self._check_ratio()
        self._ready += made
        if not (made or compressed or self._inflate.eof):
            raise Refused(Reason.TRUNCATED)
        return True

    def _next(self) -> bytes:
        wanted = min(CHUNK_BYTES, self._source.end - self._source.position)
        self._taken += wanted
        return self._source.read(wanted)

    def _check_nothing_follows(self) -> None:
        """A byte of padding and the checksum of gzip do occur; more would be another file's."""
        if len(self._inflate.unused_data) + self._source.end - self._source.position > TRAILER_BYTES:
            raise Refused(Reason.BAD_STRUCTURE)

    def _check_ratio(self) -> None:
        consumed = self._taken - len(self._inflate.unconsumed_tail)
        allowed = max(limits.INFLATE_FREE_BYTES, consumed * limits.INFLATE_RATIO)
        if self._made > min(allowed, limits.INFLATED_BYTES):
            raise Refused(Reason.INFLATES_TOO_FAR)
