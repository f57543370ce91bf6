"""Real members of real groups: OpenMLS (through `gbp-stack`), talking to the server as browsers do.

gbp-stack offers neither commits as PublicMessage nor application messages as PrivateMessage. Its exported
state has both within reach: the wire-format policy is a word in it, and the secrets of the epoch let this
module write and read PrivateMessages (RFC 9420 sections 6.3 and 9). What it writes is checked by OpenMLS:
`process_message` decrypts and verifies it, or refuses.
"""

import json
import os
import struct
import uuid
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from gbp_stack import MlsContext

from identity.actions import certify_identity_key, register_device
from identity.device_certificate import THUMBPRINT_URI
from identity.thumbprint import ed25519_thumbprint
from medicus.lib.ids import new_id
from messaging.envelope import parse_key_package
from messaging.envelope.tls import Reader, opaque
from tests.cast import Member, b64
from tests.messaging.forge import sign
from tests.messaging.rooms import acquaint

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


class Browser:
    """One device of one member, with an engine of its own. Everything goes through the member's API."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.device_id = new_id()
        self.identity = f"{member.person.id}:{self.device_id.hex[16:]}@{member.organisation.domain}"
        self.mls = MlsContext.create(self.identity)
        self.key_package = self.mls.export_key_package()
        self._register(self.device_id)
        self.generation = 0
        self.since = 0
        self.texts: list[str] = []
        self.epoch: Epoch

    def leave_key_package(self) -> None:
        answer = self.member.api.post("/api/v1/key-packages", {"key_packages": [b64(self.key_package)]})
        assert answer.status_code == 201, answer.json()

    def create(self) -> uuid.UUID:
        self._speak_in_public()
        self.group_id = uuid.UUID(bytes=self.mls.group_id)
        answer = self.member.api.post("/api/v1/groups", {"id": str(self.group_id), "kind": "team"})
        assert answer.status_code == 201, answer.json()
        return self.group_id

    def add(self, member: Member) -> Any:
        acquaint(self.member, member)
        answer = self.member.api.post("/api/v1/key-packages/claim", {"person_ids": [str(member.person.id)]})
        (claimed,) = answer.json()["claimed"]
        return self._commit(*self.mls.invite_full(_unb64(claimed["key_package"])))

    def remove(self, leaf_index: int) -> Any:
        return self._commit(self.mls.remove_member(leaf_index), None)

    def join(self) -> None:
        (welcome,) = self.member.api.get("/api/v1/welcomes").json()["welcomes"]
        self.mls.accept_welcome(_unb64(welcome["welcome"]))
        self.group_id, self.since = uuid.UUID(welcome["group_id"]), welcome["seq"]
        self._speak_in_public()
        assert self.mls.epoch == welcome["epoch"]
        assert self.member.api.delete(f"/api/v1/welcomes/{welcome['id']}").status_code == 204

    def send(self, text: str) -> Any:
        body = self.epoch.encrypt(text.encode(), self.generation)
        self.generation += 1
        return self.member.api.post(
            f"/api/v1/groups/{self.group_id}/messages",
            {"id": str(new_id()), "epoch": self.epoch.number, "body": b64(body)},
        )

    def catch_up(self) -> None:
        """Process whatever is new in the stream."""
        answer = self.member.api.get(f"/api/v1/groups/{self.group_id}/entries?since={self.since}")
        assert answer.status_code == 200, answer.json()
        for entry in answer.json()["entries"]:
            assert entry["seq"] == self.since + 1
            self.since = entry["seq"]
            if entry["sender_device"] != str(self.device_id):
                self.process(entry)

    def process(self, entry: dict[str, Any]) -> None:
        body = _unb64(entry["body"])
        if entry["kind"] == "commit":
            assert self.mls.process_message(body) == "commit"
            self.mls.finalize_commit()
            self._remember_epoch()
        else:
            text = self.epoch.decrypt(body)
            assert self.mls.process_message(body) == "application"
            self.texts.append(text.decode())

    def _commit(self, commit: bytes, welcome: bytes | None) -> Any:
        answer = self.member.api.post(
            f"/api/v1/groups/{self.group_id}/commits",
            {
                "id": str(new_id()),
                "epoch": self.mls.epoch,
                "commit": b64(commit),
                "welcome": b64(welcome) if welcome else None,
            },
        )
        if answer.status_code == 201:
            self.mls.finalize_commit()
            self._remember_epoch()
        else:
            self.mls.clear_pending_commit()
        return answer

    def _register(self, device_id: uuid.UUID) -> None:
        """Certify the engine's signature key as a device of the member, and attach it to their session."""
        member = self.member
        certify_identity_key(by=member.actor, request_der=member.browser.request())
        thumbprint = ed25519_thumbprint(parse_key_package(self.key_package).leaf.signature_key)
        certificate = member.browser.device_certificate(
            device_id=device_id,
            person_id=member.person.id,
            domain=member.organisation.domain,
            uris=[THUMBPRINT_URI + thumbprint],
        )
        session = member.session()
        member.device = register_device(
            by=member.actor, session=session, device_id=device_id, name="OpenMLS", certificate_der=certificate
        )
        session.save()

    def _speak_in_public(self) -> None:
        """Go on with the same state, whose handshakes are PublicMessages from now on."""
        state = self.mls.export_state()
        assert CIPHERTEXT_POLICY in state
        self.mls = MlsContext.restore_state(state.replace(CIPHERTEXT_POLICY, PLAINTEXT_POLICY), self.identity)
        self._remember_epoch()

    def _remember_epoch(self) -> None:
        stored = _stored(self.mls.export_state())
        group_id = self.mls.group_id
        secrets = _of_group(stored, "MessageSecrets", group_id)["message_secrets"]
        (keys,) = [value for name, value in stored.items() if name.startswith("SignatureKeyPair")]
        self.epoch = Epoch(
            group_id=group_id,
            number=self.mls.epoch,
            context=bytes(secrets["serialized_context"]),
            sender_data_secret=_bytes(secrets["sender_data_secret"]["secret"]),
            tree=secrets["secret_tree"],
            own_leaf=secrets["secret_tree"]["own_index"],
            signature_key=Ed25519PrivateKey.from_private_bytes(bytes(keys["private"][:32])),
        )
        self.generation = 0


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


def _unb64(text: str) -> bytes:
    import base64

    return base64.b64decode(text)
