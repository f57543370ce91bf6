"""How sockets read: pages by an asynchronous connection on PostgreSQL, everything rarer in a few threads."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import psycopg
from django.db import close_old_connections, connection, connections

from medicus.lib.actor import Actor
from messaging import access
from messaging.access import Place, Row
from messaging.postgres import Pipeline, Statement, connect
from messaging.states import PAGE_BYTES, PAGE_ENTRIES

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

READERS = 4
PAGE_SECONDS = 7.0
"""More than the database's own timeouts: who waits longer would wait for ever."""

_PAGE = Statement("""
SELECT seq, message_id::text, kind, epoch, device_id::text, person_id::text, body, at FROM (
  SELECT *, sum(length(body)) OVER (ORDER BY seq) AS total_bytes
  FROM messaging_entry WHERE group_id = %s::uuid AND seq > %s::bigint AND seq <= %s::bigint
) AS entry WHERE total_bytes <= %s::bigint OR seq = %s::bigint ORDER BY seq
""")


class Threads:
    """Runs Django's own database work away from the event loop."""

    def __init__(self, count: int = READERS) -> None:
        self._count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="live")

    async def run(
        self, function: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Answer:
        def work() -> Answer:
            close_old_connections()
            try:
                return function(*arguments, **named)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def close(self) -> None:
        """End the threads, each with its own connection."""
        together = threading.Barrier(self._count)

        def end() -> None:
            together.wait(5)
            connections.close_all()

        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._pool, end) for _ in range(self._count)))
        self._pool.shutdown(wait=True)


class Reader:
    """Reads through Django's connection, in threads: SQLite, and what is rare."""

    def __init__(self, threads: Threads) -> None:
        self.threads = threads

    async def places(self, actor: Actor, group_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Place]:
        return await self.threads.run(access.places, by=actor, group_ids=group_ids)

    async def page(self, group_id: uuid.UUID, after: int, until: int) -> list[Row]:
        """At most 1,000 entries after `after`, up to `until`; fewer when they are large."""
        return await self.threads.run(access.page, group_id, after, until)

    async def left_devices(
        self, group_id: uuid.UUID, device_ids: Collection[uuid.UUID]
    ) -> dict[uuid.UUID, int]:
        return await self.threads.run(access.left_devices, group_id, device_ids)

    async def last_seqs(self, group_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
        return await self.threads.run(access.last_seqs, group_ids)

    async def close(self) -> None:
        return None


class PostgresReader(Reader):
    """Reads pages without a thread, so that a burst from another process costs this one little."""

    def __init__(self, threads: Threads) -> None:
        super().__init__(threads)
        self._idle: list[Pipeline] = []
        self._free = asyncio.Semaphore(READERS)

    async def page(self, group_id: uuid.UUID, after: int, until: int) -> list[Row]:
        """As `Reader.page`.

        Raises:
            TimeoutError: no answer within `PAGE_SECONDS`.
        """
        until = min(until, after + PAGE_ENTRIES)
        async with asyncio.timeout(PAGE_SECONDS), self._free:
            try:
                return await self._page(group_id, after, until)
            except psycopg.OperationalError:  # the connection may have died while it was idle
                self._close_idle()
                return await self._page(group_id, after, until)

    async def close(self) -> None:
        self._close_idle()

    async def _page(self, group_id: uuid.UUID, after: int, until: int) -> list[Row]:
        opened = self._idle.pop() if self._idle else await connect()
        try:
            (rows,) = await opened.run([(_PAGE, (group_id, after, until, PAGE_BYTES, after + 1))])
        except BaseException:
            opened.close()
            raise
        self._idle.append(opened)
        return [Row._make(row) for row in rows]

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()


def reader(threads: Threads) -> Reader:
    """The reader for the configured database."""
    return PostgresReader(threads) if connection.vendor == "postgresql" else Reader(threads)
