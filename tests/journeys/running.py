"""A running Medicus for the journeys, in both ways to run, with everything it writes in one folder."""

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import redis
from django.conf import settings

from tests import services
from tests.messaging.processes import start_migrated_postgres

DEMO_PASSWORD = "gemeinsam-sicher-heilen"
PROGRAMS = Path(sys.executable).parent


@dataclass
class Running:
    """The service and its parts. `folder` holds all that it and its servers leave behind: data, logs, temp files."""

    folder: Path
    port: int = field(default_factory=services.free_port)
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    servers: list[services.Service] = field(default_factory=list)
    balancer: "Balancer | None" = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            env=self.environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def spawn(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                env=self.environment,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, port: int) -> None:
        deadline = time.monotonic() + 40
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/health/ready", headers={"Host": f"localhost:{self.port}"}
        )
        while True:
            try:
                with urllib.request.urlopen(request, timeout=2):
                    return
            except OSError:
                if time.monotonic() > deadline:
                    logs = "\n".join(path.read_text()[-1500:] for path in self.folder.glob("*.log"))
                    raise RuntimeError(f"the service did not become ready:\n{logs}") from None
                time.sleep(0.1)

    def stop(self) -> None:
        if self.balancer:
            self.balancer.stop()
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for server in self.servers:
            server.kill()


def _base_environment(folder: Path, port: int) -> dict[str, str]:
    temporary = folder / "tmp"
    temporary.mkdir()
    return {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TMPDIR": str(temporary),
        "MEDICUS_VAR": str(folder / "var"),
        "MEDICUS_ORIGIN": f"http://localhost:{port}",
    }


@cache
def _prepared(*, demo: bool) -> Path:
    """The data of a service that has never run: made once, copied for every file of journeys."""
    folder = Path(tempfile.mkdtemp(prefix="journeys-", dir=os.environ["PYTEST_DEBUG_TEMPROOT"]))
    preparing = Running(folder)
    preparing.environment = _base_environment(folder, preparing.port)
    preparing.manage("migrate", "--verbosity", "0")
    if demo:
        preparing.manage("seed_demo")
    return folder / "var"


def one_machine(folder: Path, *, demo: bool = True, **settings_of_it: str) -> Running:
    """As `make run` starts it: SQLite, files, daphne, jobs in threads. demo: with the demo hospitals, else empty."""
    running = Running(folder)
    running.environment = _base_environment(folder, running.port) | settings_of_it
    shutil.copytree(_prepared(demo=demo), folder / "var")
    running.spawn(
        "daphne",
        str(PROGRAMS / "daphne"),
        "--bind",
        "127.0.0.1",
        "--port",
        str(running.port),
        "medicus.asgi:application",
    )
    running.wait_until_ready(running.port)
    return running


def production(folder: Path) -> Running:
    """PostgreSQL, Redis, S3, two uvicorn processes behind one address, a Celery worker and beat."""
    running = Running(folder)
    postgres = start_migrated_postgres(folder / "postgres", "log_parameter_max_length_on_error=0")
    cache = services.start_redis(folder / "redis")
    credentials = services.S3Credentials()
    s3 = services.start_rclone(folder / "s3", credentials)
    running.servers = [postgres, cache, s3]
    running.environment = _base_environment(folder, running.port) | {
        "MEDICUS_MODE": "production",
        "MEDICUS_SECRET_KEY": "a-secret-of-the-journey-that-is-long-enough-to-be-one",
        "DATABASE_URL": postgres.url,
        "REDIS_URL": cache.url,
        "S3_ENDPOINT": s3.url,
        "S3_BUCKET": "journey",
        "S3_ACCESS_KEY": credentials.access_key,
        "S3_SECRET_KEY": credentials.secret_key,
    }
    running.manage("make_keys")
    running.manage("check_store")
    running.spawn(
        "worker", str(PROGRAMS / "celery"), "--app=medicus", "worker", "--concurrency=1", "--loglevel=WARNING"
    )
    running.spawn(
        "beat", str(PROGRAMS / "celery"), "--app=medicus", "beat", f"--schedule={folder}/beat", "--pidfile="
    )
    ports = [services.free_port(), services.free_port()]
    for name, port in zip(("web-1", "web-2"), ports, strict=True):
        running.spawn(
            name, str(PROGRAMS / "uvicorn"), "medicus.asgi:application", "--host=127.0.0.1", f"--port={port}",
            "--loop=uvloop", "--ws=websockets-sansio", "--ws-per-message-deflate=false", "--no-access-log",
        )  # fmt: skip
    running.manage("seed_demo", "--password", DEMO_PASSWORD)
    for port in ports:
        running.wait_until_ready(port)
    running.balancer = Balancer(running.port, ports)
    return running


class Balancer:
    """Gives each TCP connection to the next of several ports: neighbours end up in different processes."""

    def __init__(self, port: int, targets: list[int]) -> None:
        self.targets = itertools.cycle(targets)
        self.started = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve(port)), daemon=True)
        self.thread.start()
        self.started.wait(5)

    async def _serve(self, port: int) -> None:
        self.loop, self.ended = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", port)
        self.started.set()
        await self.ended.wait()
        server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", next(self.targets))
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pump(reader, behind_writer), _pump(behind_reader, writer))

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(5)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def redis_content(environment: Mapping[str, str]) -> bytes:
    """All keys and values of a Redis, as DUMP gives them; empty where there is none."""
    if "REDIS_URL" not in environment:
        return b""
    with redis.Redis.from_url(environment["REDIS_URL"]) as client:
        keys = list(client.scan_iter())
        return b"\n".join(key + b"=" + (client.dump(key) or b"") for key in keys)
