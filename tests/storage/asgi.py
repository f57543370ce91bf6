"""A browser in front of the raw ASGI routes: real frames, in the order and pieces that the test wants."""

import asyncio
import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync
from channels.routing import URLRouter
from django.conf import settings

from storage.routing import http_urlpatterns
from tests.cast import Member

CSRF = "c" * 32
application = URLRouter(http_urlpatterns)


@dataclass
class Reply:
    """What came back. `broken`: the application ended the connection before the body's end."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    ended: bool = False

    @property
    def problem(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Wire:
    """One request: the pieces of its body, then silence, or the end of the connection where it is `cut`.

    `asked`: the application wants the body. `barrier`: waited for before its first piece."""

    def __init__(
        self, pieces: Iterable[bytes] = (), *, cut: bool = False, barrier: asyncio.Barrier | None = None
    ) -> None:
        self._messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        if cut:
            self._messages.append({"type": "http.disconnect"})
        elif self._messages:
            self._messages[-1]["more_body"] = False
        else:
            self._messages.append({"type": "http.request", "body": b"", "more_body": False})
        self._barrier = barrier
        self.asked = asyncio.Event()
        self.reply = Reply()

    async def receive(self) -> dict[str, Any]:
        self.asked.set()
        if self._barrier:
            barrier, self._barrier = self._barrier, None
            await barrier.wait()
        if not self._messages:
            await asyncio.Event().wait()
        return self._messages.pop(0)

    async def send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.reply.status = message["status"]
            self.reply.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.reply.body += message["body"]
            self.reply.ended = not message.get("more_body", False)


@dataclass
class Visitor:
    """A member's browser, or with `cookies={}` a stranger's."""

    cookies: dict[str, str]
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, member: Member) -> "Visitor":
        session = member.client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: CSRF}
        return cls(cookies, {"x-csrftoken": CSRF, "origin": settings.ORIGIN, "accept-language": "en"})

    def scope(self, method: str, path: str, headers: Mapping[str, Any]) -> dict[str, Any]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"host": "localhost:8000", "cookie": cookie, **self.headers, **headers}
        encoded = [
            (name.lower().encode(), str(value).encode()) for name, value in sent.items() if value is not None
        ]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": encoded,
            "server": ("localhost", 8000),
            "client": ("127.0.0.1", 40000),
        }

    async def sends(self, method: str, path: str, wire: Wire, **headers: Any) -> Reply:
        await application(self.scope(method, path, _dashed(headers)), wire.receive, wire.send)
        return wire.reply

    def ask(
        self, method: str, path: str, pieces: Iterable[bytes] = (), *, cut: bool = False, **headers: Any
    ) -> Reply:
        return async_to_sync(self.sends)(method, path, Wire(pieces, cut=cut), **headers)

    def tus(
        self, method: str, path: str, pieces: Iterable[bytes] = (), *, cut: bool = False, **headers: Any
    ) -> Reply:
        headers = {"tus_resumable": "1.0.0", **headers}
        if method == "PATCH":
            headers = {"content_type": "application/offset+octet-stream", **headers}
        return self.ask(method, path, pieces, cut=cut, **headers)

    def begin(self, size: int, **metadata: Any) -> Reply:
        return self.tus("POST", "/api/v1/uploads", upload_length=size, upload_metadata=encoded(**metadata))

    def patch(self, path: str, offset: int, content: bytes, *, cut: bool = False, **headers: Any) -> Reply:
        return self.tus("PATCH", path, frames(content), cut=cut, upload_offset=offset, **headers)

    def offset(self, path: str) -> int:
        reply = self.tus("HEAD", path)
        assert reply.status == 200, reply
        return int(reply.headers["upload-offset"])


def frames(content: bytes, size: int = 65_536) -> list[bytes]:
    """As a server hands a body on: small pieces."""
    return [content[offset : offset + size] for offset in range(0, len(content), size)]


def encoded(**metadata: Any) -> str:
    return ",".join(
        f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in metadata.items()
    )


def _dashed(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
