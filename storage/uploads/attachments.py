"""GET /api/v1/attachments/<id>: the ciphertext of an attachment, whole or a range (RFC 9110 section 14).

What goes out is what the sender's browser sealed; our own encryption at rest is taken off, nothing else. A
person's first request within a quarter of an hour is the opening that the audit log records; the ranges that
follow are not recorded again (`storage.objects.openings`)."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import UUID

from medicus.lib.actor import Actor
from medicus.lib.errors import DomainError
from storage.objects import sealed
from storage.uploads import actions
from storage.uploads.raw import (
    Answer,
    MethodNotAllowed,
    Receive,
    Request,
    Scope,
    Send,
    in_thread,
    serve,
    uuid_or_not_found,
)

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


class RangeNotSatisfiable(DomainError):  # noqa: N818 - named as the errors of medicus.lib
    status, code = 416, "range-not-satisfiable"

    def __init__(self, size_bytes: int) -> None:
        super().__init__()
        self.headers = {"Content-Range": f"bytes */{size_bytes}"}


@dataclass(frozen=True, slots=True)
class Range:
    """A run of bytes; `partial`: the client asked for it."""

    start: int
    length: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Opened:
    size_bytes: int
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
    headers = _headers(opened)
    if request.method == "HEAD":
        return Answer(_status(opened), headers, _nothing())
    return Answer(_status(opened), headers, _streamed(opened, request.receive))


def _open(actor: Actor, object_id: UUID, range_header: str) -> Opened:
    stored_object = actions.open_attachment(by=actor, object_id=object_id)
    wanted = parse_range(range_header, stored_object.size_bytes)
    pieces = sealed.read(stored_object, start=wanted.start, length=wanted.length)
    return Opened(stored_object.size_bytes, wanted, pieces)


def parse_range(header: str, size_bytes: int) -> Range:
    """Read the header `Range`: one range of bytes. Anything else means the whole, as RFC 9110 allows.

    Raises:
        RangeNotSatisfiable: it begins behind the end.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        return Range(0, size_bytes, partial=False)
    first, last, suffix = found.groups()
    start = int(first) if first else max(0, size_bytes - int(suffix))
    end = min(int(last) + 1, size_bytes) if last else size_bytes
    if first and last and int(last) < start:
        return Range(0, size_bytes, partial=False)
    if start >= end:
        raise RangeNotSatisfiable(size_bytes)
    return Range(start, end - start, partial=True)


def _status(opened: Opened) -> int:
    return 206 if opened.wanted.partial else 200


def _headers(opened: Opened) -> dict[str, str]:
    wanted = opened.wanted
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": "attachment",
        "Content-Length": str(wanted.length),
        "Accept-Ranges": "bytes",
    }
    if wanted.partial:
        headers["Content-Range"] = (
            f"bytes {wanted.start}-{wanted.start + wanted.length - 1}/{opened.size_bytes}"
        )
    return headers


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


async def _streamed(opened: Opened, receive: Receive) -> AsyncIterator[bytes]:
    """The pieces, until the client goes away. Damage on the way cuts the connection: never a false end."""
    gone = asyncio.ensure_future(_gone(receive))
    try:
        while not gone.done():
            piece = await in_thread(next, opened.pieces, None)
            if piece is None:
                return
            yield piece
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
