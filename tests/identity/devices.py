"""What the browser's engine asks of the API: keys certified, devices registered, a second browser that asks."""

import base64
import uuid
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from identity.device_join import JoinKeys, join_fingerprint
from medicus.lib.ids import new_id
from tests.cast import Browser, Member, b64

KEYS, DEVICES, JOINS = "/api/v1/identity-keys", "/api/v1/devices", "/api/v1/device-joins"


def certify(member, request: bytes | None = None):
    return member.api.post(KEYS, {"csr": b64(request or member.browser.request())})


def register(member, *, device_id=None, **changes):
    device_id = device_id or new_id()
    certificate = changes.pop("certificate", None) or member.browser.device_certificate(
        device_id=device_id, person_id=member.person.id, domain=member.organisation.domain, **changes
    )
    sent = {"id": str(device_id), "name": "Firefox on ward 3", "certificate": b64(certificate)}
    return member.api.post(DEVICES, sent)


def load(text: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(text))


@dataclass
class Newcomer:
    """Another browser of a person, signed in, that has made keys of its own."""

    member: Member
    keys: Browser = field(default_factory=Browser)
    device_id: uuid.UUID = field(default_factory=new_id)
    nonce: bytes = bytes(range(32))

    @property
    def device_key(self) -> bytes:
        return self.keys.device_key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def asked(self) -> dict[str, str]:
        return {
            "device_id": str(self.device_id),
            "name": "Chrome, Linux",
            "nonce": b64(self.nonce),
            "mls_key": b64(self.keys.mls_public_key),
            "device_key": b64(self.device_key),
        }

    def ask(self, **changes: str):
        return self.member.api.post(JOINS, self.asked | changes)

    @property
    def fingerprint(self) -> bytes:
        keys = JoinKeys(self.device_id, self.nonce, self.keys.mls_public_key, self.device_key)
        place = self.member
        return join_fingerprint(keys, person_id=place.person.id, organisation_id=place.organisation.id)

    def certificate(self, first: Member, **changes: object) -> bytes:
        """What the first browser makes for these keys."""
        return self.keys.device_certificate(
            device_id=self.device_id,
            person_id=self.member.person.id,
            domain=self.member.organisation.domain,
            **({"signer": first.browser.identity_key} | changes),
        )

    def state(self, join_id: str) -> str:
        return self.member.api.get(f"{JOINS}/{join_id}").json()["state"]


def approve(first: Member, newcomer: Newcomer, join_id: str, **changes: bytes):
    sent = {"fingerprint": newcomer.fingerprint, "certificate": newcomer.certificate(first)} | changes
    return first.api.post(
        f"{JOINS}/{join_id}/approve", {name: b64(content) for name, content in sent.items()}
    )
