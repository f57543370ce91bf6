"""What seals second factors, secrets of single sign-on and where browsers are called, and hides what attempts are
counted by: keys derived from one key file."""

import hmac
import os
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from medicus.lib.keyfiles import load_or_create

NONCE_BYTES = 12
SECOND_FACTOR, SINGLE_SIGN_ON, PUSH = "second factor", "single sign-on", "push"
"""What is sealed, each under a key of its own."""


class SealBrokenError(Exception):
    """A sealed secret was changed, belongs to someone else, or the key file is another one."""


def key_file() -> Path:
    """Where the key is, outside the database: losing it means that every second factor is enrolled anew."""
    return Path(settings.KEYS_DIR) / "identity.key"


def load_key() -> bytes:
    """Read the key; in the one-machine mode make it first if it is absent."""
    return load_or_create(key_file(), lambda: os.urandom(32), may_create=settings.MAY_CREATE_KEYS)


@cache
def _derived(purpose: str) -> bytes:
    """One key per purpose (HKDF, RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=f"medicus identity {purpose}".encode()).derive(load_key())


def seal(secret: bytes, *, owner: bytes, purpose: str = SECOND_FACTOR) -> bytes:
    """Seal by AES-256-GCM. owner: authenticated with it, so a row cannot be moved to another person."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_derived(purpose)).encrypt(nonce, secret, owner)


def unseal(sealed: bytes, *, owner: bytes, purpose: str = SECOND_FACTOR) -> bytes:
    """Open what `seal` made.

    Raises:
        SealBrokenError: tampered, of another owner, or under another key.
    """
    try:
        return AESGCM(_derived(purpose)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError(f"what is sealed as {purpose} cannot be opened") from error


def keyed_hash(*parts: str) -> bytes:
    """HMAC-SHA256 of parts, each with its length: what counts attempts tells nothing about whom or where."""
    message = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return hmac.digest(_derived("attempts"), message, "sha256")
