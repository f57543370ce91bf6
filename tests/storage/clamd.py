"""A small clamd: speaks INSTREAM as clamd(8) has it, over TCP, and answers what the test wants."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = f"Own.Eicar:0:*:{EICAR.hex()}\n"
"""For the real clamd: EICAR anywhere in a file."""


class Scanner(socketserver.ThreadingTCPServer):
    """answer: what it says of clean files; None: nothing, ever. asked: somebody has sent a file."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer: bytes | None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.answer = answer
        self.asked = threading.Event()
        self.closing = threading.Event()
        self.files: list[bytes] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Session(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.files.append(content)
        self.server.asked.set()
        if self.server.answer is None:
            self.server.closing.wait()
            return
        found = EICAR in content
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if found else self.server.answer)


@contextmanager
def scanner(answer: bytes | None = b"stream: OK\0") -> Iterator[Scanner]:
    """A running scanner."""
    with Scanner(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
