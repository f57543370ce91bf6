"""The message path beside ejabberd and Synapse: the same load, the same PostgreSQL, in turn."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.chat.ejabberd import Ejabberd
from bench.chat.load import Throughput, percentile, throughput, visible_milliseconds
from bench.chat.ours import Ours
from bench.chat.peer import ChatServer
from bench.chat.synapse import Synapse
from bench.results import Row
from tests import services

ROOMS, SENDERS, ONLINE = 4, 32, 20


def run(*, quick: bool) -> Iterator[Row | str]:
    """Each server by itself on a fresh PostgreSQL (fsync and synchronous_commit on); the others are stopped."""
    measured: dict[str, Figures] = {}
    for server in (Ours(), Ejabberd(), Synapse()):
        if lack := server.missing():
            yield f"not measured, {lack}"
            continue
        measured[server.name] = asyncio.run(_measure(server, 2.0 if quick else 12.0))
        yield f"{server.name}: {measured[server.name]}"
    ours = measured.pop("Medicus")
    targets = {
        "ejabberd": ("≥ 2.5", "≥ 1.5", "≤ 1.0", "≤ 0.34", "≤ 0.25"),
        "Synapse": ("≥ 150", "≥ 60", "≤ 0.034", "≤ 0.005", "≤ 0.1"),
    }
    for name, peer in measured.items():
        online, alone, visible, cpu, catch_up = targets[name]
        yield Row(
            "messaging.accepted_per_second",
            "1/s",
            ours.online.accepted_per_second,
            peer.online.accepted_per_second,
            name,
            online,
        )
        yield Row(
            "messaging.accepted_per_second_senders_only",
            "1/s",
            ours.alone.accepted_per_second,
            peer.alone.accepted_per_second,
            name,
            alone,
        )
        yield Row("messaging.visible_p99", "ms", ours.visible_p99, peer.visible_p99, name, visible)
        yield Row(
            "messaging.cpu_per_message",
            "ms",
            ours.online.cpu_ms_per_message,
            peer.online.cpu_ms_per_message,
            name,
            cpu,
        )
        yield Row(
            "messaging.catch_up_10000", "s", ours.catch_up * 10_000, peer.catch_up * 10_000, name, catch_up
        )


class Figures:
    """What was measured of one server. `catch_up`: seconds per message."""

    def __init__(self, online: Throughput, alone: Throughput, visible: list[float], catch_up: float) -> None:
        self.online, self.alone, self.catch_up = online, alone, catch_up
        self.visible_p50, self.visible_p99 = percentile(visible, 0.5), percentile(visible, 0.99)

    def __str__(self) -> str:
        return (
            f"{self.online.accepted_per_second:.0f}/s with {ROOMS} × {ONLINE} online "
            f"({self.online.delivered_share:.1%} delivered within 5 s), {self.alone.accepted_per_second:.0f}/s with senders "
            f"only; visible p50 {self.visible_p50:.1f} ms, p99 {self.visible_p99:.1f} ms at 5/s"
        )


async def _measure(server: ChatServer, seconds: float) -> Figures:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        postgres = services.start_postgres(Path(folder) / "postgres")
        try:
            await server.start(Path(folder) / "server", postgres.url, rooms=ROOMS)
            visible = await visible_milliseconds(server, online=ONLINE, rate=5, seconds=seconds)
            alone = await throughput(
                server, rooms=ROOMS, online=SENDERS // ROOMS, senders=SENDERS, seconds=seconds
            )
            online = await throughput(server, rooms=ROOMS, online=ONLINE, senders=SENDERS, seconds=seconds)
            # the longest history that this server has surely written in one room
            count = min(10_000, max(100, int(online.accepted_per_second * seconds / ROOMS / 2)))
            return Figures(online, alone, visible, await server.catch_up(room=0, count=count) / count)
        finally:
            server.stop()
            postgres.kill()
