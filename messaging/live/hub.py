"""From written entries to local sockets: each group's stream in order, without gaps, one frame for all.

A channel knows the newest entry its sockets have had (`position`). What comes next in line is passed on from
memory; whatever does not fit (a hint from another process, a commit, a gap) is read from the database.
"""

import asyncio
import logging
import uuid
from collections.abc import Sequence

from messaging.live import frames
from messaging.live.connection import Connection
from messaging.live.reading import Reader
from messaging.live.subscription import Subscription
from messaging.states import EntryKind

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class Channel:
    """One group's stream in this process. `position`: the newest entry passed on; None until it is known."""

    __slots__ = ("fetching", "group_id", "position", "subscriptions", "wanted")

    def __init__(self, group_id: uuid.UUID) -> None:
        self.group_id = group_id
        self.position: int | None = None
        self.wanted = 0
        self.subscriptions: dict[Connection, Subscription] = {}
        self.fetching: asyncio.Task[None] | None = None

    @property
    def behind(self) -> bool:
        return self.position is not None and self.position < self.wanted

    def pass_on(self, first_seq: int, written: Sequence[str]) -> None:
        """Offer every socket those of the entries that are new here; they begin where the last ones ended."""
        skip = 0 if self.position is None else self.position + 1 - first_seq
        if skip > 0:
            first_seq, written = first_seq + skip, written[skip:]
        if not written:
            return
        self.position = first_seq + len(written) - 1
        frame = frames.entries(self.group_id, written, self.position)
        for subscription in self.subscriptions.values():
            subscription.offer(first_seq, written, frame)


class Hub:
    """All channels of one process. Only used from its event loop."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._channels: dict[uuid.UUID, Channel] = {}

    @property
    def group_ids(self) -> list[uuid.UUID]:
        return list(self._channels)

    def subscribe(self, connection: Connection, group_id: uuid.UUID, since: int) -> Subscription:
        """Enter a socket that has all entries up to `since`. It is offered entries from this moment on, so
        nothing is lost while the database is asked what it may read; nothing is pushed before it settles."""
        channel = self._channels.setdefault(group_id, Channel(group_id))
        subscription = channel.subscriptions[connection] = Subscription(connection, group_id, since)
        return subscription

    def know(self, group_id: uuid.UUID, newest: int) -> None:
        """Tell a new channel where its stream stands; to an older one this is a hint."""
        channel = self._channels.get(group_id)
        if channel is not None and channel.position is None:
            channel.position = newest
        self.hint(group_id, newest)

    def leave(self, connection: Connection, group_id: uuid.UUID) -> None:
        channel = self._channels.get(group_id)
        if channel is None or channel.subscriptions.pop(connection, None) is None:
            return
        if not channel.subscriptions:
            del self._channels[group_id]
            if channel.fetching is not None:
                channel.fetching.cancel()

    def follows(self, group_id: uuid.UUID) -> bool:
        """Whether any socket here listens to this stream."""
        return group_id in self._channels

    def position(self, group_id: uuid.UUID) -> int:
        channel = self._channels.get(group_id)
        return channel.position or 0 if channel else 0

    def listeners(self, group_id: uuid.UUID) -> list[Connection]:
        channel = self._channels.get(group_id)
        return list(channel.subscriptions) if channel else []

    def readers(self, group_id: uuid.UUID) -> list[Connection]:
        """Those of the listeners who were let in and are not put out: they read all that is written now."""
        channel = self._channels.get(group_id)
        subscriptions = channel.subscriptions.values() if channel else ()
        return [one.connection for one in subscriptions if one.settled and one.until is None]

    def offer(self, group_id: uuid.UUID, first_seq: int, written: Sequence[str]) -> None:
        """Pass on application messages of this process's lane, if they are next in line; else fetch."""
        channel = self._channels.get(group_id)
        if channel is None:
            return
        if channel.position is not None and first_seq <= channel.position + 1:
            channel.pass_on(first_seq, written)
        else:
            self.hint(group_id, first_seq + len(written) - 1)

    def hint(self, group_id: uuid.UUID, newest: int) -> None:
        """Somebody says that the group has entries up to `newest`; fetch what is missing here."""
        channel = self._channels.get(group_id)
        if channel is None:
            return
        channel.wanted = max(channel.wanted, newest)
        if channel.behind and channel.fetching is None:
            channel.fetching = asyncio.get_running_loop().create_task(self._fetch(channel), name="hub-fetch")

    def close(self) -> None:
        for channel in self._channels.values():
            if channel.fetching is not None:
                channel.fetching.cancel()

    async def _fetch(self, channel: Channel) -> None:
        try:
            while channel.subscriptions and channel.behind:
                try:
                    await self._fetch_page(channel)
                except Exception:
                    log.exception("a stream could not be read; trying again")
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            channel.fetching = None

    async def _fetch_page(self, channel: Channel) -> None:
        after = channel.position or 0
        rows = await self._reader.page(channel.group_id, after, channel.wanted)
        if not rows:  # a hint of what is not there
            channel.wanted = after
            return
        if any(row.kind == EntryKind.COMMIT for row in rows):
            await self._end_those_who_left(channel)
        channel.pass_on(rows[0].seq, [frames.entry(row) for row in rows])
        self._drop_finished(channel)

    async def _end_those_who_left(self, channel: Channel) -> None:
        """Before anything behind a commit is passed on: who was removed gets nothing after that commit."""
        devices = {connection.device_id for connection in channel.subscriptions}
        gone = await self._reader.left_devices(channel.group_id, devices)
        for connection, subscription in channel.subscriptions.items():
            if connection.device_id in gone:
                subscription.until = gone[connection.device_id]

    def _drop_finished(self, channel: Channel) -> None:
        for connection in [one.connection for one in channel.subscriptions.values() if one.over]:
            self.leave(connection, channel.group_id)
