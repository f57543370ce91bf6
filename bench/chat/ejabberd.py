"""ejabberd (Debian) with group chats kept in PostgreSQL, spoken to over plain XMPP (RFC 6120, XEP-0045, XEP-0313)."""

import asyncio
import base64
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.chat.peer import BODY_CHARACTERS, ROOM_SIZE, Arrived
from tests.services import free_port, listens

SCHEMA = Path("/usr/share/ejabberd/sql/pg.sql")
PROBE = re.compile(rb"probe-(\d+)-")

CONFIGURATION = """
hosts: [localhost]
loglevel: 2
log_rotate_count: 0
default_db: sql
sql_type: pgsql
sql_server: 127.0.0.1
sql_port: {database_port}
sql_database: {database}
sql_username: postgres
sql_password: ""
sql_pool_size: 8
auth_method: sql
auth_password_format: plain
listen:
  - port: {port}
    ip: 127.0.0.1
    module: ejabberd_c2s
    starttls: false
    max_stanza_size: 262144
    access: all
    shaper: none
acl: {{}}
access_rules: {{}}
modules:
  mod_disco: {{}}
  mod_mam:
    db_type: sql
    default: always
  mod_muc:
    db_type: sql
    access: all
    access_create: all
    access_persistent: all
    max_users: 5000
    min_message_interval: 0
    min_presence_interval: 0
    default_room_options: {{persistent: true, mam: true, anonymous: false}}
"""


class Ejabberd:
    name = "ejabberd"

    def missing(self) -> str | None:
        here = SCHEMA.exists() and list(Path("/usr/lib").glob("*/p1_pgsql*")) + list(
            Path("/usr/lib").glob("*/*/p1_pgsql*")
        )
        return None if here and shutil.which("erl") else "ejabberd: apt-get install ejabberd erlang-p1-pgsql"

    async def start(self, folder: Path, database_url: str, *, rooms: int) -> None:
        self.port, self.folder = free_port(), folder
        address = urlsplit(database_url)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(SCHEMA.read_text().encode())
            for user in range(rooms * ROOM_SIZE):
                connection.execute(
                    "INSERT INTO users (username, password, serverkey, salt, iterationcount) VALUES (%s, 'secret', '', '', 0)",
                    (f"u{user}",),
                )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ejabberd.yml").write_text(
            CONFIGURATION.format(
                port=self.port, database_port=address.port, database=address.path.lstrip("/")
            )
        )
        libraries = next(path.parent for path in Path("/usr/lib").glob("*/ejabberd-*"))
        self.process = subprocess.Popen(
            ["erl", "-noinput", "+K", "true", "+P", "250000", "-mnesia", "dir", f'"{folder}"', "-s", "ejabberd"],
            env=os.environ | {
                "EJABBERD_CONFIG_PATH": str(folder / "ejabberd.yml"),
                "EJABBERD_LOG_PATH": str(folder / "ejabberd.log"),
                "ERL_LIBS": str(libraries), "HOME": str(folder),
            },
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + 40
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = folder / "ejabberd.log"
                raise RuntimeError(
                    f"ejabberd did not start: {log.read_text()[-1500:] if log.exists() else ''}"
                )
            await asyncio.sleep(0.2)

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def process_ids(self) -> list[int]:
        return [self.process.pid]

    async def connect(self, *, room: int, member: int) -> "XmppClient":
        client = XmppClient(room)
        await client.open(self.port, f"u{room * ROOM_SIZE + member}")
        await client.join()
        return client

    async def catch_up(self, *, room: int, count: int) -> float:
        client = XmppClient(room)
        await client.open(self.port, f"u{room * ROOM_SIZE}")
        start = time.perf_counter()
        await client.fetch_archive(count)
        seconds = time.perf_counter() - start
        await client.close()
        return seconds


class XmppClient(asyncio.Protocol):
    """One XMPP stream. Counts stanzas instead of parsing them: the load must stay cheaper than the server."""

    def __init__(self, room: int) -> None:
        self.room = f"room{room}@conference.localhost"
        self.delivered = 0
        self.buffer = b""
        self.arrived: Arrived | None = None
        self.waiting: dict[bytes, asyncio.Future[None]] = {}
        self.expected: tuple[bytes, asyncio.Future[bytes]] | None = None
        self.number = 0

    def data_received(self, data: bytes) -> None:
        data = self.buffer + data
        if self.expected is not None:
            self.buffer = data
            marker, future = self.expected
            if marker in data and not future.done():
                self.expected, self.buffer = None, b""
                future.set_result(data)
            return
        end = data.rfind(b">") + 1
        self.buffer, data = data[end:], data[:end]
        self.delivered += data.count(b"</body>")
        if self.waiting:
            for key in [key for key in self.waiting if key in data]:
                self.waiting.pop(key).set_result(None)
        if self.arrived is not None and b"probe-" in data:
            for number in PROBE.findall(data):
                self.arrived(int(number))

    async def _ask(self, text: str, marker: bytes) -> bytes:
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.expected = (marker, future)
        self.transport.write(text.encode())
        return await asyncio.wait_for(future, 30)

    async def open(self, port: int, user: str) -> None:
        self.user = user
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", port)
        stream = (
            "<stream:stream to='localhost' xmlns='jabber:client' version='1.0' "
            "xmlns:stream='http://etherx.jabber.org/streams'>"
        )
        await self._ask(stream, b"</stream:features>")
        secret = base64.b64encode(f"\0{user}\0secret".encode()).decode()
        await self._ask(
            f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>", b"<success"
        )
        await self._ask(stream, b"</stream:features>")
        resource = secrets.token_hex(4)  # somebody may have many devices
        await self._ask(
            "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            f"<resource>{resource}</resource></bind></iq>",
            b"</iq>",
        )
        self.transport.write(b"<presence/>")

    async def join(self) -> None:
        await self._ask(
            f"<presence to='{self.room}/{self.user}'><x xmlns='http://jabber.org/protocol/muc'>"
            "<history maxstanzas='0'/></x></presence>",
            b"<subject",
        )

    async def send(self, *, probe: int | None = None) -> None:
        self.number += 1
        key = f"m-{self.user}-{self.number}"
        text = (f"probe-{probe}-" if probe is not None else "").ljust(BODY_CHARACTERS, "x")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[key.encode() + b"'"] = future
        self.transport.write(
            f"<message type='groupchat' to='{self.room}' id='{key}'><body>{text}</body></message>".encode()
        )
        await future

    async def fetch_archive(self, count: int) -> None:
        """Page through the room's archive (XEP-0313, 250 a page as the server allows)."""
        page, before = 250, ""
        fetched = 0
        while fetched < count:
            answer = await self._ask(
                f"<iq type='set' id='q{fetched}' to='{self.room}'><query xmlns='urn:xmpp:mam:2'>"
                f"<set xmlns='http://jabber.org/protocol/rsm'><max>{page}</max><before>{before}</before></set>"
                "</query></iq>",
                b"</fin>",
            )
            got = answer.count(b"</body>")
            if not got:
                raise RuntimeError(f"archive ended after {fetched} of {count}")
            fetched += got
            before = re.findall(rb"<first[^>]*>([^<]*)</first>", answer)[-1].decode()

    def listen(self, arrived: Arrived) -> None:
        self.arrived = arrived

    async def close(self) -> None:
        self.transport.close()
