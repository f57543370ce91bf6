"""The lane of one process and event loop: collects what arrives, writes it batch by batch, answers."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol, TypeAlias

import psycopg
from django.db import Error as DjangoDatabaseError
from django.db import connection, connections
from django.utils.translation import gettext as _

from medicus.lib.errors import Unavailable
from messaging.actions.lane import orm
from messaging.actions.lane.decide import Outcome, Outgoing, Written
from messaging.actions.lane.postgres import PostgresWriter

log = logging.getLogger(__name__)

BATCH_MESSAGES = 256
BATCH_BYTES = 4 * 1024 * 1024
WAITING_MESSAGES = 10_000
WRITE_SECONDS = 7.0
"""How long a batch may take before nothing more is expected of it: more than the database's own timeouts."""

Waiting: TypeAlias = tuple[Outgoing, asyncio.Future[Written]]
Heard: TypeAlias = Callable[[list[tuple[Outgoing, Written]]], None]


class Writer(Protocol):
    """One way of writing a batch; see `orm.write` for what it promises."""

    async def write(self, batch: Sequence[Outgoing]) -> list[Outcome]: ...

    def abandon(self) -> None: ...

    async def close(self) -> None: ...


class ThreadWriter:
    """SQLite's writer: the same transaction through Django's connection, in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lane")

    async def write(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _write_in_thread, batch)

    def abandon(self) -> None:
        self._thread.shutdown(wait=False)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lane")

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown(wait=False)


def _write_in_thread(batch: Sequence[Outgoing]) -> list[Outcome]:
    try:
        return orm.write(batch)
    except DjangoDatabaseError:
        connection.close()
        raise


def writer() -> Writer:
    """The writer for the configured database."""
    return PostgresWriter() if connection.vendor == "postgresql" else ThreadWriter()


class Lane:
    """`submit` from the event loop that made the lane.

    `on_written` is called with the entries of each batch before their senders are answered: the fresh ones of a
    group in the order of their sequence numbers, and repeated ones too, of which nobody may have been told."""

    def __init__(self, writer: Writer, on_written: Heard) -> None:
        self._writer = writer
        self._on_written = on_written
        self._waiting: deque[Waiting] = deque()
        self._arrived = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run(), name="lane")

    def submit(self, message: Outgoing) -> asyncio.Future[Written]:
        """Queue a message. The future yields its place once it is committed, or raises its refusal: NotFound,
        StaleEpoch, IdReused, Invalid, or Unavailable (then the outcome is unknown: send it again)."""
        answer: asyncio.Future[Written] = self._task.get_loop().create_future()
        if len(self._waiting) >= WAITING_MESSAGES or self._task.done():
            answer.set_exception(away())
        else:
            self._waiting.append((message, answer))
            self._arrived.set()
        return answer

    async def close(self) -> None:
        """Stop; what waits is answered as unavailable."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        _refuse(self._waiting)
        await self._writer.close()

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            batch = self._take()
            try:
                await self._write(batch)
            except BaseException:
                _refuse(batch)
                raise

    def _take(self) -> list[Waiting]:
        """The next batch; clears the event when nothing else waits."""
        batch: list[Waiting] = []
        size_bytes = 0
        while self._waiting and len(batch) < BATCH_MESSAGES and size_bytes < BATCH_BYTES:
            batch.append(self._waiting.popleft())
            size_bytes += len(batch[-1][0].body)
        if not self._waiting:
            self._arrived.clear()
        return batch

    async def _write(self, batch: list[Waiting]) -> None:
        """Write a batch and answer it, whatever happens: the lane must go on."""
        messages = [message for message, _answer in batch]
        try:
            outcomes = await _within(self._writer.write(messages), WRITE_SECONDS)
        except (psycopg.Error, DjangoDatabaseError) as raised:
            log.error("database away: %s", type(raised).__name__)  # noqa: TRY400 - no trace: it may quote content
            _refuse(batch)
        except Exception:
            log.exception("a batch was given up")
            self._writer.abandon()
            _refuse(batch)
        else:
            self._tell(list(zip(messages, outcomes, strict=True)))
            for (_message, answer), outcome in zip(batch, outcomes, strict=True):
                _answer(answer, outcome)

    def _tell(self, outcomes: list[tuple[Outgoing, Outcome]]) -> None:
        written = [(message, outcome) for message, outcome in outcomes if isinstance(outcome, Written)]
        if written:
            try:
                self._on_written(written)
            except Exception:
                log.exception("the hub failed; readers catch up from the database")


async def _within(work: Awaitable[list[Outcome]], seconds: float) -> list[Outcome]:
    """Await `work` for a time. What does not answer is cancelled, and its end is not waited for."""
    task = asyncio.ensure_future(work)
    done, _pending = await asyncio.wait({task}, timeout=seconds)
    if done:
        return task.result()
    task.add_done_callback(lambda late: late.cancelled() or late.exception())
    task.cancel()
    raise TimeoutError


def _answer(answer: asyncio.Future[Written], outcome: Outcome) -> None:
    if answer.done():  # its sender has gone
        return
    if isinstance(outcome, Written):
        answer.set_result(outcome)
    else:
        answer.set_exception(outcome)


def _refuse(waiting: Sequence[Waiting] | deque[Waiting]) -> None:
    for _message, answer in waiting:
        if not answer.done():
            answer.set_exception(away())


def away() -> Unavailable:
    return Unavailable(_("The database does not answer. Please send this again: it will not appear twice."))
