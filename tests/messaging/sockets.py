"""One socket of a member, driven in this process as a server would: `/ws/v1/live` without the network."""

import asyncio
import json
from typing import Any, Self
from uuid import UUID

from django.conf import settings

from messaging.live.socket import live
from tests.cast import Member
from tests.messaging.rooms import Room

HEAR_SECONDS = 10


class Socket:
    """`stuck`: the transport takes nothing more, as when a client does not read."""

    def __init__(self, member: Member | None) -> None:
        cookie = f"{settings.SESSION_COOKIE_NAME}={member.session_key}" if member else ""
        self.scope: dict[str, Any] = {
            "type": "websocket",
            "path": "/ws/v1/live",
            "headers": [(b"cookie", cookie.encode())],
        }
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self.sent = 0

    async def __aenter__(self) -> Self:
        self._in.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(live(self.scope, self._in.get, self._send))
        assert (await self._next())["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._flowing.set()
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self.task, HEAR_SECONDS)

    def stick(self) -> None:
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def say(self, **frame: Any) -> None:
        self.say_text(json.dumps(frame))

    def say_text(self, text: str) -> None:
        self._in.put_nowait({"type": "websocket.receive", "text": text})

    def resume(self, room: Room | UUID, since: int = 0) -> None:
        self.say(op="resume", groups={str(getattr(room, "id", room)): since})

    async def hear(self, op: str | None = None) -> dict[str, Any]:
        """The next frame; with `op`, the next one of that kind."""
        while True:
            event = await self._next()
            assert event["type"] == "websocket.send", event
            frame = json.loads(event["text"])
            if op is None or frame["op"] == op:
                return dict(frame)

    async def hear_entries(self, count: int) -> list[dict[str, Any]]:
        """The next entries, however they are framed."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            found += (await self.hear("entries"))["entries"]
        return found

    async def closed(self) -> int:
        """Wait for the end; the code with which the server closed."""
        while (event := await self._next())["type"] != "websocket.close":
            pass
        self._in.put_nowait({"type": "websocket.disconnect", "code": event["code"]})
        return int(event["code"])

    async def silent(self) -> bool:
        """Whether nothing is waiting to be heard, after everything that is due has run."""
        for _ in range(50):
            await asyncio.sleep(0)
        return self._out.empty()

    async def _next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self._out.get(), HEAR_SECONDS)

    async def _send(self, event: Any) -> None:
        await self._flowing.wait()
        self.sent += 1
        self._out.put_nowait(dict(event))
