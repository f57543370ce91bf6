"""Reading the TLS presentation language as RFC 9420 section 2.1 uses it: big-endian numbers, vectors with
a variable-size length in its shortest form. Nothing is skipped: what remains unread is an error."""

from enum import StrEnum

from messaging.refusals import EnvelopeRefused


class Fault(StrEnum):
    """Why an envelope is refused: the `reason` beside the code `envelope-refused`."""

    TRUNCATED = "truncated"
    TRAILING_BYTES = "trailing-bytes"
    LENGTH_NOT_MINIMAL = "length-not-minimal"
    TOO_LARGE = "too-large"
    WRONG_VERSION = "wrong-version"
    WRONG_WIRE_FORMAT = "wrong-wire-format"
    WRONG_CIPHER_SUITE = "wrong-cipher-suite"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    FOREIGN_GROUP = "foreign-group"
    EPOCH_MISMATCH = "epoch-mismatch"
    SENDER_NOT_MEMBER = "sender-not-member"
    PROPOSAL_BY_REFERENCE = "proposal-by-reference"
    PROPOSAL_NOT_ALLOWED = "proposal-not-allowed"
    CREDENTIAL_NOT_BASIC = "credential-not-basic"
    LEAF_SOURCE = "leaf-source"
    IDENTITY_NOT_TEXT = "identity-not-text"
    KEY_REUSED = "key-reused"
    BAD_SIGNATURE = "bad-signature"
    BAD_FLAG = "bad-flag"
    WELCOME_MISMATCH = "welcome-mismatch"


def refuse(fault: Fault) -> EnvelopeRefused:
    return EnvelopeRefused(reason=fault.value)


class Reader:
    """A cursor over bytes. Every method raises `EnvelopeRefused` (truncated) when there are too few."""

    __slots__ = ("_bytes", "_end", "position")

    def __init__(self, content: bytes, start: int = 0, end: int | None = None) -> None:
        self._bytes = content
        self._end = len(content) if end is None else end
        self.position = start

    @property
    def at_end(self) -> bool:
        return self.position == self._end

    def number(self, size_bytes: int) -> int:
        return int.from_bytes(self.take(size_bytes))

    def take(self, size_bytes: int) -> bytes:
        start = self._advance(size_bytes)
        return self._bytes[start : self.position]

    def opaque(self) -> bytes:
        """`opaque value<V>`"""
        return self.take(self._length())

    def skip(self) -> None:
        """`opaque value<V>`, unread."""
        self._advance(self._length())

    def vector(self) -> "Reader":
        """A reader over the content of a vector `<V>`; this one goes on behind it."""
        start = self._advance(self._length())
        return Reader(self._bytes, start, self.position)

    def flag(self) -> bool:
        """The presence byte of `optional<T>`."""
        value = self.number(1)
        if value > 1:
            raise refuse(Fault.BAD_FLAG)
        return value == 1

    def since(self, start: int) -> bytes:
        """What was read from `start` on."""
        return self._bytes[start : self.position]

    def finish(self) -> None:
        if not self.at_end:
            raise refuse(Fault.TRAILING_BYTES)

    def _advance(self, size_bytes: int) -> int:
        start = self.position
        if size_bytes > self._end - start:
            raise refuse(Fault.TRUNCATED)
        self.position = start + size_bytes
        return start

    def _length(self) -> int:
        first = self.number(1)
        prefix, value = first >> 6, first & 0x3F
        if prefix == 0:
            return value
        if prefix == 3:  # noqa: PLR2004 - RFC 9420 section 2.1.2: the prefix 3 is invalid
            raise refuse(Fault.LENGTH_NOT_MINIMAL)
        more = (1 << prefix) - 1
        value = value << 8 * more | self.number(more)
        if value < 1 << (6 if prefix == 1 else 14):
            raise refuse(Fault.LENGTH_NOT_MINIMAL)
        return value


def opaque(content: bytes) -> bytes:
    """Write `opaque value<V>`."""
    size = len(content)
    if size < 1 << 6:
        return bytes([size]) + content
    if size < 1 << 14:
        return (size | 0x4000).to_bytes(2) + content
    return (size | 0x8000_0000).to_bytes(4) + content
