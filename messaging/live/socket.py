"""`/ws/v1/live`: a plain ASGI application, so that a frame costs no thread and no layer in between.

The client says `resume`, `send`, `receipt` and `ping`; it hears `ready`, `entries`, `sent`, `refused`,
`receipts`, `welcome`, `groups` and `pong`. Closed with 4401 when nobody is signed in, no device is attached,
or either ends; with 4408 when the client does not read; with 1009 when it says too much at once; with 1013
when the database is away. After 4408 and 1013 the client comes back and resumes.
"""

import asyncio
import logging
import uuid
from binascii import Error as NoBase64
from binascii import a2b_base64
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import orjson
from django.db import DatabaseError

from identity import access as identity
from medicus.lib.errors import DomainError, Invalid
from medicus.lib.problems import as_domain_error
from messaging import actions
from messaging.actions.lane.decide import Written
from messaging.actions.lane.lane import away
from messaging.live import frames
from messaging.live.connection import Connection
from messaging.live.drain import Drain
from messaging.live.outbox import SIGNED_OUT, TRY_AGAIN_LATER, Send
from messaging.live.service import Service, service
from messaging.states import MESSAGE_BYTES

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]

TOO_BIG = 1009
FRAME_CHARACTERS = 2 * MESSAGE_BYTES
RESUMED_GROUPS = 2_000
MOST = 2**63 - 1


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one socket until it ends."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    try:
        actor = await identity.actor_of_scope(scope)
    except DatabaseError as raised:
        log.warning("a socket was not let in: %s", type(raised).__name__)
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
        return
    if actor is None or actor.device_id is None:
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return
    connection = Connection(send, actor, actor.device_id, scope["medicus.session"])
    await Socket(connection, service(), scope).serve(receive)


class Socket:
    """Reads one client's frames and does what they say."""

    def __init__(self, connection: Connection, service: Service, scope: Scope) -> None:
        self._connection = connection
        self._service = service
        self._scope = scope
        self._drains: set[asyncio.Task[None]] = set()
        self._groups: set[uuid.UUID] = set()
        self._operations: dict[Any, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "resume": self._resume,
            "send": self._send,
            "receipt": self._receipt,
            "ping": self._ping,
        }

    async def serve(self, receive: Receive) -> None:
        connection = self._connection
        self._service.enter(connection)
        connection.push(frames.ready(connection.device_id))
        try:
            while (event := await receive())["type"] == "websocket.receive":
                await self._hear(event.get("text") or "")
        except asyncio.CancelledError:
            if not connection.outbox.ended:  # not because it was stuck
                raise
        finally:
            for drain in self._drains:
                drain.cancel()
            self._service.leave(connection, self._groups)

    async def _hear(self, text: str) -> None:
        if len(text) > FRAME_CHARACTERS:
            self._connection.outbox.cut(TOO_BIG)
            return
        said: Any = None
        try:
            said = orjson.loads(text)
            await self._operations[said["op"]](said)
        except DomainError as refusal:
            self._refuse(said, refusal)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._refuse(said, Invalid())

    def _refuse(self, said: Any, refusal: DomainError) -> None:
        named = said if isinstance(said, dict) else {}
        self._connection.push(frames.refused(refusal, group=named.get("group"), message_id=named.get("id")))

    async def _resume(self, said: dict[str, Any]) -> None:
        wanted = {uuid.UUID(group): number(since) for group, since in said["groups"].items()}
        if len(wanted) + len(self._groups) > RESUMED_GROUPS:
            raise Invalid
        self._groups.update(wanted)
        drain = asyncio.get_running_loop().create_task(
            Drain(self._connection, self._service.hub, self._service.reader).run(wanted)
        )
        self._drains.add(drain)
        drain.add_done_callback(self._drains.discard)

    async def _send(self, said: dict[str, Any]) -> None:
        message = actions.outgoing(
            by=self._connection.actor,
            group_id=uuid.UUID(said["group"]),
            message_id=uuid.UUID(said["id"]),
            epoch=number(said["epoch"]),
            body=unpack(said["body"]),
        )
        await self._connection.may_send()
        self._connection.sending += 1
        self._service.lane.submit(message).add_done_callback(partial(self._answer, said["group"], said["id"]))
        await self._note_activity()

    async def _note_activity(self) -> None:
        """Who sends is there: their session must not end for idleness."""
        try:
            await identity.note_activity_of_scope(self._scope)
        except DatabaseError as raised:  # the next message notes it
            log.warning("activity not noted: %s", type(raised).__name__)

    def _answer(self, group: str, message_id: str, answer: asyncio.Future[Written]) -> None:
        self._connection.answered()
        raised = answer.exception()
        if raised is None:
            written = answer.result()
            self._connection.push(frames.sent(group, message_id, written.seq, written.at))
        else:
            refusal = as_domain_error(raised) if isinstance(raised, Exception) else None
            self._connection.push(frames.refused(refusal or away(), group=group, message_id=message_id))

    async def _receipt(self, said: dict[str, Any]) -> None:
        delivered, seen = number(said["delivered"]), number(said["seen"])
        self._service.receipts.confirm(uuid.UUID(said["group"]), self._connection.device_id, delivered, seen)

    async def _ping(self, _said: dict[str, Any]) -> None:
        self._connection.push(frames.PONG)


def number(value: object) -> int:
    """A count from the client.

    Raises:
        Invalid: no integer from 0 to 2^63 - 1.
    """
    if type(value) is not int or not 0 <= value <= MOST:
        raise Invalid
    return value


def unpack(text: str) -> bytes:
    """Standard base64 with padding, strictly.

    Raises:
        Invalid: it is not.
    """
    try:
        return a2b_base64(text, strict_mode=True)
    except (NoBase64, ValueError, TypeError):
        raise Invalid from None
