"""daphne against uvicorn, serving this application: a trivial request, and how each ends on SIGTERM."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.http import Connection
from bench.results import Row
from bench.setting import PROGRAMS, spawn, wait_until_ready
from tests.services import free_port

COMMANDS = {
    "uvicorn": ("uvicorn", "medicus.asgi:application", "--host=127.0.0.1", "--port={port}", "--loop=uvloop", "--no-access-log"),
    "daphne": ("daphne", "--bind", "127.0.0.1", "--port", "{port}", "--verbosity", "0", "medicus.asgi:application"),
}  # fmt: skip


def run(*, quick: bool) -> Iterator[Row | str]:
    """server.requests_per_second of /health/live with 8 connections, in turns."""
    seconds, turns = (1.0, 1) if quick else (5.0, 3)
    with tempfile.TemporaryDirectory() as folder:
        rates: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for _ in range(turns):
            for name in COMMANDS:
                rates[name].append(_rate(name, Path(folder), seconds))
        ours, peer = (sorted(rates[name])[turns // 2] for name in ("uvicorn", "daphne"))
        yield Row("server.requests_per_second", "1/s", ours, peer, "daphne", "≥ 1.0")


def _rate(name: str, folder: Path, seconds: float) -> float:
    port = free_port()
    words = [word.format(port=port) for word in COMMANDS[name]]
    environment = {"MEDICUS_VAR": str(folder), "MEDICUS_ORIGIN": f"http://localhost:{port}"}
    process = spawn(str(PROGRAMS / words[0]), *words[1:], log=folder / f"{name}.log", **environment)
    try:
        wait_until_ready(port, f"localhost:{port}")
        return asyncio.run(_load(port, seconds))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def _load(port: int, seconds: float) -> float:
    count = 0
    start = time.perf_counter()

    async def loop() -> None:
        nonlocal count
        connection = Connection(port)
        while time.perf_counter() - start < seconds:
            status, _ = await connection.request("GET", "/health/live")
            assert status == 200
            count += 1
        await connection.close()

    await asyncio.gather(*(loop() for _ in range(8)))
    return count / (time.perf_counter() - start)
