"""The live side of one process and event loop: lane, hub, bus, and who is connected."""

import asyncio
import logging
import uuid
import weakref
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from django.conf import settings

from messaging import news
from messaging.access import Row
from messaging.actions.lane.decide import Outgoing, Written
from messaging.actions.lane.lane import Lane, writer
from messaging.live import frames
from messaging.live.acknowledgements import Acknowledgements
from messaging.live.bus import Bus
from messaging.live.connection import Connection
from messaging.live.hub import Hub
from messaging.live.outbox import SIGNED_OUT
from messaging.live.reading import Threads, reader
from messaging.live.receipts import Receipts
from messaging.live.sessions import Sessions
from messaging.news import News
from messaging.states import EntryKind

log = logging.getLogger(__name__)

POLL_SECONDS = 12.0

_services: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Service]" = weakref.WeakKeyDictionary()


def service() -> "Service":
    """The service of the running event loop; the first caller starts it."""
    loop = asyncio.get_running_loop()
    found = _services.get(loop)
    if found is None:
        found = _services[loop] = Service(loop)
    return found


class Service:
    """`lane` takes messages, `hub` feeds sockets, `sessions` knows who is behind a request."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.threads = Threads()
        self.reader = reader(self.threads)
        self.lane = Lane(writer(), self._on_written)
        self.hub = Hub(self.reader)
        self.sessions = Sessions(self.threads)
        self.receipts = Receipts(self.threads)
        self.acknowledgements = Acknowledgements(self.threads, self.hub.readers)
        self._bus = Bus(self._hear) if settings.REDIS_URL else None
        self._connections: set[Connection] = set()
        self._tasks = [
            loop.create_task(_every(POLL_SECONDS, self.poll), name="messaging-poll"),
            loop.create_task(_every(self.sessions.seconds, self.recheck), name="messaging-recheck"),
        ]
        news.listen(self._hear_anywhere)

    def enter(self, connection: Connection) -> None:
        self._connections.add(connection)

    def leave(self, connection: Connection, group_ids: Iterable[uuid.UUID]) -> None:
        self._connections.discard(connection)
        for group_id in group_ids:
            self.hub.leave(connection, group_id)
        connection.outbox.end()

    async def poll(self) -> None:
        """The net: one query over the groups that sockets here follow."""
        if group_ids := self.hub.group_ids:
            for group_id, newest in (await self.reader.last_seqs(group_ids)).items():
                self.hub.hint(group_id, newest)

    async def recheck(self) -> None:
        """Cut the sockets whose session, sign-in or device no longer holds."""
        checked = list(self._connections)
        valid = await self.sessions.still_valid([connection.session for connection in checked])
        for connection in checked:
            if connection.session.session_key not in valid:
                connection.outbox.cut(SIGNED_OUT)

    async def close(self) -> None:
        if _services.get(self._loop) is self:
            del _services[self._loop]
        news.forget(self._hear_anywhere)
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self.hub.close()
        await self.lane.close()
        if self._bus is not None:
            await self._bus.close()
        await self.receipts.close()
        await self.acknowledgements.close()
        await self.reader.close()
        await self.threads.close()

    def _on_written(self, entries: list[tuple[Outgoing, Written]]) -> None:
        """Pass what the lane has committed to local sockets, group by group, and tell other processes."""
        streams: dict[uuid.UUID, list[tuple[Outgoing, Written]]] = defaultdict(list)
        newest: dict[uuid.UUID, int] = {}
        for message, written in entries:
            newest[message.group_id] = max(written.seq, newest.get(message.group_id, 0))
            if written.fresh and self.hub.follows(message.group_id):
                streams[message.group_id].append((message, written))
        for group_id, stream in streams.items():
            self.hub.offer(group_id, stream[0][1].seq, [frames.entry(_row(*one)) for one in stream])
        for group_id, seq in newest.items():
            self.hub.hint(group_id, seq)
        if self._bus is not None:
            self._bus.publish(News(entries=newest))

    def _hear_anywhere(self, told: News) -> None:
        """News of this process, from whatever thread."""
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._hear_and_publish, told)

    def _hear_and_publish(self, told: News) -> None:
        self._hear(told)
        if self._bus is not None:
            self._bus.publish(told)

    def _hear(self, told: News) -> None:
        for group_id, newest in told.entries.items():
            self.hub.hint(group_id, newest)
        for group_id, people in told.receipts.items():
            if listeners := self.hub.listeners(group_id):
                self.receipts.show(group_id, people, listeners)
        for group_id, seqs in told.acknowledged.items():
            self.acknowledgements.show(group_id, seqs)
        if told.urgent:
            self._hear_of_urgent(told)
        if told.revoked:
            self.sessions.forget_devices(told.revoked)
        if told.welcomes or told.people or told.revoked:
            self._hear_of_people(told)

    def _hear_of_urgent(self, told: News) -> None:
        for (group_id, message_id), people in told.urgent.items():
            frame = frames.urgent(group_id, message_id)
            for connection in self._connections:
                if connection.actor.person_id in people:
                    connection.push(frame)

    def _hear_of_people(self, told: News) -> None:
        for connection in list(self._connections):
            if connection.device_id in told.revoked:
                connection.outbox.cut(SIGNED_OUT)
                continue
            if connection.device_id in told.welcomes:
                connection.push(frames.WELCOME)
            if connection.actor.person_id in told.people:
                connection.push(frames.GROUPS)


def _row(message: Outgoing, written: Written) -> Row:
    return Row(
        written.seq,
        message.message_id,
        EntryKind.APPLICATION.value,
        message.epoch,
        message.device_id,
        message.person_id,
        message.body,
        written.at,
    )


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("%s failed; trying again", work.__name__)
