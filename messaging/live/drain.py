"""Catching up: what a socket has missed is read from the database, then it follows the hub."""

import asyncio
import logging
import uuid
from collections.abc import Mapping

from medicus.lib.errors import NotFound
from messaging.access import Place
from messaging.live import frames
from messaging.live.connection import Connection
from messaging.live.hub import Hub
from messaging.live.outbox import TRY_AGAIN_LATER
from messaging.live.reading import Reader
from messaging.live.subscription import Subscription

log = logging.getLogger(__name__)

FRAME_ENTRIES = 250
"""Entries of one frame: writing one out keeps the event loop for about a millisecond."""


class Drain:
    """Brings one socket up to date with the streams it names, one after the other."""

    def __init__(self, connection: Connection, hub: Hub, reader: Reader) -> None:
        self._connection = connection
        self._hub = hub
        self._reader = reader

    async def run(self, wanted: Mapping[uuid.UUID, int]) -> None:
        """wanted: for each group the newest entry that the client has. Unknown groups are refused.

        When the database is away the socket is closed: the client comes back, and resumes."""
        subscriptions = {
            group_id: self._hub.subscribe(self._connection, group_id, since)
            for group_id, since in wanted.items()
        }
        try:
            places = await self._reader.places(self._connection.actor, list(wanted))
            for group_id, subscription in subscriptions.items():
                await self._resume(subscription, places.get(group_id))
        except Exception as raised:  # noqa: BLE001 - whatever it was: a socket that misses entries must not stay
            log.warning("a socket could not catch up: %s", type(raised).__name__)
            self._connection.outbox.cut(TRY_AGAIN_LATER)

    async def _resume(self, subscription: Subscription, place: Place | None) -> None:
        group_id = subscription.group_id
        if place is None:
            self._hub.leave(self._connection, group_id)
            self._connection.push(frames.refused(NotFound(), group=str(group_id)))
            return
        subscription.sent = min(max(subscription.sent, 0), place.newest)
        subscription.until = place.end
        self._hub.know(group_id, place.last_seq)
        await self._earlier_stays(subscription, place)
        if place.end is None:
            await self._follow(subscription)
        if subscription.over:
            self._hub.leave(self._connection, group_id)
        self._connection.push(frames.entries(group_id, (), max(place.newest, subscription.sent)))

    async def _earlier_stays(self, subscription: Subscription, place: Place) -> None:
        """Entries of times in the group that have ended, then skip to where the present one begins."""
        for joined, left in place.spans:
            subscription.sent = max(subscription.sent, joined)
            if left is not None:
                await self._read_to(subscription, left)

    async def _follow(self, subscription: Subscription) -> None:
        while not self._connection.outbox.ended:
            position = self._hub.position(subscription.group_id)
            if subscription.settle(position):
                return
            end = position if subscription.until is None else min(position, subscription.until)
            await self._read_to(subscription, end)

    async def _read_to(self, subscription: Subscription, end: int) -> None:
        while subscription.sent < end and not self._connection.outbox.ended:
            rows = await self._reader.page(subscription.group_id, subscription.sent, end)
            if not rows:
                return
            for start in range(0, len(rows), FRAME_ENTRIES):
                await self._connection.outbox.room()
                written = [frames.entry(row) for row in rows[start : start + FRAME_ENTRIES]]
                subscription.push(rows[start].seq, written)
                await asyncio.sleep(0)
