"""What ties a new device's approval to the keys that its browser made: one fingerprint, computed on both sides.

    SHA-256("medicus-device-join/2" || 0x0a || person || organisation || device || nonce || MLS key || agreement key
            || device key)

person, organisation, device: the 16 bytes of their UUIDs; nonce: 32 random bytes, fresh for each request; MLS key:
raw Ed25519, 32 bytes; agreement key: a point of P-256, uncompressed (SEC 1, 65 bytes), fresh for each request, to which
the approving browser may wrap the key of the history backup (docs/backup.md); device key: SubjectPublicKeyInfo in DER,
to the end. Every part but the last has one length, so no two requests have the same encoding. The new browser shows it
as a QR code and as a short code (see docs/identity.md); the approving browser computes it from what the server delivers
and refuses what differs.
"""

import hashlib
import uuid
from dataclasses import dataclass

LABEL = b"medicus-device-join/2\n"
NONCE_BYTES = 32
MLS_KEY_BYTES = 32
AGREEMENT_KEY_BYTES = 65
WRAPPED_BACKUP_KEY_BYTES = 189
"""Of the form in docs/backup.md: a public key, a nonce, the sealed key and a signature. The server reads none of it."""


@dataclass(frozen=True, slots=True)
class JoinKeys:
    """What a browser that asks to join has made. device_key: SubjectPublicKeyInfo, DER."""

    device_id: uuid.UUID
    nonce: bytes
    mls_key: bytes
    agreement_key: bytes
    device_key: bytes


def join_fingerprint(keys: JoinKeys, *, person_id: uuid.UUID, organisation_id: uuid.UUID) -> bytes:
    """The 32 bytes that both browsers compare.

    Raises:
        ValueError: nonce, MLS key or agreement key have another length.
    """
    if len(keys.nonce) != NONCE_BYTES or len(keys.mls_key) != MLS_KEY_BYTES:
        raise ValueError("a nonce and an MLS key have 32 bytes each")
    if len(keys.agreement_key) != AGREEMENT_KEY_BYTES:
        raise ValueError("an agreement key has 65 bytes")
    ids = person_id.bytes + organisation_id.bytes + keys.device_id.bytes
    keys_in_order = keys.nonce + keys.mls_key + keys.agreement_key + keys.device_key
    return hashlib.sha256(LABEL + ids + keys_in_order).digest()
