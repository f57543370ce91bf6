"""Watermarks over sockets: written in batches, shown to those who follow the stream."""

import asyncio
import logging
import uuid
from collections.abc import Collection, Coroutine, Sequence
from typing import Any

from messaging import access
from messaging.actions import Confirmation, confirm_all
from messaging.live import frames
from messaging.live.connection import Connection
from messaging.live.reading import Threads

log = logging.getLogger(__name__)

COLLECT_SECONDS = 0.25


class Receipts:
    """What arrives within a quarter of a second is written as one transaction. A lost one comes again with
    the next: watermarks only grow."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._waiting: dict[tuple[uuid.UUID, uuid.UUID], Confirmation] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing = False

    def confirm(self, group_id: uuid.UUID, device_id: uuid.UUID, delivered: int, seen: int) -> None:
        """Queue a device's watermarks; those of no leaf are passed over when they are written."""
        before = self._waiting.get((group_id, device_id))
        if before is not None:
            delivered, seen = max(delivered, before.delivered), max(seen, before.seen)
        self._waiting[group_id, device_id] = Confirmation(group_id, device_id, delivered, seen)
        if not self._writing:
            self._writing = True
            self._start(self._write())

    def show(
        self, group_id: uuid.UUID, people: Collection[uuid.UUID], listeners: Sequence[Connection]
    ) -> None:
        """Read these people's watermarks and tell them to `listeners`."""
        self._start(self._show(group_id, people, listeners))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _write(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(COLLECT_SECONDS)
                waiting, self._waiting = list(self._waiting.values()), {}
                await self._threads.run(confirm_all, waiting)
        finally:
            self._writing = False

    async def _show(
        self, group_id: uuid.UUID, people: Collection[uuid.UUID], listeners: Sequence[Connection]
    ) -> None:
        for mark in await self._threads.run(access.watermarks, group_id, people):
            frame = frames.receipts(group_id, mark.person_id, mark.delivered, mark.seen)
            for connection in listeners:
                connection.push(frame)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (raised := task.exception()) is not None:
            log.error("receipts failed: %s", type(raised).__name__)
