"""A push service as a browser maker runs it: takes calls over HTTP, checks who signed them, opens what is in them.

Opening follows RFC 8291 and RFC 8188 step by step with `cryptography`, and shares no code with what seals."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Call:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """`status`: what the next calls are answered; `calls`: what came."""

    origin: str = ""
    status: int = 201
    calls: list[Call] = field(default_factory=list)


class Subscriber:
    """The browser's side of a subscription: its keys, and how it opens a call."""

    def __init__(self, service: PushService, name: str = "a") -> None:
        self.endpoint = f"{service.origin}/push/{name}?token=of-{name}"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.auth = bytes(range(16))
        self.p256dh = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, str]:
        b64 = lambda content: base64.b64encode(content).decode()  # noqa: E731
        return {"endpoint": self.endpoint, "p256dh": b64(self.p256dh), "auth": b64(self.auth)}

    def open(self, body: bytes) -> bytes:
        """The content of a call. Raises: InvalidTag when it is not for this browser."""
        salt, record_bytes, id_bytes = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, record = body[21 : 21 + id_bytes], body[21 + id_bytes :]
        assert len(record) <= record_bytes
        shared = self._key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        info = b"WebPush: info\0" + self.p256dh + sender
        secret = _hkdf(salt=self.auth, secret=shared, info=info, length=32)
        key = _hkdf(salt=salt, secret=secret, info=b"Content-Encoding: aes128gcm\0", length=16)
        nonce = _hkdf(salt=salt, secret=secret, info=b"Content-Encoding: nonce\0", length=12)
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert padded.endswith(b"\x02"), "not the last record"
        return padded[:-1]


def signed_claims(call: Call) -> tuple[dict[str, Any], str]:
    """The claims of a call's token and the key of who signed it (RFC 8292). Raises: InvalidSignature."""
    scheme, _, parameters = call.headers["Authorization"].partition(" ")
    assert scheme == "vapid"
    named = dict(one.strip().split("=", 1) for one in parameters.split(","))
    header, claims, signature = named["t"].split(".")
    assert json.loads(unpadded(header)) == {"typ": "JWT", "alg": "ES256"}
    raw = unpadded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpadded(named["k"]))
    key.verify(der, f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(unpadded(claims)), named["k"]


@contextmanager
def running() -> Iterator[PushService]:
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.calls.append(Call(self.path, dict(self.headers), body))
            self.send_response(service.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _hkdf(*, salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=salt, info=info).derive(secret)
