"""The witness's HTTP: `POST /add-checkpoint`, and `GET /` for its public key."""

import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from audit.witness.judging import Refused, Witness

log = logging.getLogger("medicus.witness")

MOST_BYTES = 64 * 1024
IDLE_SECONDS = 10
SIZE, TEXT = "text/x.tlog.size", "text/plain; charset=utf-8"


def server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server that is bound and waits for `serve_forever`."""

    class Handler(_Handler):
        judge = witness

    return ThreadingHTTPServer((host, port), Handler)


class _Handler(BaseHTTPRequestHandler):
    judge: Witness
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        if self.path == "/":
            self._answer(HTTPStatus.OK, f"{self.judge.cosigner.verifier.vkey()}\n")
        else:
            self._answer(HTTPStatus.NOT_FOUND, "not found\n")

    def do_POST(self) -> None:
        if self.path != "/add-checkpoint":
            self._end(HTTPStatus.NOT_FOUND, "not found\n")
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self._end(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large, or of unknown length\n")
            return
        try:
            self._answer(HTTPStatus.OK, self.judge.add_checkpoint(self.rfile.read(int(length))))
        except Refused as refused:
            self._refuse(refused)

    def _refuse(self, refused: Refused) -> None:
        log.warning("refused: %s", refused)
        if refused.size is None:
            self._answer(refused.status, f"{refused}\n")
        else:
            self._answer(refused.status, f"{refused.size}\n", SIZE)

    def _end(self, status: HTTPStatus, text: str) -> None:
        """Answer without having read the request: the connection cannot go on."""
        self.close_connection = True
        self._answer(status, text)

    def _answer(self, status: HTTPStatus, text: str, content_type: str = TEXT) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 (the name of the base class)
        log.info(format, *arguments)
