"""What ties a new device's approval to the keys that its browser made: one fingerprint, computed on both sides.

    SHA-256("medicus-device-join/1" || 0x0a || person || organisation || device || nonce || MLS key || device key)

person, organisation, device: the 16 bytes of their UUIDs; nonce: 32 random bytes, fresh for each request; MLS key:
raw Ed25519, 32 bytes; device key: SubjectPublicKeyInfo in DER, to the end. Every part but the last has one length, so
no two requests have the same encoding. The new browser shows it as a QR code and as a short code (see
docs/identity.md); the approving browser computes it from what the server delivers and refuses what differs.
"""

import hashlib
import uuid
from dataclasses import dataclass

LABEL = b"medicus-device-join/1\n"
NONCE_BYTES = 32
MLS_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class JoinKeys:
    """What a browser that asks to join has made. device_key: SubjectPublicKeyInfo, DER."""

    device_id: uuid.UUID
    nonce: bytes
    mls_key: bytes
    device_key: bytes


def join_fingerprint(keys: JoinKeys, *, person_id: uuid.UUID, organisation_id: uuid.UUID) -> bytes:
    """The 32 bytes that both browsers compare.

    Raises:
        ValueError: nonce or MLS key have another length.
    """
    if len(keys.nonce) != NONCE_BYTES or len(keys.mls_key) != MLS_KEY_BYTES:
        raise ValueError("a nonce and an MLS key have 32 bytes each")
    ids = person_id.bytes + organisation_id.bytes + keys.device_id.bytes
    return hashlib.sha256(LABEL + ids + keys.nonce + keys.mls_key + keys.device_key).digest()
