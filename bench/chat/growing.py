"""Our service with a population that grows, and what one message costs in it."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.chat.load import cpu_seconds, percentile, resident_kilobytes
from bench.chat.ours import Ours, SocketClient
from bench.setting import settle, use_django

TEAM = 20
CONNECT_AT_ONCE = 50
SENDERS = 8
STATEMENTS = """SELECT sum(calls), sum(rows), sum(total_exec_time) FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '%pg_stat%'"""


@dataclass(frozen=True)
class Cost:
    """Of one message in a room of so many members, all of them online, in a service with so many users.

    send, delivered: (p50, p95) in milliseconds at a steady rate, to the acknowledgement and to each member's arrival.
    Of the closed loop of eight senders: sends_per_second, and per message the web process's CPU and what PostgreSQL did."""

    users: int
    members: int
    send: tuple[float, float]
    delivered: tuple[float, float]
    sends_per_second: float
    cpu_ms: float
    postgres_ms: float
    postgres_rows: float
    postgres_statements: float

    def __str__(self) -> str:
        return (
            f"room of {self.members}, {self.users} users: {self.sends_per_second:.0f} sends/s by {SENDERS} senders, CPU "
            f"{self.cpu_ms:.2f} ms, PostgreSQL {self.postgres_ms:.2f} ms, {self.postgres_rows:.1f} rows, "
            f"{self.postgres_statements:.1f} statements a message; sent p50 {self.send[0]:.1f}, p95 {self.send[1]:.1f} ms; "
            f"delivered p50 {self.delivered[0]:.1f}, p95 {self.delivered[1]:.1f} ms"
        )


@dataclass(frozen=True)
class Idle:
    """connections: that stand and say nothing. cpu_share: of one core, while nobody writes."""

    connections: int
    resident_megabytes: float
    cpu_share: float
    visible_p99_ms: float

    def __str__(self) -> str:
        return (
            f"{self.connections} idle connections: {self.resident_megabytes:.0f} MB, {self.cpu_share:.1%} of a core, "
            f"visible p99 {self.visible_p99_ms:.1f} ms in a room of {TEAM}"
        )


class Growing(Ours):
    """Everybody is in a team of twenty. `rooms` are what is measured, and the teams before them."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.database_url, self.folder = database_url, folder
        self.cookies: list[str] = []

    async def open(self, users: int) -> None:
        await self.start(self.folder, self.database_url, rooms=users)

    def _prepare(self, rooms: int) -> None:
        use_django(**self.environment)
        from bench.chat.population import hospital

        self.people: list[Any] = []
        self.rooms = []
        self.hospitals = [hospital(name) for name in ("a", "b")]
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self.grow(rooms)

    def grow(self, users: int) -> None:
        """Until there are so many, in teams, each with a session and a device."""
        from django.db import transaction

        from bench.chat.population import member, room_of

        for first in range(len(self.people), users, TEAM):
            with transaction.atomic():
                numbers = range(first, min(first + TEAM, users))
                team = [member(self.hospitals[number % 2], f"{number}") for number in numbers]
                self.people += team
                self.rooms.append((room_of(team), [one.session_key for one in team]))
        settle()

    def make_room(self, members: int) -> int:
        """A room of the first so many; return its number."""
        from django.db import transaction

        from bench.chat.population import room_of

        people = self.people[:members]
        with transaction.atomic():
            self.rooms.append((room_of(people), [one.session_key for one in people]))
        return len(self.rooms) - 1

    async def connect_all(self, places: list[tuple[int, int]]) -> list[SocketClient]:
        """places: room and member of each."""
        turn = asyncio.Semaphore(CONNECT_AT_ONCE)

        async def one(room: int, member: int) -> SocketClient:
            async with turn:
                return await self.connect(room=room, member=member)

        return list(await asyncio.gather(*(one(*place) for place in places)))

    def postgres(self) -> tuple[float, float, float]:
        """Statements, rows and milliseconds since the last `forget`."""
        with psycopg.connect(self.database_url) as connection:
            found = connection.execute(STATEMENTS).fetchone()
        assert found
        return float(found[0] or 0), float(found[1] or 0), float(found[2] or 0)

    def forget(self) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("SELECT pg_stat_statements_reset()")


async def cost(server: Growing, room: int, *, users: int, rate: float, seconds: float) -> Cost:
    """Measure one room, everybody in it online."""
    members = len(server.rooms[room][1])
    clients = await server.connect_all([(room, member) for member in range(members)])
    sends, deliveries = await latencies(clients, rate=rate, seconds=seconds)
    server.forget()
    used, begin = cpu_seconds(server.process_ids()), time.perf_counter()
    sent = sum(
        await asyncio.gather(
            *(_send_until(clients[index % members], begin + seconds) for index in range(SENDERS))
        )
    )
    elapsed, used = time.perf_counter() - begin, cpu_seconds(server.process_ids()) - used
    statements, rows, milliseconds = await asyncio.to_thread(server.postgres)
    await asyncio.gather(*(client.close() for client in clients))
    return Cost(
        users, members, _middle(sends), _middle(deliveries), sent / elapsed, 1000 * used / sent,
        milliseconds / sent, rows / sent, statements / sent,
    )  # fmt: skip


async def _send_until(client: SocketClient, end: float) -> int:
    count = 0
    while time.perf_counter() < end:
        await client.send()
        count += 1
    return count


def _middle(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return percentile(ordered, 0.5), percentile(ordered, 0.95)


async def latencies(
    clients: list[SocketClient], *, rate: float, seconds: float
) -> tuple[list[float], list[float]]:
    """One message after the other, by each in turn: milliseconds to each acknowledgement and to each arrival."""
    begun: dict[int, float] = {}
    sends: list[float] = []
    deliveries: list[float] = []
    for client in clients:
        client.listen(lambda probe: deliveries.append(1000 * (time.perf_counter() - begun[probe])))
    count = max(1, int(rate * seconds))
    for probe in range(count):
        begun[probe] = time.perf_counter()
        await clients[probe % len(clients)].send(probe=probe)
        sends.append(1000 * (time.perf_counter() - begun[probe]))
        await asyncio.sleep(max(0.0, 1 / rate - (time.perf_counter() - begun[probe])))
    deadline = time.perf_counter() + 10
    while len(deliveries) < count * len(clients):
        if time.perf_counter() > deadline:
            raise RuntimeError(f"{count * len(clients) - len(deliveries)} messages never became visible")
        await asyncio.sleep(0.05)
    for client in clients:
        client.arrived = None
    return sends, deliveries


async def idle(server: Growing, standing: list[SocketClient], *, rate: float, seconds: float) -> Idle:
    """Measure while `standing` stand: first nobody writes, then the first team does."""
    used = cpu_seconds(server.process_ids())
    await asyncio.sleep(seconds)
    share = (cpu_seconds(server.process_ids()) - used) / seconds
    resident = resident_kilobytes(server.process_ids()) / 1000
    writing = await server.connect_all([(0, member) for member in range(TEAM)])
    _sends, deliveries = await latencies(writing, rate=rate, seconds=2 * seconds)
    await asyncio.gather(*(client.close() for client in writing))
    return Idle(len(standing), resident, share, percentile(sorted(deliveries), 0.99))
