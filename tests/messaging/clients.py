"""Clients of real server processes: a socket over the network, and plain HTTP requests."""

import asyncio
import base64
import http.client
import json
import urllib.parse
import uuid
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from medicus.lib.ids import new_id
from tests.messaging.forge import application

TOKEN = "abcdefghijklmnopqrstuvwxyz012345"
"""Cookie and header say the same: what Django's CSRF protection asks for."""


def open_socket(url: str, session: str, *, origin: str | None = None, **options: Any) -> Any:
    """Connect as a member's browser does; an async context manager that gives the connection."""
    settings: dict[str, Any] = {"compression": None, "max_size": None, "ping_interval": None}
    return connect(
        url.replace("http", "ws", 1) + "/ws/v1/live",
        additional_headers={"Cookie": f"session={session}"},
        origin=origin or url,  # type: ignore[arg-type]  # a str is an Origin
        **settings | options,
    )


async def hear(socket: ClientConnection, op: str, seconds: float = 10) -> dict[str, Any]:
    """The next frame of a kind."""
    async with asyncio.timeout(seconds):
        while True:
            frame = json.loads(await socket.recv())
            if frame["op"] == op:
                return dict(frame)


async def hear_entries(socket: ClientConnection, count: int, seconds: float = 10) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < count:
        found += (await hear(socket, "entries", seconds))["entries"]
    return found


async def follow(socket: ClientConnection, room: dict[str, Any], since: int) -> None:
    """Resume, and hear that there is nothing more."""
    await socket.send(json.dumps({"op": "resume", "groups": {room["id"]: since}}))
    while (await hear(socket, "entries"))["entries"]:
        pass


def message(room: dict[str, Any], size_bytes: int = 200) -> dict[str, Any]:
    body = application(uuid.UUID(room["id"]), room["epoch"], size_bytes)
    return {"id": str(new_id()), "epoch": room["epoch"], "body": base64.b64encode(body).decode()}


async def send(socket: ClientConnection, room: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Send one message and hear that it was taken."""
    await socket.send(json.dumps({"op": "send", "group": room["id"]} | message(room, **parts)))
    return await hear(socket, "sent")


async def request(
    url: str, method: str, path: str, session: str, body: Any = None, **headers: str | None
) -> tuple[int, Any]:
    """A request as a browser makes it. headers: replace the usual ones, or with None leave one out."""
    usual = {
        "Cookie": f"session={session}; csrf={TOKEN}",
        "Origin": url,
        "X_CSRFToken": TOKEN,
        "Content_Type": "application/json",
    }
    given = {name.replace("_", "-"): value for name, value in (usual | headers).items() if value is not None}
    return await asyncio.to_thread(_request, url, method, path, body, given)


def _request(url: str, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(str(urllib.parse.urlsplit(url).netloc), timeout=15)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    try:
        return answer.status, json.loads(content)
    except ValueError:
        return answer.status, content
