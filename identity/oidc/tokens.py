"""ID tokens: signed by a key that the provider publishes now, for us, for this sign-in, and for this moment."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import JWKRegistry, KeySet

from identity.oidc import requests
from identity.oidc.errors import ProviderError, Trouble
from identity.oidc.provider import Provider

LEEWAY_SECONDS = 60
"""Clocks of two machines differ."""
MOST_KEYS = 100
LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0 section 2."""


@dataclass(frozen=True, slots=True)
class Expected:
    """For whom and what an ID token must be made. access_token: empty where none came with it."""

    client_id: str
    nonce: str
    access_token: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asserted:
    """What a provider says of somebody, in an ID token that holds. email: lower case; empty where it says none.

    authenticated_at: when the person last showed there who they are; None where it does not say."""

    subject: str
    email: str
    email_verified: bool
    given_name: str
    family_name: str
    acr: str
    amr: tuple[str, ...]
    authenticated_at: datetime | None


def published_keys(provider: Provider) -> KeySet:
    """Ask for the keys that a provider signs with now: one that it has withdrawn is refused from then on.

    Raises:
        ProviderError: no answer, or no key that can be used.
    """
    listed = requests.get(provider.jwks_uri).get("keys")
    rows = listed[:MOST_KEYS] if isinstance(listed, list) else []
    keys = [key for row in rows if (key := _key(row)) is not None]
    if not keys:
        raise ProviderError(Trouble.NO_KEYS)
    return KeySet(keys)


def check_id_token(text: str, *, provider: Provider, keys: KeySet, expected: Expected) -> Asserted:
    """Check an ID token (OpenID Connect Core 1.0 section 3.1.3.7), and read it.

    Raises:
        ProviderError: SIGNATURE, or CLAIM with the claim's name.
    """
    try:
        token = jwt.decode(text, keys, algorithms=list(provider.algorithms))
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderError(Trouble.SIGNATURE, type(error).__name__) from None
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        },
        params={
            "nonce": expected.nonce,
            "client_id": expected.client_id,
            "access_token": expected.access_token,
        },
    )
    try:
        claims.validate(now=int(expected.at.timestamp()), leeway=LEEWAY_SECONDS)
    except ClaimError as error:
        raise ProviderError(Trouble.CLAIM, str(error.claim)) from None
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderError(Trouble.CLAIM, type(error).__name__) from None
    return _read(claims)


def _key(row: Any) -> Any:
    """A public key for signatures; None for every other one, which must not spoil the rest."""
    if not isinstance(row, dict) or row.get("kty") not in {"RSA", "EC"} or row.get("use", "sig") != "sig":
        return None
    try:
        return JWKRegistry.import_key(row)
    except (JoseError, ValueError, KeyError, TypeError):
        return None


def _read(claims: dict[str, Any]) -> Asserted:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ProviderError(Trouble.CLAIM, "sub")
    return Asserted(
        subject=subject,
        email=_text(claims, "email").strip().lower(),
        email_verified=claims.get("email_verified") is True,
        given_name=_text(claims, "given_name").strip(),
        family_name=_text(claims, "family_name").strip(),
        acr=_text(claims, "acr"),
        amr=tuple(each for each in claims.get("amr") or () if isinstance(each, str)),
        authenticated_at=_instant(claims.get("auth_time")),
    )


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _instant(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise ProviderError(Trouble.CLAIM, "auth_time") from None
