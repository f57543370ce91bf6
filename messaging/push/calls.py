"""One call to one browser: where it may go, what it carries, what the push service answers."""

import logging
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from medicus.lib.outgoing import Reach, Unreachable, ask, permitted, reach_of_tenants
from messaging.push.keys import authorization

log = logging.getLogger(__name__)

CONTENT = b"new"
"""All that a call says. The browser's words for it are its own."""
TIMEOUT_SECONDS = 5.0
LIMIT_BYTES = 16 * 1024
KEPT_SECONDS = 24 * 3600
"""For how long a push service keeps a call for a browser that is switched off."""
POINT_BYTES, AUTH_BYTES = 65, 16

SERVICES = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
"""The push services of Chrome, Firefox, Safari and Edge: a name or what ends with it. Elsewhere this service sends
nothing, or whoever is signed in could have it knock at any door."""


class Outcome(Enum):
    """What became of a call: taken; the browser has gone for good; refused, as it will be again; not now."""

    TAKEN = auto()
    GONE = auto()
    REFUSED = auto()
    AWAY = auto()


@dataclass(frozen=True, slots=True)
class Target:
    """A subscription as the browser made it. p256dh: its public key, an uncompressed point; auth: 16 bytes."""

    endpoint: str
    p256dh: bytes
    auth: bytes


def is_allowed(endpoint: str) -> bool:
    """Whether an endpoint is an address of a known push service, or of one that the operator has named."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if parts.username or parts.fragment or not parts.hostname or not endpoint.isascii():
        return False
    if parts.hostname in settings.PUSH_HOSTS:
        return parts.scheme in {"https", "http"}
    known = any(parts.hostname == name or parts.hostname.endswith(f".{name}") for name in SERVICES)
    return known and parts.scheme == "https" and port in {None, 443}


def is_key(p256dh: bytes, auth: bytes) -> bool:
    """Whether these can be a browser's keys: a point on P-256 and a secret of 16 bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    except ValueError:
        return False
    return len(p256dh) == POINT_BYTES and len(auth) == AUTH_BYTES


def call(target: Target) -> Outcome:
    """Call a browser once. The log tells the service's answer, never the endpoint, which is a secret."""
    if not is_allowed(target.endpoint):  # the operator has taken its host from the list
        return Outcome.REFUSED
    try:
        answer = ask(
            "POST",
            target.endpoint,
            _sealed(target),
            headers={
                "Authorization": authorization(target.endpoint),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(KEPT_SECONDS),
                "Topic": "new",  # of several calls to a browser that is off, one is enough
                "Urgency": "high",
            },
            reach=_reach(target),
            timeout_seconds=TIMEOUT_SECONDS,
            limit_bytes=LIMIT_BYTES,
            with_query=True,
        )
    except Unreachable as error:
        log.warning("push service not reached: %s", error)
        return Outcome.AWAY
    return _outcome(answer.status)


def _sealed(target: Target) -> bytes:
    private_key = ec.generate_private_key(ec.SECP256R1())
    sealed: bytes = http_ece.encrypt(
        CONTENT, private_key=private_key, dh=target.p256dh, auth_secret=target.auth, version="aes128gcm"
    )
    return sealed


def _reach(target: Target) -> Reach:
    """The known services lie on the internet; one that the operator has named may lie in the hospital's network."""
    named = urlsplit(target.endpoint).hostname in settings.PUSH_HOSTS
    return permitted if named else reach_of_tenants([])


def _outcome(status: int) -> Outcome:
    if HTTPStatus(200) <= status < HTTPStatus(300):
        return Outcome.TAKEN
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return Outcome.GONE
    log.warning("push service answered %d", status)
    away = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
    return Outcome.AWAY if away else Outcome.REFUSED
