"""What the browser must prove and refuse of the log: written to `web/tests/vectors/key-log.json`, read by its tests.

`python -m tests.audit.browser_vectors` writes the file anew; a test holds that it is what this code makes."""

import base64
import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import Signer, TreeHead
from audit.entries import canonical_bytes, commitment
from audit.merkle import Tree, grow, leaf_hash

FILE = Path(__file__).parents[2] / "web" / "tests" / "vectors" / "key-log.json"
SIGNER = Signer("medicus.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
SIZES = (1, 2, 3, 7, 8, 13, 256, 300)
PERSON = uuid.UUID("0197f0a0-0000-7000-8000-00000000000a")


def tree_of(size: int) -> Tree:
    """The tree over the texts "0", "1", … ."""
    tiles = grow(0, [leaf_hash(str(number).encode()) for number in range(size)], lambda *_: b"")
    return Tree(size, lambda level, number: tiles[level, number])


def vectors() -> dict[str, Any]:
    trees = {size: tree_of(size) for size in SIZES}
    return {
        "roots": {str(size): _b64(tree.root()) for size, tree in trees.items()},
        "inclusion": [
            {"index": index, "size": size, "path": _words(tree.inclusion_proof(index))}
            for size, tree in trees.items()
            for index in sorted({0, size // 3, size // 2, size - 1})
        ],
        "consistency": [
            {"old": old, "size": size, "proof": _words(tree.consistency_proof(old))}
            for size, tree in trees.items()
            for old in SIZES
            if old <= size
        ],
        "checkpoint": {
            "public_key": SIGNER.verifier.vkey(),
            "size": 300,
            "note": SIGNER.sign(TreeHead(SIGNER.name, 300, trees[300].root()).text()),
        },
        "event": _event(),
    }


def _event() -> dict[str, Any]:
    salt = bytes(range(16))
    body = {
        "actor": {"organisation_id": None, "person": commitment(salt, PERSON), "roles": ["clinician"]},
        "at": "2026-03-01T08:15:00.123Z",
        "details": {"certificate": hashlib.sha256(b"certificate").hexdigest()},
        "event": "device:register",
        "event_id": "0197f0a0-0000-7000-8000-00000000000e",
        "organisation_id": None,
        "patient": None,
        "purpose": "",
        "subject": "device/0197f0a0-0000-7000-8000-00000000000d",
        "v": 1,
    }
    people = {"actor": {"person_id": str(PERSON), "salt": _b64(salt)}}
    return {"canonical": _b64(canonical_bytes(body)), "people": people, "person_id": str(PERSON)}


def _words(steps: list[bytes]) -> str:
    return " ".join(map(_b64, steps))


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def text() -> str:
    return json.dumps(vectors(), indent="\t") + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
