"""What gbp-stack keeps to itself of OpenMLS, read from its exported state.

gbp-stack offers neither commits as PublicMessage nor application messages as PrivateMessage. Its exported
state has both within reach: the wire-format policy is a word in it, and the secrets of the epoch let this
module write and read PrivateMessages (RFC 9420 sections 6.3 and 9). What it writes is checked by OpenMLS:
`process_message` decrypts and verifies it, or refuses.
"""

import hashlib
import json
import os
import struct
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from gbp_stack import MlsContext

from messaging.envelope.tls import Reader, opaque
from tests.messaging.forge import sign

APPLICATION = b"\x01"
CIPHERTEXT_POLICY, PLAINTEXT_POLICY = b'"AlwaysCiphertext"', b'"AlwaysPlaintext" '


def expand(secret: bytes, label: bytes, context: bytes, size_bytes: int) -> bytes:
    """`ExpandWithLabel`, section 8."""
    info = size_bytes.to_bytes(2) + opaque(b"MLS 1.0 " + label) + opaque(context)
    return HKDFExpand(hashes.SHA256(), size_bytes, info).derive(secret)


@dataclass
class Epoch:
    """The secrets of one epoch, as they were when it began."""

    group_id: bytes
    number: int
    context: bytes
    sender_data_secret: bytes
    tree: dict[str, Any]
    own_leaf: int
    signature_key: Ed25519PrivateKey

    def encrypt(self, text: bytes, generation: int) -> bytes:
        """An application message of this member as MLSMessage with a PrivateMessage."""
        framed = self._framed(text)
        signature = sign(self.signature_key, b"FramedContentTBS", b"\x00\x01\x00\x02" + framed + self.context)
        key, nonce = self._key(self.own_leaf, generation)
        guard = os.urandom(4)
        content = opaque(text) + opaque(signature)
        ciphertext = AESGCM(key).encrypt(_guarded(nonce, guard), content, self._aad() + opaque(b""))
        key, nonce = self._sender_data_key(ciphertext)
        sender = struct.pack(">II", self.own_leaf, generation) + guard
        sender_data = AESGCM(key).encrypt(nonce, sender, self._aad())
        head = b"\x00\x01\x00\x02" + opaque(self.group_id) + self.number.to_bytes(8) + APPLICATION
        return head + opaque(b"") + opaque(sender_data) + opaque(ciphertext)

    def decrypt(self, message: bytes) -> bytes:
        reader = Reader(message)
        reader.take(4)
        assert (reader.opaque(), reader.number(8)) == (self.group_id, self.number)
        reader.take(1)
        reader.opaque()
        sender_data, ciphertext = reader.opaque(), reader.opaque()
        key, nonce = self._sender_data_key(ciphertext)
        sender = AESGCM(key).decrypt(nonce, sender_data, self._aad())
        leaf_index, generation = struct.unpack(">II", sender[:8])
        key, nonce = self._key(leaf_index, generation)
        content = AESGCM(key).decrypt(_guarded(nonce, sender[8:]), ciphertext, self._aad() + opaque(b""))
        return Reader(content).opaque()

    def _framed(self, text: bytes) -> bytes:
        sender = b"\x01" + self.own_leaf.to_bytes(4)
        return (
            opaque(self.group_id)
            + self.number.to_bytes(8)
            + sender
            + opaque(b"")
            + APPLICATION
            + opaque(text)
        )

    def _aad(self) -> bytes:
        return opaque(self.group_id) + self.number.to_bytes(8) + APPLICATION

    def _sender_data_key(self, ciphertext: bytes) -> tuple[bytes, bytes]:
        secret, sample = self.sender_data_secret, ciphertext[:32]
        return expand(secret, b"key", sample, 16), expand(secret, b"nonce", sample, 12)

    def _key(self, leaf_index: int, generation: int) -> tuple[bytes, bytes]:
        """Key and nonce of one message, by the ratchet of its sender: section 9.1."""
        secret = expand(self._leaf_secret(leaf_index), b"application", b"", 32)
        for passed in range(generation):
            secret = expand(secret, b"secret", passed.to_bytes(4), 32)
        at = generation.to_bytes(4)
        return expand(secret, b"key", at, 16), expand(secret, b"nonce", at, 12)

    def _leaf_secret(self, leaf_index: int) -> bytes:
        """Down the secret tree from the nearest node that still has its secret: section 9."""
        at, width = 2 * leaf_index, 1
        way: list[bytes] = []
        while (secret := self._node_secret(at)) is None:
            up = (at & ~(2 * width)) | width
            way.append(b"left" if at < up else b"right")
            at, width = up, width * 2
        for side in reversed(way):
            secret = expand(secret, b"tree", side, 32)
        return secret

    def _node_secret(self, at: int) -> bytes | None:
        nodes = self.tree["parent_nodes"] if at % 2 else self.tree["leaf_nodes"]
        node = nodes[at // 2] if at // 2 < len(nodes) else None
        return _bytes(node["secret"]) if node else None


def speaking_in_public(mls: MlsContext, identity: str) -> MlsContext:
    """The same state, whose handshakes are PublicMessages from now on."""
    state = mls.export_state()
    assert CIPHERTEXT_POLICY in state
    return MlsContext.restore_state(state.replace(CIPHERTEXT_POLICY, PLAINTEXT_POLICY), identity)


def epoch_of(mls: MlsContext) -> Epoch:
    """The secrets of the epoch that has just begun."""
    stored = _stored(mls.export_state())
    group_id = mls.group_id
    secrets = _of_group(stored, "MessageSecrets", group_id)["message_secrets"]
    (keys,) = [value for name, value in stored.items() if name.startswith("SignatureKeyPair")]
    return Epoch(
        group_id=group_id,
        number=mls.epoch,
        context=bytes(secrets["serialized_context"]),
        sender_data_secret=_bytes(secrets["sender_data_secret"]["secret"]),
        tree=secrets["secret_tree"],
        own_leaf=secrets["secret_tree"]["own_index"],
        signature_key=Ed25519PrivateKey.from_private_bytes(bytes(keys["private"][:32])),
    )


def exporter(mls: MlsContext, label: bytes, size_bytes: int) -> bytes:
    """MLS-Exporter with an empty context: section 8.5."""
    secrets = _of_group(_stored(mls.export_state()), "EpochSecrets", mls.group_id)
    derived = expand(_bytes(secrets["exporter_secret"]["secret"]), label, b"", 32)
    return expand(derived, b"exported", hashlib.sha256(b"").digest(), size_bytes)


def roster(mls: MlsContext) -> list[str]:
    """The identities of all leaves, sorted."""
    tree = _of_group(_stored(mls.export_state()), "Tree", mls.group_id)["tree"]
    nodes = [leaf["node"] for leaf in tree["leaf_nodes"] if leaf["node"]]
    contents = [node["payload"]["credential"]["serialized_credential_content"]["vec"] for node in nodes]
    return sorted(bytes(content).decode() for content in contents)


def _stored(state: bytes) -> dict[str, Any]:
    """OpenMLS's store out of gbp-stack's export: count, then keys and values behind their lengths."""
    (count,) = struct.unpack_from("<I", state, 4)
    at, stored = 8, {}
    for _ in range(count):
        parts = []
        for _part in range(2):
            (size,) = struct.unpack_from("<I", state, at)
            parts.append(state[at + 4 : at + 4 + size])
            at += 4 + size
        stored[parts[0].decode("latin-1")] = json.loads(parts[1])
    return stored


def _of_group(stored: dict[str, Any], name: str, group_id: bytes) -> Any:
    marker = json.dumps(list(group_id), separators=(",", ":"))
    (value,) = [value for key, value in stored.items() if key.startswith(name) and marker in key]
    return value


def _bytes(secret: dict[str, Any]) -> bytes:
    return bytes(secret.get("secret", secret)["value"]["vec"])


def _guarded(nonce: bytes, guard: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(nonce, guard + bytes(8), strict=True))
