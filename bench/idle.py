"""What a connection that only stands costs in memory, beside ejabberd and Synapse."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.chat.ejabberd import Ejabberd
from bench.chat.load import resident_kilobytes
from bench.chat.ours import Ours
from bench.chat.peer import ROOM_SIZE, ChatServer, Client
from bench.chat.synapse import Synapse
from bench.results import Row
from bench.setting import allow_many_files
from tests import services

ROOMS = 4
AT_ONCE = 20
REST = 5.0
TARGETS = {"ejabberd": "≤ 0.9", "Synapse": "≤ 0.6"}


def run(*, quick: bool) -> Iterator[Row | str]:
    """1,000 and 2,000 connections of 80 people in four rooms: each of them has many devices."""
    allow_many_files()
    steps = (100, 200) if quick else (1000, 2000)
    measured: dict[str, list[float]] = {}
    for server in (Ours(), Ejabberd(), Synapse()):
        if lack := server.missing():
            yield f"not measured, {lack}"
            continue
        measured[server.name] = asyncio.run(_measure(server, steps))
        told = ", ".join(
            f"{kilobytes:.1f} kB each of {count}"
            for count, kilobytes in zip(steps, measured[server.name], strict=True)
        )
        yield f"{server.name}: {told}"
    ours = measured.pop("Medicus")
    for name, peer in measured.items():
        for count, own, other in zip(steps, ours, peer, strict=True):
            yield Row(f"messaging.idle_connection_memory, {count}", "kB", own, other, name, TARGETS[name])


async def _measure(server: ChatServer, steps: tuple[int, ...]) -> list[float]:
    """Kilobytes of the server's processes for each connection beyond the first of each person."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        postgres = services.start_postgres(Path(folder) / "postgres")
        standing: list[Client] = []
        try:
            await server.start(Path(folder) / "server", postgres.url, rooms=ROOMS)
            first = ROOMS * ROOM_SIZE
            await _stand(server, standing, first)
            alone = await _resident(server)
            found = []
            for count in steps:
                await _stand(server, standing, first + count)
                found.append((await _resident(server) - alone) / count)
            await asyncio.gather(*(client.close() for client in standing))
            return found
        finally:
            server.stop()
            postgres.kill()


async def _stand(server: ChatServer, standing: list[Client], count: int) -> None:
    """Until so many stand."""
    while len(standing) < count:
        numbers = range(len(standing), min(count, len(standing) + AT_ONCE))
        places = ((number % ROOMS, number // ROOMS % ROOM_SIZE) for number in numbers)
        standing += await asyncio.gather(
            *(server.connect(room=room, member=member) for room, member in places)
        )


async def _resident(server: ChatServer) -> int:
    await asyncio.sleep(REST)
    return resident_kilobytes(server.process_ids())
