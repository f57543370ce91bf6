"""Real server processes of Medicus for tests: uvicorn as in production, or daphne as on one machine."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

from tests.services import Service, free_port, start_postgres

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable


def environment(folder: Path, *, port: int, database_url: str = "", redis_url: str = "") -> dict[str, str]:
    """What a process needs to serve at `port` with these services; keys and files are below `folder`."""
    return {
        "MEDICUS_VAR": str(folder / "var"),
        "MEDICUS_ORIGIN": f"http://127.0.0.1:{port}",
        "MEDICUS_LOG_LEVEL": "WARNING",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "BROKER_URL": "",
        "PYTHONPATH": str(ROOT),
    }


def start_web(
    folder: Path,
    *,
    port: int | None = None,
    server: str = "uvicorn",
    database_url: str = "",
    redis_url: str = "",
) -> Service:
    """A web process that answers. One folder for several processes means the same keys."""
    port = port or free_port()
    home = folder / f"web-{port}"
    home.mkdir(parents=True, exist_ok=True)
    command = {
        "uvicorn": [
            "-m", "uvicorn", "medicus.asgi:application", "--host=127.0.0.1", f"--port={port}",
            "--loop=uvloop", "--ws=websockets-sansio", "--ws-per-message-deflate=false",
            "--no-access-log", "--log-level=warning", "--timeout-graceful-shutdown=5",
        ],
        "daphne": [
            "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "--no-server-name", "medicus.asgi:application",
        ],
    }[server]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    return Service(
        [PYTHON, *command],
        port,
        url,
        home,
        ready=lambda: _answers(f"{url}/health/live"),
        environment=environment(folder, port=port, database_url=database_url, redis_url=redis_url),
    ).start(timeout_seconds=60)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def manage(folder: Path, *command: str, database_url: str = "") -> None:
    run([PYTHON, str(ROOT / "manage.py"), *command], folder, database_url)


def start_migrated_postgres(folder: Path, *options: str) -> Service:
    """A PostgreSQL of its own with our tables: they are made once, and the files copied."""
    return start_postgres(folder, *options, copy_of=_migrated())


@cache
def _migrated() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="migrated-", dir=os.environ["PYTEST_DEBUG_TEMPROOT"]))
    postgres = start_postgres(folder / "postgres")
    manage(folder, "migrate", "-v0", database_url=postgres.url)
    postgres.stop()
    return folder / "postgres" / "data"


def seed(folder: Path, rooms: int, members: int, *, database_url: str = "") -> dict[str, Any]:
    """Fill a database, of SQLite where none is named; see `tests.messaging.seed`."""
    if not database_url:
        manage(folder, "migrate", "-v0")
    filled = run([PYTHON, "-m", "tests.messaging.seed", str(rooms), str(members)], folder, database_url)
    return dict(json.loads(filled))


def run(command: list[str], folder: Path, database_url: str) -> bytes:
    settings = environment(folder, port=8000, database_url=database_url)
    done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-3000:])
    return done.stdout
