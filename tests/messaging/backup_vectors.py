"""A history backup as another implementation seals it, for the browser's tests.

`python -m tests.messaging.backup_vectors` writes `web/tests/vectors/history-backup.json`; a test holds that it is
current."""

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FILE = Path(__file__).parents[2] / "web" / "tests" / "vectors" / "history-backup.json"
BLOCK_BYTES = 4096
CONTENTS = {
    "manifest": {"slots": [], "savedAt": "2026-11-23T01:00:00.000Z"},
    "short": [["a", {"text": "Kalium 6,1 – bitte kontrollieren"}]],
    "full block": [["b", {"text": "x" * (BLOCK_BYTES - 4 - len('[["b",{"text":""}]]'))}]],
    "two blocks": [["c", {"text": "x" * BLOCK_BYTES}]],
}


def vector(name: str, content: Any) -> dict[str, Any]:
    person, organisation, backup, piece = (
        uuid.UUID(bytes=_random(name, part)[:16]) for part in ("person", "organisation", "backup", "piece")
    )
    backup_key, nonce = _random(name, "key"), _random(name, "nonce")[:12]
    generation = 1 + int.from_bytes(_random(name, "generation")[:3])
    owner = person.bytes + organisation.bytes
    head = b"medicus-history-backup/1\n" + owner + backup.bytes
    piece_id = None if name == "manifest" else str(piece)
    place = head + generation.to_bytes(4) + (piece.bytes if piece_id else bytes(16))
    plain = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    padded = len(plain).to_bytes(4) + plain
    padded += bytes(-len(padded) % BLOCK_BYTES)
    return {
        "name": name,
        "personId": str(person),
        "organisationId": str(organisation),
        "backupId": str(backup),
        "pieceId": piece_id,
        "generation": generation,
        "backupKey": backup_key.hex(),
        "keyName": HKDF(SHA256(), 16, salt=None, info=b"medicus-history-backup-name/1\n" + owner)
        .derive(backup_key)
        .hex(),
        "content": content,
        "piece": (
            nonce
            + AESGCM(HKDF(SHA256(), 32, salt=None, info=head).derive(backup_key)).encrypt(
                nonce, padded, place
            )
        ).hex(),
    }


def _random(name: str, part: str) -> bytes:
    """Bytes that are the same each time."""
    return hashlib.sha256(f"{name} {part}".encode()).digest()


def text() -> str:
    vectors = [vector(name, content) for name, content in CONTENTS.items()]
    return json.dumps(vectors, indent="\t", ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
