"""News between processes, through the channel layer: one subscription a process, one hint a batch.

Only ids and sequence numbers travel. In the one-machine mode there is no other process, and no bus. While
Redis is away sending works on and the slow poll brings messages. All other news (conversations one is let into, receipts,
answers to urgent messages) is kept by a process with sockets, in its `Bus`, and goes out when Redis is back; after
`HELD_SECONDS` it lets go of what grows with every message. A process without one (pages, jobs) drops what it cannot tell.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

from messaging import news
from messaging.news import News

log = logging.getLogger(__name__)

GROUP = "messaging.news"
RETRY_SECONDS = 2.0
PUBLISH_SECONDS = 2.0
AGAIN_SECONDS = 5.0
HELD_SECONDS = 600.0
CLOSE_SECONDS = 1.0

_services: set["Bus"] = set()
_sender = ThreadPoolExecutor(1, thread_name_prefix="bus")


def listen() -> None:
    """Carry the news of a process without sockets (pages, jobs) to those that have them."""
    if settings.REDIS_URL:
        news.listen(_publish_from_anywhere)


def _publish_from_anywhere(told: News) -> None:
    if not _services:  # else the service of this process publishes it
        _sender.submit(_publish_now, encode(told, origin=""))


def _publish_now(message: dict[str, Any]) -> None:
    try:
        async_to_sync(_send)(message)
    except Exception as raised:  # noqa: BLE001 - a hint may be lost, whatever the reason
        log.warning("hint not published: %s", type(raised).__name__)


async def _send(message: dict[str, Any]) -> None:
    await asyncio.wait_for(get_channel_layer().group_send(GROUP, message), PUBLISH_SECONDS)


class Bus:
    """The bus of one event loop. `hear` is called with what other processes tell."""

    def __init__(self, hear: Callable[[News], None]) -> None:
        self._hear = hear
        self._origin = uuid.uuid4().hex
        self._waiting: list[News] = []
        self._publishing: asyncio.Task[None] | None = None
        self._away_since: float | None = None
        self._repeated = News()
        self._again: asyncio.TimerHandle | None = None
        self._closed = False
        self._receiving = asyncio.get_running_loop().create_task(self._receive(), name="bus")
        _services.add(self)

    def publish(self, told: News) -> None:
        """Tell other processes, soon; what comes meanwhile travels together. A closed bus tells nothing more."""
        if self._closed:
            return
        self._waiting.append(told)
        if self._publishing is None:
            self._publishing = asyncio.get_running_loop().create_task(self._publish())

    async def close(self) -> None:
        """End it; what still waits is tried once more, for `CLOSE_SECONDS` at most."""
        self._closed = True
        _services.discard(self)
        if self._again is not None:
            self._again.cancel()
        tasks = [task for task in (self._receiving, self._publishing) if task is not None]
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        await self._last_try()

    async def _last_try(self) -> None:
        left, self._waiting = self._waiting, []
        if not left:
            return
        try:
            message = encode(merge(left), origin=self._origin)
            await asyncio.wait_for(_send(message), CLOSE_SECONDS)
        except Exception as raised:  # noqa: BLE001 - Redis is away, and this process ends
            log.warning("news lost at the end: %s", type(raised).__name__)

    async def _publish(self) -> None:
        try:
            while self._waiting:
                told = merge(self._waiting)
                self._waiting = [told]
                try:
                    await _send(encode(told, origin=self._origin))
                except Exception as raised:  # noqa: BLE001 - Redis is away; try again
                    log.warning("news not published: %s", type(raised).__name__)
                    self._hold()
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                del self._waiting[0]
                if self._away_since is not None:
                    self._away_since = None
                    self._repeat(told)
        finally:
            self._publishing = None

    def _hold(self) -> None:
        """Keep what waits; not for ever what grows with every message, and which a reader sees on coming back."""
        loop = asyncio.get_running_loop()
        if self._away_since is None:
            self._away_since = loop.time()
        elif loop.time() - self._away_since >= HELD_SECONDS:
            self._waiting = [replace(told, receipts={}, acknowledged={}) for told in self._waiting]

    def _repeat(self, told: News) -> None:
        """Tell it once more in a while, for processes that had not subscribed again yet; with it what waits for that."""
        if self._again is not None:
            self._again.cancel()
        self._repeated = merge([self._repeated, told])
        self._again = asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._tell_again)

    def _tell_again(self) -> None:
        told, self._repeated, self._again = self._repeated, News(), None
        self.publish(told)

    async def _receive(self) -> None:
        while True:
            try:
                await self._subscribe_and_hear()
            except Exception as raised:  # noqa: BLE001 - Redis is away; try again
                log.warning("bus away: %s", type(raised).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def _subscribe_and_hear(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        while True:
            message = await layer.receive(channel)
            if message["origin"] != self._origin:
                self._hear(decode(message))


def merge(many: list[News]) -> News:
    """Put several news into one."""
    entries: dict[uuid.UUID, int] = {}
    receipts: dict[uuid.UUID, frozenset[uuid.UUID]] = {}
    for told in many:
        for group_id, seq in told.entries.items():
            entries[group_id] = max(seq, entries.get(group_id, 0))
        for group_id, people in told.receipts.items():
            receipts[group_id] = receipts.get(group_id, frozenset()) | people
    acknowledged: dict[uuid.UUID, frozenset[int]] = {}
    urgent: dict[tuple[uuid.UUID, uuid.UUID], frozenset[uuid.UUID]] = {}
    for told in many:
        for group_id, seqs in told.acknowledged.items():
            acknowledged[group_id] = acknowledged.get(group_id, frozenset()) | seqs
        for message, people in told.urgent.items():
            urgent[message] = urgent.get(message, frozenset()) | people
    return News(
        entries,
        receipts,
        welcomes=frozenset().union(*(told.welcomes for told in many)),
        people=frozenset().union(*(told.people for told in many)),
        revoked=frozenset().union(*(told.revoked for told in many)),
        acknowledged=acknowledged,
        urgent=urgent,
    )


def encode(told: News, *, origin: str) -> dict[str, Any]:
    return {
        "type": GROUP,
        "origin": origin,
        "entries": {group_id.hex: seq for group_id, seq in told.entries.items()},
        "receipts": {group_id.hex: _hexes(people) for group_id, people in told.receipts.items()},
        "welcomes": _hexes(told.welcomes),
        "people": _hexes(told.people),
        "revoked": _hexes(told.revoked),
        "acknowledged": {group_id.hex: list(seqs) for group_id, seqs in told.acknowledged.items()},
        "urgent": [
            [group.hex, message.hex, _hexes(people)] for (group, message), people in told.urgent.items()
        ],
    }


def decode(message: dict[str, Any]) -> News:
    return News(
        {uuid.UUID(hex=group_id): seq for group_id, seq in message["entries"].items()},
        {uuid.UUID(hex=group_id): _ids(people) for group_id, people in message["receipts"].items()},
        _ids(message["welcomes"]),
        _ids(message["people"]),
        _ids(message["revoked"]),
        {
            uuid.UUID(hex=group_id): frozenset(seqs)
            for group_id, seqs in message.get("acknowledged", {}).items()
        },
        {
            (uuid.UUID(hex=group), uuid.UUID(hex=id_)): _ids(people)
            for group, id_, people in message.get("urgent", [])
        },
    )


def _hexes(ids: frozenset[uuid.UUID]) -> list[str]:
    return [one.hex for one in ids]


def _ids(hexes: list[str]) -> frozenset[uuid.UUID]:
    return frozenset(uuid.UUID(hex=one) for one in hexes)
