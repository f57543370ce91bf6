"""A real daphne or uvicorn on the test's database, and a client that stops in the middle of a body."""

import http.client
import re
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.services import Service, free_port
from tests.storage.asgi import Visitor

PROGRAMS = Path(sys.executable).parent


def start_server(kind: str, folder: Path, *, temporary: Path) -> Service:
    """`kind`: daphne or uvicorn. `temporary`: what the process takes for its temporary files."""
    port = free_port()
    options = {
        "daphne": ["--bind", "127.0.0.1", "--port", str(port), "--verbosity", "0"],
        "uvicorn": ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"],
    }
    environment = {
        "PYTHONPATH": str(settings.BASE_DIR),
        "DJANGO_SETTINGS_MODULE": "medicus.settings",
        "DATABASE_URL": _database_url(),
        "MEDICUS_VAR": str(folder / "var"),
        "MEDICUS_KEYS": str(settings.KEYS_DIR),
        "BROKER_URL": "memory://",  # no jobs in this process
        "TMPDIR": str(temporary),
    }
    (folder / "var").mkdir(mode=0o700)
    command = [str(PROGRAMS / kind), *options[kind], "tests.storage.served:application"]
    return Service(command, port, f"http://localhost:{port}", folder, environment=environment).start()


def _database_url() -> str:
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgresql://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


class HalfwayClient:
    """One HTTP request that is sent in two halves: look at the server between them."""

    def __init__(self, server: Service, visitor: Visitor) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port))
        self._visitor = visitor
        self._server = server

    def send_half(self, method: str, path: str, body: bytes, headers: Mapping[str, Any]) -> None:
        """Send the head and half of the body; return when the server has read all of it."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._visitor.cookies.items())
        sent = {"host": "localhost:8000", "cookie": cookies, "content-length": len(body)}
        sent |= dict(self._visitor.headers) | dict(headers)
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
        self._rest = body[len(body) // 2 :]
        self._socket.sendall("\r\n".join(lines).encode() + body[: len(body) // 2])
        until(lambda: _unread_bytes(self._socket) == 0, "the server does not read")

    def send_rest(self) -> http.client.HTTPResponse:
        self._socket.sendall(self._rest)
        answer = http.client.HTTPResponse(self._socket)
        answer.begin()
        answer.read()
        return answer

    def close(self) -> None:
        self._socket.close()


def until(holds: Callable[[], bool], complaint: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(complaint)
        time.sleep(0.01)


def _unread_bytes(client: socket.socket) -> int:
    """Bytes of this connection that the server's process has not read: in either kernel queue."""
    ours, theirs = client.getsockname()[1], client.getpeername()[1]
    waiting = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        ports = {int(fields[1].split(":")[1], 16), int(fields[2].split(":")[1], 16)}
        if ports == {ours, theirs}:
            sent, received = fields[4].split(":")
            waiting += int(sent, 16) + int(received, 16)
    return waiting


def files_with(content: bytes, process_id: int, folder: Path) -> list[Path]:
    """Files with `content` that the process has open (also deleted ones), or that lie in `folder`."""
    opened = list(Path(f"/proc/{process_id}/fd").iterdir())
    return [path for path in (*opened, *folder.rglob("*")) if _holds(path, content)]


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.is_file() and content in path.read_bytes()
    except OSError:  # closed or removed meanwhile
        return False


def in_memory(path: Path) -> bool:
    """Whether a file lies in memory (tmpfs), not on a disk."""
    return path.stat().st_dev == Path("/dev/shm").stat().st_dev


def peak_memory_bytes(process_id: int) -> int:
    """The largest resident size of the process so far."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]  # the kernel always says it
