"""This service: one uvicorn process, spoken to over its socket. Ciphertext is of 1 kB; envelopes are real, contents random."""

import asyncio
import base64
import os
import re
import secrets
import signal
import time
from pathlib import Path

from bench.chat.peer import BODY_CHARACTERS, ROOM_SIZE, Arrived
from bench.http import Connection
from bench.setting import PROGRAMS, spawn, use_django, wait_until_ready
from tests.services import free_port

SENT = re.compile(rb'"op":"sent","group":"[^"]+","id":"([^"]+)"')
REFUSED = b'"op":"refused"'
ENTRY_ID = re.compile(rb'"seq":\d+,"id":"([^"]+)"')


class Ours:
    name = "Medicus"

    def missing(self) -> str | None:
        return None

    async def start(self, folder: Path, database_url: str, *, rooms: int) -> None:
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = {
            "DATABASE_URL": database_url, "MEDICUS_VAR": str(folder), "BROKER_URL": "memory://",
            "MEDICUS_ORIGIN": f"http://localhost:{self.port}",
        }  # fmt: skip
        self.log = folder / "log"
        await asyncio.to_thread(self._prepare, rooms)
        await self.serve("medicus.asgi:application")

    async def serve(self, application: str) -> None:
        """Start the process on the database that is prepared."""
        self.process = spawn(*self.command(application, self.port), log=self.log, **self.environment)
        await asyncio.to_thread(wait_until_ready, self.port, f"localhost:{self.port}")

    def command(self, application: str, port: int) -> list[str]:
        return [
            str(PROGRAMS / "uvicorn"), application, "--host=127.0.0.1", f"--port={port}",
            "--loop=uvloop", "--ws=websockets-sansio", "--ws-per-message-deflate=false", "--no-access-log",
        ]  # fmt: skip

    def _prepare(self, rooms: int) -> None:
        use_django(**self.environment)
        from bench.chat.population import populate

        self.rooms = populate(rooms, ROOM_SIZE)

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def process_ids(self) -> list[int]:
        return [self.process.pid]

    async def connect(self, *, room: int, member: int) -> "SocketClient":
        group_id, cookies = self.rooms[room]
        client = SocketClient(group_id)
        await client.open(self.port, cookies[member])
        return client

    async def catch_up(self, *, room: int, count: int) -> float:
        group_id, cookies = self.rooms[room]
        http, headers = Connection(self.port), f"Cookie: session={cookies[0]}\r\n"
        path = f"/api/v1/groups/{group_id}/entries?limit=1000&since="
        last = (await http.json("GET", f"{path}0", None, headers))["last_seq"]
        position, fetched, start = last - count, 0, time.perf_counter()
        while fetched < count:
            page = (await http.json("GET", f"{path}{position}", None, headers))["entries"]
            fetched += len(page)
            position = page[-1]["seq"]
        seconds = time.perf_counter() - start
        await http.close()
        return seconds


class SocketClient(asyncio.Protocol):
    """A WebSocket client that reads frame headers and counts entries, and does no more."""

    def __init__(self, group_id: str) -> None:
        self.group_id = group_id
        self.delivered = 0
        self.buffer = b""
        self.arrived: Arrived | None = None
        self.probes: dict[bytes, int] = {}
        self.waiting: dict[bytes, asyncio.Future[None]] = {}
        self.upgraded: asyncio.Future[None] | None = None
        self.following: asyncio.Future[None]
        self.envelope = _envelope(group_id)

    async def open(self, port: int, cookie: str) -> None:
        loop = asyncio.get_running_loop()
        self.upgraded, self.following = loop.create_future(), loop.create_future()
        self.transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", port)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.transport.write(
            f"GET /ws/v1/live HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: http://localhost:{port}\r\n"
            f"Cookie: session={cookie}\r\n\r\n".encode()
        )
        await asyncio.wait_for(self.upgraded, 20)
        self._write(f'{{"op":"resume","groups":{{"{self.group_id}":{2**53}}}}}'.encode())
        await asyncio.wait_for(self.following, 60)

    def data_received(self, data: bytes) -> None:
        data = self.buffer + data
        if self.upgraded is not None and not self.upgraded.done():
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self.buffer = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.upgraded.set_exception(RuntimeError(head.decode()))
                return
            self.upgraded.set_result(None)
        position = 0
        while (frame := _frame(data, position)) is not None:
            start, position = frame
            self._hear(data[start:position])
        self.buffer = data[position:]

    def _hear(self, frame: bytes) -> None:
        self.delivered += frame.count(b'"kind":"application"')
        if (
            not self.following.done() and b'"op":"entries"' in frame
        ):  # it has been let in, and hears from now on
            self.following.set_result(None)
        if self.waiting and b'"op":"sent"' in frame:
            for key in SENT.findall(frame):
                if key in self.waiting:
                    self.waiting.pop(key).set_result(None)
        if REFUSED in frame:
            raise RuntimeError(frame.decode())
        if self.arrived is not None:
            for key in ENTRY_ID.findall(frame):
                if int(key[:8], 16) == 0:  # a probe's number stands in the end of its id
                    self.arrived(int(key[-12:], 16))

    def _write(self, text: bytes) -> None:
        length = len(text)
        header = b"\x81" + (bytes([0x80 | length]) if length < 126 else b"\xfe" + length.to_bytes(2))
        self.transport.write(header + b"\0\0\0\0" + text)

    async def send(self, *, probe: int | None = None) -> None:
        text = secrets.token_hex(16)
        key = f"{'00000000' if probe is not None else 'f' + text[1:8]}-{text[8:12]}-7{text[13:16]}-8{text[17:20]}-"
        key += f"{probe:012x}" if probe is not None else text[20:]
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[key.encode()] = future
        self._write(
            f'{{"op":"send","group":"{self.group_id}","id":"{key}","epoch":0,"body":"{self.envelope}"}}'.encode()
        )
        await future

    def listen(self, arrived: Arrived) -> None:
        self.arrived = arrived

    async def close(self) -> None:
        self.transport.close()


def _frame(data: bytes, position: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `position` begins and ends; None when it is not whole."""
    if len(data) < position + 2:
        return None
    length, start = data[position + 1] & 0x7F, position + 2
    if length == 126:
        length, start = int.from_bytes(data[start : start + 2]), start + 2
    elif length == 127:
        length, start = int.from_bytes(data[start : start + 8]), start + 8
    return (start, start + length) if len(data) >= start + length and start <= len(data) else None


def _envelope(group_id: str) -> str:
    """A PrivateMessage (RFC 9420 section 6.3) of about 1 kB in epoch 0, in base64."""
    ciphertext = os.urandom(BODY_CHARACTERS * 3 // 4)
    group = bytes.fromhex(group_id.replace("-", ""))
    message = b"\0\1\0\2" + _vector(group) + (0).to_bytes(8) + b"\1" + _vector(b"") + _vector(os.urandom(28))
    return base64.b64encode(message + _vector(ciphertext)).decode()


def _vector(content: bytes) -> bytes:
    """Variable-size vector header (RFC 9420 section 2.1.2)."""
    length = len(content)
    return (bytes([length]) if length < 64 else (0x4000 | length).to_bytes(2)) + content
