"""What the load asks of a chat server."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

Arrived = Callable[[int], None]
"""Called at a receiver with the number of a probe message that became visible to it."""

ROOM_SIZE = 20
BODY_CHARACTERS = 1024


class Client(Protocol):
    """A member of one room. `delivered` counts the messages of the room that reached this client."""

    delivered: int

    async def send(self, *, probe: int | None = None) -> None:
        """Send one message; return when the server has accepted it. A `probe` is recognised on arrival."""

    def listen(self, arrived: Arrived) -> None:
        """Tell `arrived` of each probe."""

    async def close(self) -> None: ...


class ChatServer(Protocol):
    name: str

    def missing(self) -> str | None:
        """What has to be installed first; None when everything is here."""

    async def start(self, folder: Path, database_url: str, *, rooms: int) -> None: ...

    def stop(self) -> None: ...

    def process_ids(self) -> list[int]:
        """The server's own processes, without its database."""

    async def connect(self, *, room: int, member: int) -> Client: ...

    async def catch_up(self, *, room: int, count: int) -> float:
        """Seconds for a client that was away to fetch the last `count` messages of a room."""
