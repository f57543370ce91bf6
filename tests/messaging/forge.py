"""MLS bytes made by hand (RFC 9420), rightly signed where the server looks: for rules and refusals, where it
does not matter that no group stands behind them. Real groups are in `openmls`."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from messaging.envelope.leaves import key_package_reference
from messaging.envelope.tls import opaque

MLS10 = (1).to_bytes(2)
DAY = 86_400


def vector(*items: bytes) -> bytes:
    return opaque(b"".join(items))


def sign(key: Ed25519PrivateKey, label: bytes, content: bytes) -> bytes:
    return key.sign(opaque(b"MLS 1.0 " + label) + opaque(content))


@dataclass
class Leaf:
    """Who signs: a device's MLS key and its credential."""

    key: Ed25519PrivateKey
    identity: str

    def node(
        self,
        source: bytes,
        *,
        place: bytes = b"",
        encryption_key: bytes | None = None,
        credential: bytes | None = None,
    ) -> bytes:
        content = b"".join(
            (
                opaque(encryption_key or os.urandom(32)),
                opaque(self.key.public_key().public_bytes_raw()),
                credential or (1).to_bytes(2) + opaque(self.identity.encode()),
                vector(MLS10),
                vector((1).to_bytes(2)),
                vector(),
                vector(),
                vector((1).to_bytes(2)),
                source,
                vector(),
            )
        )
        return content + opaque(sign(self.key, b"LeafNodeTBS", content + place))


def key_package(
    leaf: Leaf,
    *,
    begins: float | None = None,
    days: float = 28,
    version: bytes = MLS10,
    suite: int = 1,
    init_key: bytes | None = None,
    **node: bytes,
) -> bytes:
    begins = time.time() - 3600 if begins is None else begins
    lifetime = int(begins).to_bytes(8) + int(begins + days * DAY).to_bytes(8)
    content = b"".join(
        (
            version,
            suite.to_bytes(2),
            opaque(init_key or os.urandom(32)),
            leaf.node(b"\x01" + lifetime, **node),
            vector(),
        )
    )
    return content + opaque(sign(leaf.key, b"KeyPackageTBS", content))


def add(package: bytes) -> bytes:
    return b"\x01" + (1).to_bytes(2) + package


def remove(leaf_index: int) -> bytes:
    return b"\x01" + (3).to_bytes(2) + leaf_index.to_bytes(4)


def commit(
    group_id: UUID,
    epoch: int,
    sender_leaf: int,
    proposals: Sequence[bytes] = (),
    *,
    path_by: Leaf | None = None,
    **changes: bytes,
) -> bytes:
    """A commit as PublicMessage. changes: `version`, `wire_format`, `sender`, `content_type`, `path`."""
    path = b"\x00"
    if path_by is not None:
        place = opaque(group_id.bytes) + sender_leaf.to_bytes(4)
        node = path_by.node(b"\x03" + opaque(os.urandom(32)), place=place)
        step = opaque(os.urandom(32)) + vector(opaque(os.urandom(32)) + opaque(os.urandom(48)))
        path = b"\x01" + node + vector(step)
    return b"".join(
        (
            changes.get("version", MLS10),
            changes.get("wire_format", (1).to_bytes(2)),
            opaque(group_id.bytes),
            epoch.to_bytes(8),
            changes.get("sender", b"\x01" + sender_leaf.to_bytes(4)),
            opaque(b""),
            changes.get("content_type", b"\x03"),
            vector(*proposals),
            changes.get("path", path),
            opaque(os.urandom(64)),
            opaque(os.urandom(32)),
            opaque(os.urandom(32)),
        )
    )


def welcome(packages: Sequence[bytes], *, suite: int = 1) -> bytes:
    secrets = [
        opaque(key_package_reference(package)) + opaque(os.urandom(32)) + opaque(os.urandom(80))
        for package in packages
    ]
    return MLS10 + (3).to_bytes(2) + suite.to_bytes(2) + vector(*secrets) + opaque(os.urandom(300))


def application(group_id: UUID, epoch: int, size_bytes: int = 200, **changes: bytes) -> bytes:
    """An application message as PrivateMessage, its ciphertext random."""
    return b"".join(
        (
            changes.get("version", MLS10),
            changes.get("wire_format", (2).to_bytes(2)),
            opaque(group_id.bytes),
            epoch.to_bytes(8),
            changes.get("content_type", b"\x01"),
            opaque(b""),
            opaque(os.urandom(28)),
            opaque(os.urandom(size_bytes)),
        )
    )
