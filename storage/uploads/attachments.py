"""GET /api/v1/attachments/<id>: the ciphertext of an attachment, whole or a range (RFC 9110 section 14).

What goes out is what the sender's browser sealed; our own encryption at rest is taken off, nothing else. A
person's first request within a quarter of an hour is the opening that the audit log records; the ranges that
follow are not recorded again (`storage.objects.openings`)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import UUID

from medicus.lib.actor import Actor
from medicus.lib.errors import MethodNotAllowed
from storage.objects import sealed
from storage.ranges import Range, parse_range
from storage.uploads import actions
from storage.uploads.raw import (
    Answer,
    Receive,
    Request,
    Scope,
    Send,
    in_thread,
    serve,
    uuid_or_not_found,
)


@dataclass(frozen=True, slots=True)
class Opened:
    wanted: Range
    pieces: Iterator[bytes]


async def attachment(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI application of `/api/v1/attachments/<id>`."""
    await serve(_answer, scope, receive, send)


async def _answer(request: Request) -> Answer:
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed
    object_id = uuid_or_not_found(request.parameters["object_id"])
    opened = await in_thread(_open, request.actor, object_id, request.headers.get("range", ""))
    body = _nothing() if request.method == "HEAD" else _streamed(opened.pieces, request.receive)
    return Answer(opened.wanted.status, _headers(opened.wanted), body)


def _open(actor: Actor, object_id: UUID, range_header: str) -> Opened:
    stored_object = actions.open_attachment(by=actor, object_id=object_id)
    wanted = parse_range(range_header, stored_object.size_bytes)
    pieces = sealed.read(stored_object, start=wanted.start, length=wanted.length)
    return Opened(wanted, pieces)


def _headers(wanted: Range) -> dict[str, str]:
    return {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": "attachment",
        **wanted.headers,
    }


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


async def _streamed(pieces: Iterator[bytes], receive: Receive) -> AsyncIterator[bytes]:
    """The pieces, until the client goes away. Damage on the way cuts the connection: never a false end."""
    gone = asyncio.ensure_future(_gone(receive))
    try:
        while not gone.done():
            piece = await in_thread(next, pieces, None)
            if piece is None:
                return
            yield piece
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
