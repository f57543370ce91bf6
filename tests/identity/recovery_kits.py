"""A recovery kit as another implementation makes it, for the browser's tests.

`python -m tests.identity.recovery_kits` writes `web/tests/vectors/recovery-kit.json`; a test holds that it is current."""

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FILE = Path(__file__).parents[2] / "web" / "tests" / "vectors" / "recovery-kit.json"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 13
INFO = (b"medicus-recovery-kit/1\n", b"medicus-recovery-kit/2\n")


def code(secret: bytes) -> str:
    number = int.from_bytes(secret) << 4
    values = [number >> 5 * place & 31 for place in reversed(range(GROUPS * 4))]
    groups = [values[at * 4 : at * 4 + 4] for at in range(GROUPS)]
    whole = [[*group, _check(group, at)] for at, group in enumerate(groups)]
    return "-".join("".join(ALPHABET[value] for value in group) for group in whole)


def _check(group: list[int], at: int) -> int:
    return (sum(value * weight for value, weight in zip(group, (1, 3, 5, 7), strict=True)) + 11 * at) % 32


def vector(name: str) -> dict[str, Any]:
    secret, owner = _random(name, "secret"), _random(name, "owner")
    person, organisation = uuid.UUID(bytes=owner[:16]), uuid.UUID(bytes=owner[16:])
    fingerprint, nonce = _random(name, "fingerprint"), _random(name, "nonce")[:12]
    identity_key = _random(name, "key") * 4
    backup_key = _random(name, "backup")
    place = person.bytes + organisation.bytes
    keys = [HKDF(SHA256(), 32, salt=None, info=info + place).derive(secret) for info in INFO]
    return {
        "name": name,
        "secret": secret.hex(),
        "code": code(secret),
        "personId": str(person),
        "organisationId": str(organisation),
        "fingerprint": fingerprint.hex(),
        "identityKey": identity_key.hex(),
        "backupKey": backup_key.hex(),
        "blob": (nonce + AESGCM(keys[1]).encrypt(nonce, backup_key + identity_key, fingerprint)).hex(),
        "first": (nonce + AESGCM(keys[0]).encrypt(nonce, identity_key, fingerprint)).hex(),
    }


def _random(name: str, part: str) -> bytes:
    """Bytes that are the same each time."""
    return (
        bytes(32)
        if part == "secret" and name == "zeros"
        else hashlib.sha256(f"{name} {part}".encode()).digest()
    )


def text() -> str:
    return json.dumps([vector(name) for name in ("zeros", "alice", "bob")], indent="\t") + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
