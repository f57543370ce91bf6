"""`python -m audit.witness`, or `manage.py witness`: run a witness. Needs Python and `cryptography` only."""

import logging
import os
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import BadNote, Verifier, parse_vkey
from audit.cosignature import Cosigner
from audit.witness.judging import Witness
from audit.witness.server import server
from audit.witness.store import Store
from medicus.lib.keyfiles import load_or_create

SEED_BYTES = 32


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="of this witness, e.g. witness.hospital-b.example/w1")
    parser.add_argument("--folder", type=Path, required=True, help="keeps its key and what it has seen")
    parser.add_argument(
        "--log", type=_key, action="append", required=True, help="public key (vkey) of a log; may be repeated"
    )
    parser.add_argument("--listen", type=_address, default=("127.0.0.1", 8765), help="host:port")


def run(options: Namespace) -> None:
    """Serve until the process is ended. It may be ended at any moment, also by kill -9."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed = load_or_create(options.folder / "witness.key", lambda: os.urandom(SEED_BYTES), may_create=True)
    cosigner = Cosigner(options.name, Ed25519PrivateKey.from_private_bytes(seed))
    logs = {log.name: log for log in options.log}
    store = Store(options.folder / "seen.sqlite3")
    witness = Witness(cosigner, logs, store, seconds=lambda: int(time.time()))
    with server(witness, *options.listen) as http:
        logging.getLogger("medicus.witness").info(
            "%s witnesses %s", cosigner.verifier.vkey(), ", ".join(logs)
        )
        http.serve_forever()


def _key(text: str) -> Verifier:
    try:
        return parse_vkey(text)
    except BadNote as bad:
        raise ArgumentTypeError(str(bad)) from bad


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise ArgumentTypeError(f"{text} is not host:port")
    return host.strip("[]"), int(port)


if __name__ == "__main__":
    arguments = ArgumentParser(prog="python -m audit.witness", description=__doc__)
    configure(arguments)
    run(arguments.parse_args())
