"""The key with which this service signs its calls (VAPID, RFC 8292), in a file of its own."""

import base64
import time
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from joserfc import jwt
from joserfc.jwk import ECKey

from medicus.lib.keyfiles import load_or_create

TOKEN_SECONDS = 12 * 3600
"""Push services take at most 24 hours."""


def load_key() -> bytes:
    """The private key as PEM; in the one-machine mode it is made first if it is absent.

    With another key, browsers have to be asked anew: a subscription names the key that may use it.

    Raises:
        FileNotFoundError: absent, and may not be made here (see `medicus.lib.keyfiles`).
    """
    return load_or_create(settings.KEYS_DIR / "push.key", _new_key, may_create=settings.MAY_CREATE_KEYS)


def _new_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@cache
def public_key() -> str:
    """What browsers subscribe with: the uncompressed point, base64url without padding."""
    key = load_pem_private_key(load_key(), password=None)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def authorization(endpoint: str) -> str:
    """The header by which a push service knows who calls (RFC 8292 section 3)."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + TOKEN_SECONDS,
        "sub": _contact(),
    }
    token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(load_key()))
    return f"vapid t={token}, k={public_key()}"


def _contact() -> str:
    """Whom the push service may turn to: it takes an https or a mailto address."""
    return settings.ORIGIN if settings.HTTPS else f"mailto:{settings.DEFAULT_FROM_EMAIL}"
