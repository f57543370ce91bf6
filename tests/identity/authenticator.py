"""An authenticator in software, made by the words of WebAuthn Level 3 sections 6.1 and 6.5; it forges as well.

Its own on purpose: it shares no code with what checks its answers."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN, RP_ID = "http://localhost:8000", "localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def from_b64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """Holds one passkey. What it is told to say differently, it says, and signs."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    user_handle: bytes = b""
    count: int = 0

    def create(self, options: dict[str, Any], **forged: Any) -> str:
        """Answer `navigator.credentials.create`."""
        self.user_handle = from_b64url(options["user"]["id"])
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + self._cose()
        data = self._authenticator_data(forged, PRESENT | VERIFIED | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", options, forged)
        return self._answer({"clientDataJSON": client, "attestationObject": attestation})

    def get(self, options: dict[str, Any], **forged: Any) -> str:
        """Answer `navigator.credentials.get`, one count further than before."""
        self.count = forged.get("count", self.count + 1)
        data = self._authenticator_data(forged, PRESENT | VERIFIED)
        client = self._client_data("webauthn.get", options, forged)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = forged.get("user_handle", self.user_handle)
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer(parts | ({"userHandle": handle} if handle is not None else {}))

    def _authenticator_data(self, forged: dict[str, Any], flags: int) -> bytes:
        rp_id = hashlib.sha256(forged.get("rp_id", RP_ID).encode()).digest()
        flags &= ~VERIFIED if forged.get("unverified") else 0xFF
        flags &= ~PRESENT if forged.get("absent") else 0xFF
        return rp_id + bytes([flags]) + self.count.to_bytes(4)

    def _client_data(self, kind: str, options: dict[str, Any], forged: dict[str, Any]) -> bytes:
        claims = {
            "type": forged.get("kind", kind),
            "challenge": forged.get("challenge", options["challenge"]),
            "origin": forged.get("origin", ORIGIN),
            "crossOrigin": False,
        }
        return json.dumps(claims).encode()

    def _answer(self, parts: dict[str, bytes]) -> str:
        own_id = b64url(self.credential_id)
        response = {name: b64url(part) for name, part in parts.items()}
        return json.dumps({"id": own_id, "rawId": own_id, "type": "public-key", "response": response})

    def _cose(self) -> bytes:
        """The public key by RFC 9053 section 7.1.1: EC2, ES256, P-256."""
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        return bytes(cbor2.dumps(key))
