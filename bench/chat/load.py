"""The load itself: closed loops of senders for throughput, a slow open loop for latency."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

from bench.chat.peer import ChatServer, Client

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Throughput:
    accepted_per_second: float
    cpu_ms_per_message: float
    delivered_share: float
    """Deliveries seen at receivers within 5 s of the end, over those owed."""


def cpu_seconds(process_ids: list[int]) -> float:
    """User and system time of these processes and their children, so far."""
    total = 0
    for process in _family(process_ids):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_kilobytes(process_ids: list[int]) -> int:
    return sum(
        int(line.split()[1])
        for process in _family(process_ids)
        for line in Path(f"/proc/{process}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    )


def _family(process_ids: list[int]) -> list[int]:
    found = list(process_ids)
    for process in found:
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            found += [int(child) for child in children.read_text().split() if int(child) not in found]
    return found


async def throughput(
    server: ChatServer, *, rooms: int, online: int, senders: int, seconds: float
) -> Throughput:
    """`senders` clients, spread over the rooms, each send the next message when the last is accepted."""
    clients = [[await server.connect(room=r, member=m) for m in range(online)] for r in range(rooms)]
    lanes = [clients[index % rooms][index // rooms % online] for index in range(senders)]
    await asyncio.gather(*(lane.send() for lane in lanes))  # warm
    before = [[client.delivered for client in room] for room in clients]
    accepted = [0] * rooms
    used, start = cpu_seconds(server.process_ids()), time.perf_counter()

    async def loop(index: int, client: Client) -> None:
        while time.perf_counter() - start < seconds:
            await client.send()
            accepted[index % rooms] += 1

    await asyncio.gather(*(loop(index, lane) for index, lane in enumerate(lanes)))
    elapsed = time.perf_counter() - start
    used = cpu_seconds(server.process_ids()) - used
    owed = sum(count * online for count in accepted)
    deadline = time.perf_counter() + 5
    while (got := _delivered(clients, before)) < owed and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    await asyncio.gather(*(client.close() for room in clients for client in room))
    count = sum(accepted)
    return Throughput(count / elapsed, 1000 * used / count, min(1.0, got / owed))


def _delivered(clients: list[list[Client]], before: list[list[int]]) -> int:
    return sum(
        client.delivered - at_start
        for room, starts in zip(clients, before, strict=True)
        for client, at_start in zip(room, starts, strict=True)
    )


async def visible_milliseconds(
    server: ChatServer, *, online: int, rate: float, seconds: float, senders: int = 1
) -> list[float]:
    """From the send to its arrival at each of the `online` members of one room, sorted. `rate`: of all senders
    together, who write side by side."""
    clients = [await server.connect(room=0, member=member) for member in range(online)]
    sent: dict[int, float] = {}
    latencies: list[float] = []

    def arrived(probe: int) -> None:
        latencies.append(1000 * (time.perf_counter() - sent[probe]))

    for client in clients:
        client.listen(arrived)
    await asyncio.sleep(0.5)
    count = int(rate * seconds)

    async def write(first: int) -> None:
        due = time.perf_counter() + first / rate
        for probe in range(first, count, senders):
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent[probe] = time.perf_counter()
            await clients[probe % online].send(probe=probe)
            due = max(due + senders / rate, time.perf_counter())

    await asyncio.gather(*(write(first) for first in range(senders)))
    deadline = time.perf_counter() + 10
    while len(latencies) < count * online and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    await asyncio.gather(*(client.close() for client in clients))
    if len(latencies) < count * online:
        raise RuntimeError(f"{server.name}: {count * online - len(latencies)} messages never became visible")
    return sorted(latencies)


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
