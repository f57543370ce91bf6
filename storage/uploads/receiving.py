"""One chunk of an upload: from the socket, through the encryptor, to ciphertext in memory."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _

from medicus.lib.errors import Invalid, TooLarge, Unavailable
from storage.encryption import SEGMENT_BYTES, Encryptor
from storage.uploads.raw import Receive

CHUNK_BYTES = 8 << 20
"""No chunk is larger: it bounds our memory and what Daphne spools."""
LEAST_BYTES = 1 << 20
"""No chunk but the last is smaller: it bounds the number of parts."""
SILENCE_SECONDS = 30
CHUNK_SECONDS = 600
"""A sender who is silent for so long, or takes so long for a chunk, is cut off."""
AT_ONCE = 32
"""Chunks that one process receives at the same time: it bounds its memory to 32 times 9 MiB."""
CHECKSUMS = ("sha1", "sha256")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the client says the chunk's digest is (tus 1.0, Checksum)."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """A received chunk. `cut`: the connection ended before the chunk did."""

    ciphertext: list[bytes]
    size_bytes: int
    cut: bool


class ChecksumMismatch(Invalid):
    """Status 460 of tus 1.0: the chunk is not what the client meant to send; nothing was stored."""

    status, code = 460, "checksum-mismatch"


class Turnstile:
    """Lets so many pass at once as there are places; for one event loop."""

    def __init__(self, places: int) -> None:
        self.free = places

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Take a place.

        Raises:
            Unavailable: there is none; the client comes again by itself.
        """
        if self.free < 1:
            raise Unavailable(_("Too many files are arriving at the same time. Please try again."))
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1


turnstile = Turnstile(AT_ONCE)


class Receiver:
    """Encrypts a chunk as it arrives. Holds one segment of plaintext, and the chunk's ciphertext."""

    def __init__(self, encryptor: Encryptor, *, room_bytes: int, checksum: Checksum | None) -> None:
        self._encryptor = encryptor
        self._room_bytes = min(room_bytes, CHUNK_BYTES)
        self._checksum = checksum
        self._digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        self._ciphertext: list[bytes] = []
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._size_bytes = 0

    async def receive(self, receive: Receive) -> Chunk:
        """Take the request's body.

        Raises:
            TooLarge: it is larger than a chunk may be, or than the rest of the upload.
            ChecksumMismatch: it is not what its checksum says. A cut chunk is never compared: see below.
        """
        cut = False
        async for piece in _body(receive):
            if piece is None:
                cut = True
                break
            await self._take(piece)
        if cut and (self._digest or self._size_bytes < LEAST_BYTES):
            return Chunk([], 0, cut)  # what cannot be checked, or is not worth a part, was never sent
        if self._size_bytes:
            await self._encrypt_waiting()
            self._ciphertext.append(self._encryptor.finish())
        self._compare()
        return Chunk(self._ciphertext, self._size_bytes, cut)

    async def _take(self, piece: bytes) -> None:
        self._size_bytes += len(piece)
        if self._size_bytes > self._room_bytes:
            raise TooLarge(_("This is more than was announced, or more than one chunk may carry."))
        self._waiting.append(piece)
        self._waiting_bytes += len(piece)
        if self._waiting_bytes >= SEGMENT_BYTES:
            await self._encrypt_waiting()

    async def _encrypt_waiting(self) -> None:
        """About a millisecond of work for a segment: not on the event loop."""
        plaintext = b"".join(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        if sealed := await asyncio.to_thread(self._encrypt, plaintext):
            self._ciphertext.append(sealed)

    def _encrypt(self, plaintext: bytes) -> bytes:
        if self._digest:
            self._digest.update(plaintext)
        return self._encryptor.update(plaintext)

    def _compare(self) -> None:
        if self._checksum is None or self._digest is None:
            return
        if not hmac.compare_digest(self._digest.digest(), self._checksum.digest):
            raise ChecksumMismatch(_("The file changed on its way. Please send it again."))


async def _body(receive: Receive) -> AsyncIterator[bytes | None]:
    """The body's pieces; None where the connection ends, or says nothing for long, before the body does."""
    more, clock = True, asyncio.get_running_loop().time
    deadline = clock() + CHUNK_SECONDS
    while more:
        try:
            async with asyncio.timeout_at(min(deadline, clock() + SILENCE_SECONDS)):
                message = await receive()
        except TimeoutError:
            message = {"type": "http.disconnect"}
        if message["type"] != "http.request":
            yield None
            return
        more = message.get("more_body", False)
        if piece := message.get("body", b""):
            yield piece
