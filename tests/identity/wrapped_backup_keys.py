"""A key of the history backup, sealed for a new device, as another implementation makes it, for the browser's tests.

`python -m tests.identity.wrapped_backup_keys` writes `web/tests/vectors/wrapped-backup-key.json`; a test holds that it is
current. Signatures are those of RFC 6979, so that they are the same each time."""

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from identity import pki

FILE = Path(__file__).parents[2] / "web" / "tests" / "vectors" / "wrapped-backup-key.json"
LABEL = b"medicus-wrapped-backup-key/1\n"


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half, uncompressed (SEC 1)."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def wrap(
    backup_key: bytes,
    *,
    context: bytes,
    agreement_key: bytes,
    ephemeral: ec.EllipticCurvePrivateKey,
    identity: ec.EllipticCurvePrivateKey,
    nonce: bytes,
) -> bytes:
    head = context + point(ephemeral) + agreement_key
    receiver = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), agreement_key)
    key = HKDF(SHA256(), 32, salt=None, info=head).derive(ephemeral.exchange(ec.ECDH(), receiver))
    sealed = AESGCM(key).encrypt(nonce, backup_key, head)
    signature = identity.sign(head + nonce + sealed, ec.ECDSA(SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(signature)
    return point(ephemeral) + nonce + sealed + r.to_bytes(32) + s.to_bytes(32)


def vector(name: str) -> dict[str, Any]:
    person, organisation, join = (
        uuid.UUID(bytes=_random(name, part)[:16]) for part in ("person", "organisation", "join")
    )
    receiver, ephemeral, identity = (_key(name, part) for part in ("receiver", "ephemeral", "identity"))
    fingerprint, backup_key, nonce = (_random(name, part) for part in ("fingerprint", "backup", "nonce"))
    ids = person.bytes + organisation.bytes + join.bytes
    context = LABEL + ids + fingerprint + pki.fingerprint(identity.public_key())
    wrapped = wrap(
        backup_key,
        context=context,
        agreement_key=point(receiver),
        ephemeral=ephemeral,
        identity=identity,
        nonce=nonce[:12],
    )
    return {
        "name": name,
        "personId": str(person),
        "organisationId": str(organisation),
        "joinId": str(join),
        "fingerprint": fingerprint.hex(),
        "receiver": _pkcs8(receiver),
        "agreementKey": point(receiver).hex(),
        "ephemeral": _pkcs8(ephemeral),
        "identityKey": _pkcs8(identity),
        "identityPublicKey": pki.spki(identity.public_key()).hex(),
        "nonce": nonce[:12].hex(),
        "backupKey": backup_key.hex(),
        "wrapped": wrapped.hex(),
    }


def _key(name: str, part: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_random(name, part)[:31]), ec.SECP256R1())


def _pkcs8(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()).hex()


def _random(name: str, part: str) -> bytes:
    """Bytes that are the same each time."""
    return hashlib.sha256(f"{name} {part}".encode()).digest()


def text() -> str:
    return json.dumps([vector(name) for name in ("alice", "bob")], indent="\t") + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
