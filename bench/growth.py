"""What a message costs as the service grows: rooms from 2 to 200 members, users from 100 to 2,000, connections that only stand.

One web process, a PostgreSQL of its own with fsync and synchronous_commit on. Writes docs/images/growth.svg."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.chat.growing import TEAM, Cost, Growing, Idle, cost, idle
from bench.growth_plot import draw
from bench.results import Row
from bench.setting import ROOT, allow_many_files
from tests import services

if TYPE_CHECKING:
    from bench.chat.ours import SocketClient

PLOT = ROOT / "docs" / "images" / "growth.svg"
RATE = 10.0


@dataclass(frozen=True)
class Size:
    users: tuple[int, int]
    rooms: tuple[int, int, int]
    connections: tuple[int, ...]
    seconds: float


FULL = Size((100, 2_000), (2, TEAM, 200), (0, 1_000, 2_000), 10.0)
QUICK = Size((40, 60), (2, TEAM, 50), (0, 40, 80), 1.0)


def run(*, quick: bool) -> Iterator[Row | str]:
    """Costs of each room and population, then idle connections; each as it comes."""
    allow_many_files()
    began = time.monotonic()
    costs: list[Cost] = []
    stands: list[Idle] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        postgres = services.start_postgres(
            Path(folder) / "postgres", "shared_preload_libraries=pg_stat_statements"
        )
        server = Growing(postgres.url, Path(folder) / "server")
        try:
            with asyncio.Runner() as runner:
                measured = _measure(server, QUICK if quick else FULL)
                while (one := runner.run(_next(measured))) is not None:
                    (costs if isinstance(one, Cost) else stands).append(one)  # type: ignore[arg-type]
                    yield str(one)
        finally:
            server.stop()
            postgres.kill()
        plot = Path(folder) / "growth.svg" if quick else PLOT
        plot.write_text(draw(costs, stands))
    yield from _rows(costs, stands)
    yield f"{time.monotonic() - began:.0f} s in all"


async def _next(measured: AsyncIterator[Cost | Idle]) -> Cost | Idle | None:
    return await anext(measured, None)


async def _measure(server: Growing, size: Size) -> AsyncIterator[Cost | Idle]:
    few, many = size.users
    await server.open(few)
    yield await cost(server, 0, users=few, rate=RATE, seconds=size.seconds)
    await asyncio.to_thread(server.grow, many)
    for members in size.rooms:
        room = 0 if members == TEAM else await asyncio.to_thread(server.make_room, members)
        yield await cost(server, room, users=many, rate=RATE, seconds=size.seconds)
    standing: list[SocketClient] = []
    for connections in size.connections:
        wanted = [_place(number, many) for number in range(len(standing), connections)]
        standing += await server.connect_all(wanted)
        yield await idle(server, standing, rate=RATE, seconds=size.seconds / 2)


def _place(number: int, users: int) -> tuple[int, int]:
    """Room and member of an idle connection: not of the first team, which writes; again from its begin on when all have one."""
    person = TEAM + number % (users - TEAM)
    return person // TEAM, person % TEAM


def _rows(costs: list[Cost], stands: list[Idle]) -> Iterator[Row]:
    for each in costs:
        name = f"growth.room_{each.members}_of_{each.users}"
        yield Row(f"{name}.sends_per_second", "1/s", each.sends_per_second, None, "itself", "")
        yield Row(f"{name}.send_p95", "ms", each.send[1], None, "itself", "")
        yield Row(f"{name}.delivered_p95", "ms", each.delivered[1], None, "itself", "")
        yield Row(f"{name}.cpu", "ms", each.cpu_ms, None, "itself", "")
        yield Row(f"{name}.postgres", "ms", each.postgres_ms, None, "itself", "")
    small, team, large = costs[-3:]
    first = (team.cpu_ms - small.cpu_ms) / (team.members - small.members)
    further = (large.cpu_ms - team.cpu_ms) / (large.members - team.members)
    yield Row("messaging.room_growth", "ms", further, first, "a member of the first 20", "≤ 1.2")
    alone = stands[0]
    for each_idle in stands[1:]:
        name = f"growth.idle_{each_idle.connections}"
        kilobytes = 1000 * (each_idle.resident_megabytes - alone.resident_megabytes) / each_idle.connections
        yield Row(f"{name}.memory_each", "kB", kilobytes, None, "itself", "")
        yield Row(f"{name}.visible_p99", "ms", each_idle.visible_p99_ms, None, "itself", "")
