"""A witness as a process of its own, and a log in memory that tries to deceive it."""

import http.client
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from audit.checkpoint import COSIGNATURE, Signer, TreeHead, Verifier, b64, parse_vkey
from audit.merkle import Tree, grow, leaf_hash
from medicus.lib.keyfiles import load_or_create
from tests.services import Service, free_port

NAME = "witness.hospital-b.example/w1"
ENDS_BEFORE_IT_SIGNS = """
import os, runpy, signal
from audit.cosignature import Cosigner
Cosigner.cosign = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
runpy.run_module("audit.witness", run_name="__main__")
"""


@dataclass
class Log:
    """A log of the leaves 0, 1, 2 …; a `fork` differs from some leaf on."""

    signer: Signer = field(
        default_factory=lambda: Signer("log.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    )
    fork_from: int = 1 << 30

    def tree(self, size: int) -> Tree:
        leaves = [
            leaf_hash(f"{number}{'forked' * (number >= self.fork_from)}".encode()) for number in range(size)
        ]
        tiles = grow(0, leaves, lambda _level, _number: b"")
        return Tree(size, lambda level, number: tiles[level, number])

    def note(self, size: int) -> str:
        return self.signer.sign(TreeHead(self.signer.name, size, self.tree(size).root()).text())

    def request(self, old_size: int, size: int, proof: Sequence[bytes] | None = None) -> bytes:
        if proof is None:
            proof = self.tree(size).consistency_proof(old_size) if 0 < old_size <= size else []
        return "\n".join([f"old {old_size}", *map(b64, proof), "", self.note(size)]).encode()


@dataclass
class WitnessProcess:
    service: Service
    key: Verifier

    def show(self, body: bytes) -> tuple[int, str, str]:
        """Post a checkpoint: status, content type, body."""
        return self.ask("POST", "/add-checkpoint", body)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=10)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
        finally:
            connection.close()

    @property
    def setting(self) -> str:
        return f"{self.key.vkey()} {self.service.url}"


def start(folder: Path, *logs: Verifier, start_by: Sequence[str] = ("-m", "audit.witness")) -> WitnessProcess:
    """Start a witness of `logs` in `folder`; the same folder again is the same witness."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    known = [word for log in logs for word in ("--log", log.vkey())]
    command = [
        sys.executable, *start_by, "--name", NAME, "--folder", str(folder), "--listen", f"127.0.0.1:{port}", *known
    ]  # fmt: skip
    service = Service(command, port, f"http://127.0.0.1:{port}", folder, environment=ENVIRONMENT)
    service.start()
    return WitnessProcess(service, _key(folder))


ENVIRONMENT = {"PYTHONPATH": str(settings.BASE_DIR)}


def _key(folder: Path) -> Verifier:
    seed = load_or_create(folder / "witness.key", bytes, may_create=False)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return parse_vkey(Verifier(NAME, public, COSIGNATURE).vkey(), COSIGNATURE)


def gone(process: subprocess.Popen[bytes]) -> int:
    return process.wait(timeout=10)


def at_once(*acts: threading.Thread) -> None:
    for act in acts:
        act.start()
    for act in acts:
        act.join()
