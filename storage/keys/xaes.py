"""XAES-256-GCM (C2SP, c2sp.org/XAES-256-GCM): AES-256-GCM with 24-byte nonces, safe to draw at random.

Plain AES-GCM allows about 2^32 random nonces under one key; an organisation's key lives longer than that.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.cmac import CMAC

from storage.errors import Damaged

NONCE_BYTES = 24
OVERHEAD_BYTES = NONCE_BYTES + 16


def seal(key: bytes, plaintext: bytes, associated_data: bytes) -> bytes:
    """Encrypt under a fresh nonce; the answer is the nonce and the ciphertext with its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + encrypt(key, nonce, plaintext, associated_data)


def unseal(key: bytes, sealed: bytes, associated_data: bytes) -> bytes:
    """Decrypt what `seal` made.

    Raises:
        Damaged: the bytes, the key or the associated data is wrong.
    """
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    if len(sealed) < OVERHEAD_BYTES:
        raise Damaged("a sealed value is cut off")
    try:
        return AESGCM(_derive(key, nonce)).decrypt(nonce[12:], ciphertext, associated_data)
    except InvalidTag:
        raise Damaged("a sealed value does not authenticate") from None


def encrypt(key: bytes, nonce: bytes, plaintext: bytes, associated_data: bytes) -> bytes:
    """The specification's `Seal`, with a nonce of the caller's."""
    return AESGCM(_derive(key, nonce)).encrypt(nonce[12:], plaintext, associated_data)


def _derive(key: bytes, nonce: bytes) -> bytes:
    """SP 800-108r1 in counter mode over CMAC: two blocks, label "X", context the first half of the nonce."""
    return b"".join(_cmac(key, bytes([0, counter]) + b"X\0" + nonce[:12]) for counter in (1, 2))


def _cmac(key: bytes, block: bytes) -> bytes:
    mac = CMAC(AES256(key))
    mac.update(block)
    return mac.finalize()
