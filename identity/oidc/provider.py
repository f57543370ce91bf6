"""A provider as it describes itself (OpenID Connect Discovery 1.0), reduced to what we use and checked."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.oidc.discovery import get_well_known_url

from identity.oidc import requests
from identity.oidc.errors import ProviderError, Trouble

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")
"""Asymmetric only: with a shared secret whoever knows it could make ID tokens, and `none` signs nothing."""
AUTHENTICATION = ("client_secret_post", "client_secret_basic")
"""The first one that a provider offers: in the body there is one way to write a secret."""
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Provider:
    """announces_issuer: its answers name their issuer (RFC 9207), so one that does not is not its own."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    algorithms: tuple[str, ...]
    authentication: str
    announces_issuer: bool

    def kept(self) -> dict[str, Any]:
        """As a row keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Provider":
        return cls(**kept | {"algorithms": tuple(kept["algorithms"])})


def discover(issuer: str) -> Provider:
    """Ask an issuer for its description, and check that it is one with which we can work.

    Raises:
        ProviderError: what is wrong.
    """
    check_address(issuer, Trouble.ADDRESS)
    found = requests.get(get_well_known_url(issuer, external=True))
    if found.get("issuer") != issuer:
        raise ProviderError(Trouble.OTHER_ISSUER)
    _check_abilities(found)
    return Provider(
        issuer=issuer,
        authorization_endpoint=_endpoint(found, "authorization_endpoint", issuer),
        token_endpoint=_endpoint(found, "token_endpoint", issuer),
        jwks_uri=_endpoint(found, "jwks_uri", issuer),
        algorithms=_algorithms(found),
        authentication=_authentication(found),
        announces_issuer=found.get("authorization_response_iss_parameter_supported") is True,
    )


def check_address(address: str, trouble: Trouble) -> None:
    """Accept a plain http or https address; where one without TLS may lead, the gate decides.

    Raises:
        ProviderError: `trouble`.
    """
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise ProviderError(trouble) from None
    plain = parts.scheme in {"https", "http"} and parts.hostname and not parts.username
    if not plain or parts.query or parts.fragment or len(address) > LONGEST or not address.isprintable():
        raise ProviderError(trouble)


def _endpoint(found: dict[str, Any], name: str, issuer: str) -> str:
    address = found.get(name)
    if not isinstance(address, str) or not address:
        raise ProviderError(Trouble.INCOMPLETE, name)
    check_address(address, Trouble.INSECURE)
    if urlsplit(issuer).scheme == "https" and urlsplit(address).scheme != "https":
        raise ProviderError(Trouble.INSECURE, name)
    return address


def _check_abilities(found: dict[str, Any]) -> None:
    if "code" not in _words(found, "response_types_supported", ("code",)):
        raise ProviderError(Trouble.NO_CODE_FLOW)
    if "S256" not in _words(found, "code_challenge_methods_supported", ("S256",)):
        raise ProviderError(Trouble.NO_PKCE)


def _algorithms(found: dict[str, Any]) -> tuple[str, ...]:
    offered = _words(found, "id_token_signing_alg_values_supported", ("RS256",))
    if not (usable := tuple(name for name in ALGORITHMS if name in offered)):
        raise ProviderError(Trouble.NO_ALGORITHM)
    return usable


def _authentication(found: dict[str, Any]) -> str:
    offered = _words(found, "token_endpoint_auth_methods_supported", ("client_secret_basic",))
    if not (usable := [name for name in AUTHENTICATION if name in offered]):
        raise ProviderError(Trouble.NO_AUTHENTICATION)
    return usable[0]


def _words(found: dict[str, Any], name: str, left_out: tuple[str, ...]) -> tuple[Any, ...]:
    """What a list of the description says; left_out: what holds where it says nothing."""
    value = found.get(name)
    return tuple(value) if isinstance(value, list) else left_out
