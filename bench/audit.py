"""What the audit costs: messages accepted per second with its events and without, in turns on one database."""

import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.chat.load import throughput
from bench.chat.ours import Ours
from bench.results import Row
from tests import services

ROOMS, SENDERS, ONLINE = 4, 32, 8
APPLICATIONS = {"audited": "medicus.asgi:application", "unaudited": "bench.chat.unaudited:application"}


def run(*, quick: bool) -> Iterator[Row | str]:
    """Senders only, so that what is not written shows."""
    turns, seconds = (1, 2.0) if quick else (9, 3.0)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        postgres = services.start_postgres(Path(folder) / "postgres")
        try:
            rates = asyncio.run(_in_turn(Path(folder) / "server", postgres.url, turns, seconds))
        finally:
            postgres.kill()
    ours, peer = (statistics.median(rates[name]) for name in APPLICATIONS)
    yield Row("audit.cost", "1/s", ours, peer, "without audit", "≥ 0.8")


async def _in_turn(folder: Path, database_url: str, turns: int, seconds: float) -> dict[str, list[float]]:
    server = Ours()
    rates: dict[str, list[float]] = {name: [] for name in APPLICATIONS}
    await server.start(folder, database_url, rooms=ROOMS)
    server.stop()
    for _ in range(turns):
        for name, application in APPLICATIONS.items():
            await server.serve(application)
            try:
                done = await throughput(server, rooms=ROOMS, online=ONLINE, senders=SENDERS, seconds=seconds)
            finally:
                server.stop()
            rates[name].append(done.accepted_per_second)
    return rates
