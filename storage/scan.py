"""Ask clamd whether a file is known malware (clamd(8), command INSTREAM).

Fails closed: with a scanner configured and away, nothing is ever taken for clean. Without one configured, the
answer is "off", and the pages say that the finding was not scanned.
"""

import socket
import struct
from collections.abc import Iterable

from django.conf import settings

from storage.dicom.reasons import Reason, Refused
from storage.states import MalwareScan

CONNECT_SECONDS = 3
ANSWER_SECONDS = 60
CHUNK_BYTES = 256 * 1024
NOT_TO_THE_END = "Heuristics.Limits.Exceeded"
"""With `AlertExceedsMax yes` clamd finds this in a file that exceeds a limit of its own; without, it says OK."""


class ScannerAway(Exception):  # noqa: N818 - the machine's fault, not the file's
    """clamd does not answer, or could not finish: nothing is known about the file; try again."""


class Infected(Exception):  # noqa: N818 - an answer, not an accident
    """clamd found something; `signature` is its name."""

    def __init__(self, signature: str) -> None:
        super().__init__(signature)
        self.signature = signature


def scan(chunks: Iterable[bytes]) -> MalwareScan:
    """Send the file to the scanner of `CLAMD_ADDRESS` ("host:port" or "unix:/path"; empty: no scanner).

    Raises:
        Infected, ScannerAway.
        Refused: the file is too large, or takes too long, to be scanned to its end.
    """
    if not settings.CLAMD_ADDRESS:
        return MalwareScan.OFF
    try:
        with _connect(settings.CLAMD_ADDRESS) as connection:
            answer = _ask(connection, chunks)
    except OSError as error:
        raise ScannerAway from error
    return _verdict(answer)


def _connect(address: str) -> socket.socket:
    if not address.startswith("unix:"):
        host, _colon, port = address.rpartition(":")
        connection = socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS)
    else:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(address.removeprefix("unix:"))
        except OSError:
            connection.close()
            raise
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _ask(connection: socket.socket, chunks: Iterable[bytes]) -> str:
    connection.sendall(b"zINSTREAM\0")
    for chunk in chunks:
        for start in range(0, len(chunk), CHUNK_BYTES):
            piece = chunk[start : start + CHUNK_BYTES]
            connection.sendall(struct.pack("!L", len(piece)) + piece)
    connection.sendall(struct.pack("!L", 0))
    answer = b""
    while not answer.endswith(b"\0") and (more := connection.recv(4096)):
        answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def _verdict(answer: str) -> MalwareScan:
    """`stream: OK`, `stream: <name> FOUND`, or an error such as `INSTREAM size limit exceeded. ERROR`."""
    result = answer.removeprefix("stream: ")
    if result == "OK":
        return MalwareScan.PASSED
    if result.endswith(" FOUND"):
        if result.startswith(NOT_TO_THE_END):
            raise Refused(Reason.TOO_EXPENSIVE)
        raise Infected(result.removesuffix(" FOUND"))
    raise ScannerAway(result[:100])
