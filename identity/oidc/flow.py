"""The authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636): out to the provider, and the code for tokens."""

from dataclasses import dataclass
from urllib.parse import quote

from authlib.common.security import generate_token
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from identity.oidc import requests
from identity.oidc.errors import ProviderError, Trouble
from identity.oidc.provider import Provider

SCOPE = "openid email profile"
SECRET_CHARACTERS = 48
"""Of 62 letters and digits each: 285 bits, and a verifier as RFC 7636 section 4.1 has it."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one sign-in is known by. state: in the address. nonce: in the ID token. verifier: at the token endpoint."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Secrets":
        return cls(*(generate_token(SECRET_CHARACTERS) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Client:
    """Us, as a provider knows us."""

    client_id: str
    client_secret: str
    redirect_address: str


@dataclass(frozen=True, slots=True)
class Tokens:
    id_token: str
    access_token: str


def authorization_address(
    provider: Provider,
    *,
    client_id: str,
    redirect_address: str,
    secrets: Secrets,
    login_hint: str = "",
    acr_values: str = "",
    anew: bool = False,
) -> str:
    """Where the browser goes. anew: the provider asks the person again, whoever is signed in there."""
    return str(
        prepare_grant_uri(
            provider.authorization_endpoint,
            client_id=client_id,
            response_type="code",
            redirect_uri=redirect_address,
            scope=SCOPE,
            state=secrets.state,
            nonce=secrets.nonce,
            code_challenge=create_s256_code_challenge(secrets.verifier),
            code_challenge_method="S256",
            login_hint=login_hint or None,
            acr_values=acr_values or None,
            max_age="0" if anew else None,
            prompt="login" if anew else None,
        )
    )


def redeem(provider: Provider, *, client: Client, code: str, verifier: str) -> Tokens:
    """Get the tokens for a code.

    Raises:
        ProviderError: the provider does not answer, refuses the code, or sends no ID token.
    """
    body = prepare_token_request(
        "authorization_code", code=code, redirect_uri=client.redirect_address, code_verifier=verifier
    )
    identifier, secret = client.client_id, client.client_secret
    if provider.authentication == "client_secret_basic":  # RFC 6749 section 2.3.1
        identifier, secret = quote(identifier, safe=""), quote(secret, safe="")
    headers: dict[str, str] = {}
    address, headers, body = ClientAuth(identifier, secret, provider.authentication).prepare(
        "POST", provider.token_endpoint, headers, body
    )
    status, answer = requests.post(address, body, headers)
    if status != 200:  # noqa: PLR2004 (HTTP)
        raise ProviderError(Trouble.CODE_REFUSED, str(status))
    id_token, access_token = answer.get("id_token"), answer.get("access_token")
    if not isinstance(id_token, str) or not id_token:
        raise ProviderError(Trouble.NO_ID_TOKEN)
    return Tokens(id_token, access_token if isinstance(access_token, str) else "")
