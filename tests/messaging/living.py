"""What the tests of sockets share: writing by a lane, and following a room."""

import asyncio
from typing import Any

from asgiref.sync import sync_to_async

from medicus.lib.ids import new_id
from messaging.actions import outgoing
from messaging.live.service import Service
from tests.messaging import forge
from tests.messaging.rooms import Room
from tests.messaging.sockets import Socket


def in_thread(function: Any, *arguments: Any, **named: Any) -> Any:
    return sync_to_async(function)(*arguments, **named)


def sending(room: Room, **changes: Any) -> dict[str, Any]:
    return {"op": "send", "group": str(room.id)} | room.message(**changes)


def seqs(entries: list[dict[str, Any]]) -> list[int]:
    return [entry["seq"] for entry in entries]


async def write(through: Service, by: Any, room: Room, count: int = 1) -> None:
    """Write messages by the lane of one process."""
    messages = [
        outgoing(
            by=by.actor,
            group_id=room.id,
            message_id=new_id(),
            epoch=room.epoch,
            body=forge.application(room.id, room.epoch),
        )
        for _ in range(count)
    ]
    await asyncio.gather(*(through.lane.submit(message) for message in messages))


async def following(socket: Socket, room: Room, since: int = 1) -> None:
    """Resume, and hear that there is nothing more."""
    socket.resume(room, since)
    while (await socket.hear("entries"))["entries"]:
        pass
