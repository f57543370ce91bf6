"""What an administrator approves: the keys of one browser, by one fingerprint.

    SHA-256("medicus-device-approval/1" || 0x0a || person || organisation || device || identity key || MLS key || device key)

person, organisation, device: the 16 bytes of their UUIDs; identity key: SHA-256 of its SubjectPublicKeyInfo; MLS key:
its RFC 7638 thumbprint, 32 bytes; device key: SubjectPublicKeyInfo in DER, to the end. All of it stands in the device's
certificate and in its issuer's, so the service finds the approval of a certificate by computing this anew.

The code that the person reads to the administrator is the first 80 bits, in the alphabet of Crockford, which has no
letters that sound or look like digits. The browser computes it from its own keys. Somebody else who asks in the same
person's name at the same moment shows another code; to make keys with the same one takes about 2^80 tries.
"""

import base64
import hashlib
import uuid
from dataclasses import dataclass

LABEL = b"medicus-device-approval/1\n"
DIGEST_BYTES = 32
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP_CHARACTERS = 4, 4


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """What a browser that wants to be a device has made. identity_fingerprint: SHA-256 of the identity key that
    certifies it. mls_thumbprint: RFC 7638, base64url. device_key: SubjectPublicKeyInfo, DER."""

    device_id: uuid.UUID
    identity_fingerprint: bytes
    mls_thumbprint: str
    device_key: bytes


def approval_fingerprint(keys: DeviceKeys, *, person_id: uuid.UUID, organisation_id: uuid.UUID) -> bytes:
    """The 32 bytes to which an approval is bound.

    Raises:
        ValueError: a fingerprint or thumbprint has another length.
    """
    thumbprint = base64.urlsafe_b64decode(keys.mls_thumbprint + "=")
    if len(keys.identity_fingerprint) != DIGEST_BYTES or len(thumbprint) != DIGEST_BYTES:
        raise ValueError("a fingerprint and a thumbprint have 32 bytes each")
    ids = person_id.bytes + organisation_id.bytes + keys.device_id.bytes
    return hashlib.sha256(LABEL + ids + keys.identity_fingerprint + thumbprint + keys.device_key).digest()


def approval_code(fingerprint: bytes) -> str:
    """The fingerprint as people read it out: "K3QF-8ZT0-WM4E-1RHB"."""
    characters = GROUPS * GROUP_CHARACTERS
    number = int.from_bytes(fingerprint) >> (8 * DIGEST_BYTES - 5 * characters)
    symbols = "".join(ALPHABET[number >> 5 * at & 31] for at in range(characters - 1, -1, -1))
    return "-".join(symbols[at : at + GROUP_CHARACTERS] for at in range(0, characters, GROUP_CHARACTERS))
