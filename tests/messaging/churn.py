"""A random walk through one group with three implementations of MLS: core-crypto and ts-mls in a page of Chromium
(web/tests/churn), OpenMLS in this process."""

import base64
import functools
import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gbp_stack import MlsContext
from playwright.sync_api import Page, sync_playwright

from tests.messaging.openmls_state import Epoch, epoch_of, exporter, roster, speaking_in_public

WEB = Path(__file__).resolve().parents[2] / "web"
CHROMIUM = "/usr/bin/chromium"


class OpenMls:
    """One member. Its methods are called from the page; bytes travel as base64."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.mls = MlsContext.create(identity)
        self.epoch: Epoch | None = None
        self.generation = 0

    def key_package(self) -> str:
        return _base64(self.mls.export_key_package())

    def join(self, welcome: str) -> None:
        self.mls.accept_welcome(base64.b64decode(welcome))
        self.mls = speaking_in_public(self.mls, self.identity)
        self._remember()

    def add(self, key_package: str) -> list[str]:
        commit, welcome = self.mls.invite_full(base64.b64decode(key_package))
        return [_base64(commit), _base64(welcome)]

    def remove(self, leaf: int) -> list[str]:
        return [_base64(self.mls.remove_member(leaf)), ""]

    def settle(self, first: bool) -> None:  # noqa: FBT001 - called from the page, by place
        if first:
            self.mls.finalize_commit()
            self._remember()
        else:
            self.mls.clear_pending_commit()

    def encrypt(self, text: str) -> str:
        assert self.epoch
        body = self.epoch.encrypt(text.encode(), self.generation)
        self.generation += 1
        return _base64(body)

    def read(self, body: str) -> str | None:
        message = base64.b64decode(body)
        handshake = message[2:4] == b"\x00\x01"
        if not handshake:
            assert self.epoch
            text = self.epoch.decrypt(message).decode()
            assert self.mls.process_message(message) == "application"
            return text
        assert self.mls.process_message(message) == "commit"
        self.mls.finalize_commit()
        self._remember()
        return None

    def view(self, label: str, size: int) -> dict[str, Any]:
        secret = exporter(self.mls, label.encode(), size)
        return {"epoch": self.mls.epoch, "roster": roster(self.mls), "exporter": secret.hex()}

    def _remember(self) -> None:
        self.epoch = epoch_of(self.mls)
        self.generation = 0


class Members:
    """The OpenMLS members of a walk, as the page finds them."""

    def __init__(self) -> None:
        self.known: dict[str, OpenMls] = {}

    def call(self, identity: str, method: str, *arguments: Any) -> Any:
        if method == "enter":
            self.known[identity] = OpenMls(identity)
            return None
        return getattr(self.known[identity], method)(*arguments)


@contextmanager
def page_of_walks(folder: Path) -> Iterator[Page]:
    """Build the page, serve it on loopback, open it."""
    subprocess.run(["node", "tests/churn/build.mjs", str(folder)], cwd=WEB, check=True, capture_output=True)
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page()
            page.set_default_timeout(60_000)
            page.expose_function("openmls", Members().call)
            page.goto(f"http://localhost:{server.server_address[1]}/")
            page.wait_for_function("'walk' in window")
            yield page
            browser.close()
    finally:
        server.shutdown()
        server.server_close()


def walk(page: Page, seed: int, steps: int) -> dict[str, Any]:
    """Raises: playwright's Error with what the members disagree on."""
    told: dict[str, Any] = page.evaluate("([seed, steps]) => walk(seed, steps)", [seed, steps])
    return told


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
