"""`POST /api/v1/groups/{id}/messages` as plain ASGI in front of Django: the lane without the middlewares.

The checks are Django's own (host, session, origin, token); only who asked a moment ago is remembered."""

import logging
import uuid
from functools import lru_cache
from io import BytesIO
from typing import Any

import orjson
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation
from django.utils.translation import gettext as _

from medicus.lib import problems
from medicus.lib.errors import InternalError, Invalid, MethodNotAllowed, TooLarge, Unauthenticated
from messaging import actions
from messaging.actions.lane.decide import Written
from messaging.live import frames
from messaging.live.outbox import Send
from messaging.live.service import service
from messaging.live.socket import FRAME_CHARACTERS, Receive, Scope, number, unpack
from messaging.refusals import Forged

log = logging.getLogger(__name__)

JSON, PROBLEM = b"application/json", b"application/problem+json"
GUARDS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
]
CHECKED = {b"host", b"origin", b"referer", b"cookie", b"x-csrftoken", b"x-forwarded-proto"}
"""The headers that Django's check of origin and token reads."""

_csrf = CsrfViewMiddleware(lambda _request: HttpResponse())


async def messages(scope: Scope, receive: Receive, send: Send) -> None:
    """Take one message; 201 `{seq, at}` once it is committed."""
    try:
        written = await _take(scope, receive)
    except Exception as raised:  # noqa: BLE001 - the outermost frame: every error gets its answer
        await _refuse(scope, send, raised)
    else:
        await _answer(send, 201, JSON, frames.place(written))


async def _take(scope: Scope, receive: Receive) -> Written:
    if scope["method"] != "POST":
        raise MethodNotAllowed
    live = service()
    actor = await live.sessions.actor(scope)
    if actor is None:
        raise Unauthenticated
    if not _genuine(scope["scheme"], tuple(one for one in scope["headers"] if one[0] in CHECKED)):
        raise Forged(_("This page is too old. Please reload it."))
    said = await _body(receive)
    try:
        group_id, message_id = uuid.UUID(scope["url_route"]["kwargs"]["group_id"]), uuid.UUID(said["id"])
        epoch, body = number(said["epoch"]), unpack(said["body"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Invalid from None
    message = actions.outgoing(by=actor, group_id=group_id, message_id=message_id, epoch=epoch, body=body)
    return await live.lane.submit(message)


async def _body(receive: Receive) -> Any:
    content = b""
    more = True
    while more:
        event = await receive()
        content += event.get("body", b"")
        more = event.get("more_body", False)
        if len(content) > FRAME_CHARACTERS:
            raise TooLarge
    try:
        return orjson.loads(content)
    except ValueError:
        raise Invalid from None


@lru_cache(maxsize=4096)
def _genuine(scheme: str, headers: tuple[tuple[bytes, bytes], ...]) -> bool:
    """Django's own check of host, origin and token. It depends on nothing but these, so it is remembered."""
    request = ASGIRequest(
        {
            "type": "http",
            "method": "POST",
            "path": "/",
            "scheme": scheme,
            "headers": headers,
            "query_string": b"",
        },
        BytesIO(),
    )
    try:
        request.get_host()
    except DisallowedHost:
        return False
    _csrf.process_request(request)
    return _csrf.process_view(request, lambda _request: HttpResponse(), (), {}) is None


async def _refuse(scope: Scope, send: Send, raised: Exception) -> None:
    error = problems.as_domain_error(raised)
    if error is None:
        log.error("a message was not taken", exc_info=raised)
        error = InternalError()
    with translation.override(translation.get_language_from_request(ASGIRequest(scope, BytesIO()))):
        body = orjson.dumps(problems.problem(error))
    more = [(b"retry-after", b"5")] if error.status == 503 else []  # noqa: PLR2004 - unavailable
    await _answer(send, error.status, PROBLEM, body, more)


async def _answer(
    send: Send, status: int, content_type: bytes, body: bytes, more: list[tuple[bytes, bytes]] | None = None
) -> None:
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode("ascii")),
        *GUARDS,
        *(more or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
