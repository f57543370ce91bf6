"""Acknowledgements over sockets: what was said within a quarter of a second is read and told together."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Collection, Sequence

from messaging import access
from messaging.live import frames
from messaging.live.connection import Connection
from messaging.live.reading import Threads
from messaging.live.receipts import COLLECT_SECONDS

log = logging.getLogger(__name__)


class Acknowledgements:
    """Tells those who follow a stream what was said about its messages. A lost hint is made good by the client's next
    look at the list: the database is the truth."""

    def __init__(self, threads: Threads, listeners: Callable[[uuid.UUID], Sequence[Connection]]) -> None:
        self._threads = threads
        self._listeners = listeners
        self._waiting: dict[uuid.UUID, set[int]] = {}
        self._telling: asyncio.Task[None] | None = None

    def show(self, group_id: uuid.UUID, seqs: Collection[int]) -> None:
        """Tell soon what was said about these messages, where anybody here listens."""
        if not self._listeners(group_id):
            return
        self._waiting.setdefault(group_id, set()).update(seqs)
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell(), name="acknowledgements")

    async def close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    async def _tell(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(COLLECT_SECONDS)
                waiting, self._waiting = self._waiting, {}
                for group_id, seqs in waiting.items():
                    await self._tell_group(group_id, seqs)
        except Exception:
            log.exception("acknowledgements were not told")
        finally:
            self._telling = None

    async def _tell_group(self, group_id: uuid.UUID, seqs: Collection[int]) -> None:
        rows = await self._threads.run(access.acknowledgements_of, group_id, seqs)
        if rows:
            frame = frames.acknowledgements(group_id, rows)
            for connection in self._listeners(group_id):
                connection.push(frame)
