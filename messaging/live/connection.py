"""One socket: who is behind it, its way out, and what it follows."""

import asyncio
import uuid

from identity.sessions import FullSession
from medicus.lib.actor import Actor
from messaging.live.outbox import Outbox, Send

SENDING = 64
"""How many messages of one socket may be on their way at once; then it is not read any further."""


class Connection:
    """`session`: what the socket was let in with; it is held against the database every few seconds.

    Made by the task that serves the socket, which is cancelled should the transport be stuck for good."""

    __slots__ = ("_free", "actor", "device_id", "outbox", "push", "sending", "session")

    def __init__(self, send: Send, actor: Actor, device_id: uuid.UUID, session: FullSession) -> None:
        self.actor = actor
        self.device_id = device_id
        self.session = session
        task = asyncio.current_task()
        assert task is not None
        self.outbox = Outbox(send, task.cancel)
        self.push = self.outbox.push
        self.sending = 0
        self._free: asyncio.Future[None] | None = None

    async def may_send(self) -> None:
        """Wait until fewer than `SENDING` messages are on their way."""
        while self.sending >= SENDING:
            self._free = asyncio.get_running_loop().create_future()
            await self._free

    def answered(self) -> None:
        """One message fewer is on its way."""
        self.sending -= 1
        if self._free is not None and not self._free.done():
            self._free.set_result(None)
