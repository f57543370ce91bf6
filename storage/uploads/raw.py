"""Raw ASGI requests and answers: who asks, whether a browser was tricked into asking, and what goes back."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import orjson
from asgiref.sync import sync_to_async
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation
from django.utils.translation import gettext as _

from identity import access as identity
from medicus.lib import problems
from medicus.lib.actor import Actor
from medicus.lib.errors import DomainError, InternalError, Invalid, NotFound, Unauthenticated

log = logging.getLogger(__name__)
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Given = ParamSpec("Given")
Result = TypeVar("Result")

GUARDS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="storage")
_csrf = CsrfViewMiddleware(lambda _request: HttpResponse())


class Forged(DomainError):  # noqa: N818 - named as the errors of medicus.lib
    """The request does not carry this session's token, or comes from another site."""

    status, code = 403, "forged"


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a person who is signed in. Header names are lower case."""

    method: str
    headers: Mapping[str, str]
    parameters: Mapping[str, str]
    actor: Actor
    receive: Receive


@dataclass(slots=True)
class Answer:
    """`body`: bytes, or pieces that are fetched while they are sent."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | AsyncIterator[bytes] = b""


Handler = Callable[[Request], Awaitable[Answer]]


async def serve(
    handler: Handler, scope: Scope, receive: Receive, send: Send, *, headers: Mapping[str, str] | None = None
) -> None:
    """Authenticate, let `handler` answer in the person's language, and send; errors become problems.

    headers: go with every answer.
    """
    django_request = ASGIRequest(scope, BytesIO())
    with translation.override(translation.get_language_from_request(django_request)):
        try:
            answer = await handler(await _request(django_request, scope, receive))
        except Exception as raised:  # noqa: BLE001 - the outermost frame: every error gets its answer
            answer = _problem(raised)
        answer.headers = {**(headers or {}), **answer.headers}
        await _send(answer, send)


async def _request(django_request: ASGIRequest, scope: Scope, receive: Receive) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    _require_host(django_request)
    actor = await identity.actor_of_scope(scope)
    if actor is None:
        raise Unauthenticated
    _refuse_forgery(django_request)
    method: str = scope["method"]
    if method == "POST":
        method = headers.get("x-http-method-override", "POST").upper()
    return Request(method, headers, scope["url_route"]["kwargs"], actor, receive)


def _require_host(request: ASGIRequest) -> None:
    try:
        request.get_host()
    except DisallowedHost:
        raise Invalid from None


def _refuse_forgery(request: ASGIRequest) -> None:
    """Django's own check of origin and token, as each page passes it."""
    _csrf.process_request(request)
    if _csrf.process_view(request, _no_view, (), {}) is not None:
        raise Forged(_("This page is too old. Please reload it."))


def _no_view(_request: object) -> HttpResponse:
    """Stands for the view where Django's middleware wants one."""
    return HttpResponse()


def _problem(raised: Exception) -> Answer:
    error = problems.as_domain_error(raised)
    if error is None:
        log.error("a raw request failed", exc_info=raised)
        error = InternalError()
    headers = {"Content-Type": "application/problem+json"}
    passing = 5 if error.status == HTTPStatus.SERVICE_UNAVAILABLE else 0
    if wait := error.extra.get("retry_after_seconds", passing):
        headers["Retry-After"] = str(wait)
    return Answer(
        error.status, headers | getattr(error, "headers", {}), orjson.dumps(problems.problem(error))
    )


async def _send(answer: Answer, send: Send) -> None:
    headers = GUARDS | answer.headers
    if isinstance(answer.body, bytes) and answer.status != HTTPStatus.NO_CONTENT:
        headers.setdefault("Content-Length", str(len(answer.body)))
    encoded = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    if isinstance(answer.body, bytes):
        await send({"type": "http.response.body", "body": answer.body})
        return
    async for piece in answer.body:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def uuid_or_not_found(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


async def in_thread(function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Run blocking work (database, store) in a thread that keeps its database connection."""
    job = partial(function, *args, **kwargs)
    return await sync_to_async(_with_connections, thread_sensitive=False, executor=_pool)(job)


def _with_connections(job: Callable[[], Result]) -> Result:
    close_old_connections()
    try:
        return job()
    finally:
        close_old_connections()
