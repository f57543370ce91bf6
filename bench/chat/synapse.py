"""Matrix Synapse (PyPI), one process, on PostgreSQL, spoken to over the client-server API."""

import asyncio
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from bench.chat.peer import BODY_CHARACTERS, ROOM_SIZE, Arrived
from bench.http import Connection
from bench.setting import ROOT
from tests.services import free_port, listens

HOME = ROOT / "var" / "bench" / "synapse"
PROBE = re.compile(rb"probe-(\d+)-")

CONFIGURATION = """
server_name: localhost
pid_file: {folder}/pid
signing_key_path: {folder}/signing.key
media_store_path: {folder}/media
log_config: {folder}/log.yaml
report_stats: false
suppress_key_server_warning: true
trusted_key_servers: []
enable_registration: true
enable_registration_without_verification: true
registration_shared_secret: bench
macaroon_secret_key: bench
form_secret: bench
presence: {{enabled: false}}
listeners:
  - port: {port}
    type: http
    bind_addresses: ["127.0.0.1"]
    resources: [{{names: [client]}}]
database:
  name: psycopg2
  args: {{user: postgres, host: 127.0.0.1, port: {database_port}, dbname: {database}, cp_min: 5, cp_max: 10}}
rc_message: &free {{per_second: 100000, burst_count: 100000}}
rc_registration: *free
rc_login: {{address: *free, account: *free, failed_attempts: *free}}
rc_joins: {{local: *free, remote: *free}}
rc_invites: {{per_room: *free, per_user: *free, per_issuer: *free}}
rc_room_creation: *free
rc_joins_per_room: *free
"""
LOGGING = "version: 1\nhandlers: {h: {class: logging.FileHandler, filename: FILE}}\nroot: {level: ERROR, handlers: [h]}\n"


class Synapse:
    name = "Synapse"

    def missing(self) -> str | None:
        """Synapse lives in an environment of its own: its dependencies are not ours."""
        python = HOME / "bin" / "python"
        if python.exists():
            return None
        return f"Synapse: {sys.executable} -m venv {HOME.relative_to(ROOT)} && …/bin/pip install 'matrix-synapse[postgres]'"

    async def start(self, folder: Path, database_url: str, *, rooms: int) -> None:
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        address = urlsplit(database_url)
        (folder / "homeserver.yaml").write_text(
            CONFIGURATION.format(
                folder=folder, port=self.port, database_port=address.port, database=address.path.lstrip("/")
            )
        )
        (folder / "log.yaml").write_text(LOGGING.replace("FILE", str(folder / "log")))
        command = [
            str(HOME / "bin" / "python"),
            "-m",
            "synapse.app.homeserver",
            "-c",
            str(folder / "homeserver.yaml"),
        ]
        subprocess.run([*command, "--generate-keys"], check=True, capture_output=True, cwd=folder)
        self.process = subprocess.Popen(
            command, cwd=folder, start_new_session=True,
            stdout=(folder / "out").open("wb"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        deadline = time.monotonic() + 90
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Synapse did not start: {(folder / 'out').read_text()[-2000:]}")
            await asyncio.sleep(0.3)
        self.rooms: list[str] = []
        self.tokens: list[list[str]] = []
        for _ in range(rooms):
            await self._make_room()

    async def _make_room(self) -> None:
        http = Connection(self.port)
        tokens = [await self._register(http) for _ in range(ROOM_SIZE)]
        made = await http.json(
            "POST", "/_matrix/client/v3/createRoom", {"preset": "public_chat"}, _bearer(tokens[0])
        )
        room = quote(made["room_id"])
        for token in tokens[1:]:
            await http.json("POST", f"/_matrix/client/v3/rooms/{room}/join", {}, _bearer(token))
        self.rooms.append(room)
        self.tokens.append(tokens)
        await http.close()

    async def _register(self, http: Connection) -> str:
        body = {
            "username": "u" + secrets.token_hex(6), "password": secrets.token_hex(12),
            "auth": {"type": "m.login.dummy"},
        }  # fmt: skip
        return str((await http.json("POST", "/_matrix/client/v3/register", body))["access_token"])

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def process_ids(self) -> list[int]:
        return [self.process.pid]

    async def connect(self, *, room: int, member: int) -> "MatrixClient":
        client = MatrixClient(self.port, self.rooms[room], self.tokens[room][member])
        await client.open()
        return client

    async def catch_up(self, *, room: int, count: int) -> float:
        http, headers = Connection(self.port), _bearer(self.tokens[room][0])
        start = time.perf_counter()
        fetched, position = 0, ""
        while fetched < count:
            page = await http.json(
                "GET",
                f"/_matrix/client/v3/rooms/{self.rooms[room]}/messages?dir=b&limit=1000{position}",
                None,
                headers,
            )
            if not page["chunk"]:
                raise RuntimeError(f"history ended after {fetched} of {count}")
            fetched += len(page["chunk"])
            position = f"&from={page['end']}"
        await http.close()
        return time.perf_counter() - start


def _bearer(token: str) -> str:
    return f"Authorization: Bearer {token}\r\n"


class MatrixClient:
    """Sends on one connection, long-polls /sync on another."""

    def __init__(self, port: int, room: str, token: str) -> None:
        self.room, self.headers = room, _bearer(token)
        self.sending, self.syncing = Connection(port), Connection(port)
        self.delivered = 0
        self.number = 0
        self.arrived: Arrived | None = None

    async def open(self) -> None:
        first = await self.syncing.json("GET", "/_matrix/client/v3/sync?timeout=0", None, self.headers)
        self.task = asyncio.create_task(self._receive(first["next_batch"]))

    async def _receive(self, since: str) -> None:
        while True:
            _, answer = await self.syncing.request(
                "GET", f"/_matrix/client/v3/sync?timeout=120000&since={since}", None, self.headers
            )
            since = re.search(rb'"next_batch":"([^"]*)"', answer)[1].decode()  # type: ignore[index]
            self.delivered += answer.count(b'"m.room.message"')
            if self.arrived is not None:
                for number in PROBE.findall(answer):
                    self.arrived(int(number))

    async def send(self, *, probe: int | None = None) -> None:
        self.number += 1
        text = (f"probe-{probe}-" if probe is not None else "").ljust(BODY_CHARACTERS, "x")
        path = f"/_matrix/client/v3/rooms/{self.room}/send/m.room.message/{id(self)}-{self.number}"
        await self.sending.json("PUT", path, {"msgtype": "m.text", "body": text}, self.headers)

    def listen(self, arrived: Arrived) -> None:
        self.arrived = arrived

    async def close(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        await self.sending.close()
        await self.syncing.close()
