"""A small HTTP/1.1 client on asyncio streams: the load generator must cost less than the servers it loads."""

import asyncio
import json
from typing import Any


class Connection:
    """One keep-alive connection; one request at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lock = asyncio.Lock()
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: Any = None, headers: str = "") -> tuple[int, bytes]:
        """Return status and body. `body`: bytes as they are, else JSON. `headers`: ready lines with CRLF."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        async with self.lock:
            if self.streams is None:
                self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**26)
            reader, writer = self.streams
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(content)}\r\n{headers}\r\n"
            )
            writer.write(head.encode() + content)
            return await self._answer(reader)

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        status = int(head[0].split()[1])
        fields = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        if fields.get("transfer-encoding") == "chunked":
            body = b""
            while size := int((await reader.readline()).strip(), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        else:
            body = await reader.readexactly(int(fields.get("content-length", 0)))
        if fields.get("connection") == "close":
            await self.close()
        return status, body

    async def json(self, method: str, path: str, body: Any = None, headers: str = "") -> Any:
        status, answer = await self.request(method, path, body, headers)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer[:300]!r}")
        return json.loads(answer)

    async def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None
