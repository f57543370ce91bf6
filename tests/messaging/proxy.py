"""A proxy in front of the database that can misbehave as networks do: refuse, hang, cut an answer off."""

import asyncio
from contextlib import suppress
from typing import Self


class Proxy:
    """`refuse`: hang up on new connections; `hang`: carry nothing; `cut_after`: so many answers pass, then
    the next one is taken from the server and the client is hung up on."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self.refuse = self.hang = False
        self.cut_after: int | None = None
        self.connections = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def cut(self) -> None:
        """Hang up on everybody, without a farewell."""
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        self.connections += 1
        if self.refuse:
            writer.transport.abort()
            return
        server_reader, server_writer = await asyncio.open_connection(*self._target)
        self._open |= {writer, server_writer}
        asks = asyncio.create_task(self._carry(reader, server_writer))
        with suppress(ConnectionError, OSError):
            await self._answer(server_reader, writer)
        asks.cancel()
        for one in (writer, server_writer):
            one.transport.abort()
            self._open.discard(one)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, OSError):
            while content := await reader.read(65_536):
                if not self.hang:
                    writer.write(content)
        writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while content := await reader.read(65_536):
            if self.cut_after == 0:
                self.cut_after = None
                return
            if self.cut_after is not None:
                self.cut_after -= 1
            if not self.hang:
                writer.write(content)
