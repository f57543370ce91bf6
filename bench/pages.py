"""Delivery while pages load: `web` and `live` are processes of their own, as deployed, on one database."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.chat.load import percentile, visible_milliseconds
from bench.chat.ours import Ours
from bench.chat.peer import ROOM_SIZE
from bench.http import Connection
from bench.results import Row
from bench.setting import spawn, wait_until_ready
from tests import services
from tests.services import free_port

RATE = 500.0
PAGES = ("/", "/conversations/", "/directory/")


def run(*, quick: bool) -> Iterator[Row | str]:
    """500 messages a second in a room of twenty; then the same while somebody loads one page after the other."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        postgres = services.start_postgres(Path(folder) / "postgres")
        try:
            quiet, loaded, pages = asyncio.run(_measure(Path(folder), postgres.url, 2.0 if quick else 15.0))
        finally:
            postgres.kill()
    for name, latencies in (("without pages", quiet), (f"while {pages} pages were loaded", loaded)):
        middle, most = percentile(latencies, 0.5), percentile(latencies, 0.99)
        yield f"{RATE:.0f}/s in a room of {ROOM_SIZE}, {name}: visible p50 {middle:.1f} ms, p99 {most:.1f} ms"
    yield Row("messaging.visible_p99_with_pages", "ms", percentile(loaded, 0.99), None, "itself", "≤ 10")


async def _measure(folder: Path, database_url: str, seconds: float) -> tuple[list[float], list[float], int]:
    server = Ours()
    await server.start(folder / "live", database_url, rooms=1)
    web = Web(server)
    try:
        await asyncio.to_thread(web.start)
        quiet = await _visible(server, seconds)
        loading = asyncio.create_task(web.load())
        loaded = await _visible(server, seconds)
        loading.cancel()
        return quiet, loaded, web.loaded
    finally:
        web.stop()
        server.stop()


async def _visible(server: Ours, seconds: float) -> list[float]:
    return await visible_milliseconds(server, online=ROOM_SIZE, rate=RATE, seconds=seconds, senders=ROOM_SIZE)


class Web:
    """The process that serves pages, on the database of the one that delivers."""

    def __init__(self, live: Ours) -> None:
        self.live, self.port, self.loaded = live, free_port(), 0

    def start(self) -> None:
        origin = f"http://localhost:{self.port}"
        environment = self.live.environment | {"MEDICUS_ORIGIN": origin}
        command = self.live.command("medicus.asgi:application", self.port)
        self.process = spawn(*command, log=self.live.log, **environment)
        wait_until_ready(self.port, f"localhost:{self.port}")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    async def load(self) -> None:
        """One page after the other, without a pause."""
        _group, cookies = self.live.rooms[0]
        http, headers = Connection(self.port), f"Cookie: session={cookies[0]}\r\n"
        while True:
            status, body = await http.request("GET", PAGES[self.loaded % len(PAGES)], None, headers)
            if status != 200:
                raise RuntimeError(f"{status} {body[:200]!r}")
            self.loaded += 1
