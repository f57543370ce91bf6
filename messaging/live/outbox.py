"""The way out to one socket: a bounded queue. Who does not read is cut, and catches up after reconnecting."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

log = logging.getLogger(__name__)

TRY_AGAIN_LATER = 1013
SIGNED_OUT = 4401
SLOW_READER = 4408
OUTBOX_BYTES = 8 * 1024 * 1024
OUTBOX_FRAMES = 1024
LOW_BYTES = 256 * 1024
CLOSE_SECONDS = 5.0

Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Outbox:
    """Frames wait here while the transport is full. The task that writes exists only while there are any."""

    __slots__ = ("_abandon", "_closing", "_frames", "_low", "_send", "_size_bytes", "_writer", "ended")

    def __init__(self, send: Send, abandon: Callable[[], object]) -> None:
        """abandon: called when even closing is stuck."""
        self._send = send
        self._abandon = abandon
        self._frames: deque[str] = deque()
        self._size_bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._low: asyncio.Future[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self.ended = False

    def push(self, frame: str) -> None:
        """Queue a frame; cuts the socket when its reader has fallen too far behind."""
        if self.ended:
            return
        if self._size_bytes > OUTBOX_BYTES or len(self._frames) >= OUTBOX_FRAMES:
            self.cut(SLOW_READER)
            return
        self._frames.append(frame)
        self._size_bytes += len(frame)
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write())

    async def room(self) -> None:
        """Wait until most of what was pushed is on its way, for those who can wait: a drain."""
        while self._size_bytes > LOW_BYTES and not self.ended:
            if self._low is None:
                self._low = asyncio.get_running_loop().create_future()
            await self._low

    def cut(self, code: int) -> None:
        """Close the socket with `code`, dropping what waits; on a stuck transport, give up after 5 s."""
        if self.ended:
            return
        self.end()
        self._closing = asyncio.get_running_loop().create_task(self._close(code))

    def end(self) -> None:
        """Forget everything: the socket is gone."""
        self.ended = True
        self._frames.clear()
        self._size_bytes = 0
        self._wake()

    async def _write(self) -> None:
        try:
            while self._frames:
                frame = self._frames.popleft()
                await self._send({"type": "websocket.send", "text": frame})
                self._size_bytes -= len(frame)
                if self._size_bytes <= LOW_BYTES:
                    self._wake()
        except Exception as raised:  # noqa: BLE001 - each server has its own error for a client that has gone
            log.debug("socket gone: %s", type(raised).__name__)
            self.end()
        finally:
            self._writer = None

    async def _close(self, code: int) -> None:
        if self._writer is not None:
            self._writer.cancel()
        try:
            await asyncio.wait_for(self._send({"type": "websocket.close", "code": code}), CLOSE_SECONDS)
        except Exception as raised:  # noqa: BLE001 - as above; a stuck transport is a TimeoutError
            log.debug("socket not closed: %s", type(raised).__name__)
            self._abandon()

    def _wake(self) -> None:
        if self._low is not None and not self._low.done():
            self._low.set_result(None)
        self._low = None
