"""An identity provider on loopback, built on Authlib: codes, client secrets, PKCE and ID tokens as a real one checks
and makes them. `python -m tests.identity.sso.provider_server PORT`

POST /control changes how it behaves, also into what no honest provider does; GET /seen tells what it was asked."""

import hmac
import json
import os
import sys
import time
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback only

from authlib.common.security import generate_token
from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, OAuth2Payload, grants
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

PORT = int(sys.argv[1])
ISSUER = f"http://127.0.0.1:{PORT}/realms/staff"
HONEST: dict[str, Any] = {
    "client_id": "medicus",
    "client_secret": "a-secret-of-the-provider",
    "redirect_uris": [],
    "user": {
        "sub": "sub-dora",
        "email": "dora.dietz@hospital-a.example",
        "email_verified": True,
        "given_name": "Dora",
        "family_name": "Dietz",
    },
    "acr": "1",
    "amr": ["pwd"],
    "auth_age": 0,
    "claims": {},
    "sign": "good",
    "iss_parameter": ISSUER,
    "metadata": {},
    "asks": False,
    "delay": {},
    "broken": {},
}
"""asks: shows a form before it lets somebody in. auth_age: how many seconds ago the person has signed in there.
delay, broken: by path, seconds before the answer, and what is answered instead."""


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


@dataclass
class World:
    behaviour: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(HONEST)))
    keys: list[RSAKey] = field(default_factory=lambda: [new_key()])
    codes: dict[str, "Code"] = field(default_factory=dict)
    seen: list[dict[str, Any]] = field(default_factory=list)


WORLD = World()
FOREIGN, FOREIGN_CURVE = new_key(), ECKey.generate_key("P-256")


class Client(ClientMixin):
    def get_client_id(self) -> str:
        return WORLD.behaviour["client_id"]

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in WORLD.behaviour["redirect_uris"]

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == WORLD.behaviour["client_secret"]

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_post", "client_secret_basic"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"

    def get_allowed_scope(self, scope: str) -> str:
        return scope


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    user: dict[str, Any]
    made_at: float = field(default_factory=time.time)

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.made_at) - WORLD.behaviour["auth_age"]

    def get_acr(self) -> str:
        return WORLD.behaviour["acr"]

    def get_amr(self) -> list[str]:
        return WORLD.behaviour["amr"]


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post", "client_secret_basic"]

    def save_authorization_code(self, code: str, request: Any) -> None:
        sent = request.payload.data
        WORLD.codes[code] = Code(
            code,
            request.payload.redirect_uri,
            request.scope,
            sent.get("nonce", ""),
            sent.get("code_challenge", ""),
            sent.get("code_challenge_method", ""),
            request.user,
        )

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        return WORLD.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del WORLD.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return authorization_code.user


class IdTokens(OpenIDCode):
    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False

    def resolve_client_private_key(self, client: Any) -> KeySet:
        return KeySet(WORLD.keys[-1:])

    def get_encode_header(self, client: Any) -> dict[str, Any]:
        return {"alg": "RS256", "kid": WORLD.keys[-1].kid}

    def get_client_claims(self, client: Any) -> dict[str, Any]:
        return {"iss": ISSUER, "aud": [client.get_client_id()]}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
        return UserInfo(user).filter(scope)

    def encode_id_token(self, token: Any, request: Any) -> str:
        made = super().encode_id_token(token, request)
        how, changed = WORLD.behaviour["sign"], WORLD.behaviour["claims"]
        if how == "good" and not changed:
            return made
        key = WORLD.keys[-1]
        claims = jwt.decode(made, key, ["RS256"]).claims | changed
        return forge({name: value for name, value in claims.items() if value is not None}, key, how)


def forge(claims: dict[str, Any], key: RSAKey, how: str) -> str:
    """Sign as an attacker would."""
    header = {"alg": "RS256", "kid": key.kid}
    if how == "none":
        return by_hand(header | {"alg": "none"}, claims, lambda _: b"")
    if how == "hs256":
        public = key.as_pem(private=False)
        return by_hand(header | {"alg": "HS256"}, claims, lambda text: hmac.digest(public, text, "sha256"))
    if how == "foreign":
        return jwt.encode(header, claims, FOREIGN, ["RS256"])
    if how == "foreign-in-header":
        small = {name: FOREIGN_CURVE.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")}
        return jwt.encode({"alg": "ES256", "jwk": small}, claims, FOREIGN_CURVE, ["ES256"])
    if how == "unknown-kid":
        return jwt.encode(header | {"kid": "nobody's"}, claims, key, ["RS256"])
    made = jwt.encode(header, claims, key, ["RS256"])
    return made[:-8] + ("AAAAAAAA" if how == "tampered" else made[-8:])


def by_hand(header: Any, claims: Any, sign: Callable[[bytes], bytes]) -> str:
    """A token as no good library makes it."""
    parts = [urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (header, claims)]
    signature = sign(b".".join(parts))
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


class Payload(OAuth2Payload):
    def __init__(self, sent: dict[str, list[str]]) -> None:
        self.sent = sent

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self.sent.items()}

    @property
    def datalist(self) -> defaultdict[str, list]:
        return defaultdict(list, self.sent)


class Request(OAuth2Request):
    def __init__(self, method: str, path: str, body: str, headers: dict[str, str]) -> None:
        super().__init__(method, f"http://127.0.0.1:{PORT}{path}", headers=headers)
        self.payload = Payload(parse_qs(urlsplit(path).query) | parse_qs(body))
        self.posted = {name: values[0] for name, values in parse_qs(body).items()}

    @property
    def args(self) -> dict[str, str]:
        return self.payload.data

    @property
    def form(self) -> dict[str, str]:
        return self.posted


@dataclass
class Reply:
    status: int
    body: str
    headers: dict[str, str]

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @location.setter
    def location(self, address: str) -> None:
        self.headers["Location"] = address


class Server(AuthorizationServer):
    def query_client(self, client_id: str) -> Client | None:
        return Client() if client_id == WORLD.behaviour["client_id"] else None

    def save_token(self, token: Any, request: Any) -> None:
        pass

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass

    def create_oauth2_request(self, request: Any) -> Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Reply:
        text = json.dumps(body) if isinstance(body, dict) else body
        return Reply(status, text, {"Content-Type": "application/json"} | dict(headers))


class Issuer(IssuerParameter):
    def get_issuer(self) -> str | None:
        return WORLD.behaviour["iss_parameter"]


def new_server() -> Server:
    server = Server()
    server.register_token_generator("default", BearerTokenGenerator(lambda *_, **__: generate_token(40)))
    server.register_grant(CodeGrant, [CodeChallenge(required=True), IdTokens()])
    server.register_extension(Issuer())
    return server


SERVER = new_server()


def metadata() -> dict[str, Any]:
    found = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/certs",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    } | WORLD.behaviour["metadata"]
    return {name: value for name, value in found.items() if value is not None}


def certificates() -> Reply:
    """Beside the keys there may be others, which nobody must stumble over."""
    keys = [key.as_dict(private=False) | {"use": "sig"} for key in WORLD.keys]
    return Reply(200, json.dumps({"keys": [{"kty": "oct", "k": "AA"}, "odd", *keys]}), {})


def token(request: Request) -> Reply:
    WORLD.seen.append({"at": "token"} | request.posted)
    return SERVER.create_token_response(request)


def authorize(request: Request) -> Reply:
    WORLD.seen.append({"at": "authorize"} | request.payload.data)
    if request.method == "GET" and WORLD.behaviour["asks"]:
        return Reply(200, FORM, {"Content-Type": "text/html"})
    try:
        grant = SERVER.get_consent_grant(request, end_user=WORLD.behaviour["user"])
    except OAuth2Error as error:
        return SERVER.handle_error_response(request, error)
    user = None if request.posted.get("deny") else WORLD.behaviour["user"]
    return SERVER.create_authorization_response(request, grant_user=user, grant=grant)


FORM = """<!doctype html><html lang="en"><title>Hospital login</title><h1>Login of Hospital A</h1>
<form method="post"><button name="allow" value="1">Sign in as Dora</button>
<button name="deny" value="1">Cancel</button></form></html>"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        self.answer("")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def answer(self, body: str) -> None:
        path = urlsplit(self.path).path.removeprefix("/realms/staff")
        request = Request(self.command, self.path, body, dict(self.headers))
        time.sleep(WORLD.behaviour["delay"].get(path, 0))
        broken = WORLD.behaviour["broken"].get(path)
        self.reply(Reply(broken[0], broken[1], {}) if broken else self.found(path, request, body))

    def found(self, path: str, request: Request, body: str) -> Reply:
        pages: dict[str, Callable[[], Reply]] = {
            "/control": lambda: control(json.loads(body)),
            "/seen": lambda: Reply(200, json.dumps(WORLD.seen), {}),
            "/.well-known/openid-configuration": lambda: Reply(200, json.dumps(metadata()), {}),
            "/certs": certificates,
            "/authorize": lambda: authorize(request),
            "/token": lambda: token(request),
        }
        return pages.get(path, lambda: Reply(404, "", {}))()

    def reply(self, reply: Reply) -> None:
        content = reply.body.encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


def control(changes: dict[str, Any]) -> Reply:
    if changes.pop("reset", False):
        WORLD.behaviour = json.loads(json.dumps(HONEST))
        WORLD.seen.clear()
    if changes.pop("rotate", False):
        WORLD.keys[:] = [new_key()]
    WORLD.behaviour |= changes
    return Reply(200, json.dumps({"issuer": ISSUER}), {})


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
