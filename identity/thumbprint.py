"""JWK thumbprints (RFC 7638), by which a device certificate names its MLS signature key."""

import base64
import hashlib
import json
from collections.abc import Mapping

REQUIRED = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
"""The members that enter the hash: RFC 7638 section 3.2, RFC 8037 section 2 for OKP."""


def jwk_thumbprint(jwk: Mapping[str, str]) -> str:
    """Compute the SHA-256 thumbprint of a public key, as base64url without padding.

    Raises:
        KeyError: an unknown key type, or a member is missing.
    """
    members = {name: jwk[name] for name in REQUIRED[jwk["kty"]]}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return base64url(hashlib.sha256(canonical.encode()).digest())


def ed25519_thumbprint(public_key: bytes) -> str:
    """Compute the thumbprint of an Ed25519 key. public_key: the 32 raw bytes."""
    return jwk_thumbprint({"kty": "OKP", "crv": "Ed25519", "x": base64url(public_key)})


def base64url(content: bytes) -> str:
    """Encode as base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
