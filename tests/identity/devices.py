"""What the browser's engine asks of the API: keys certified, devices registered, a second browser that asks."""

import base64
import uuid
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from identity import pki
from identity.actions import change_policies
from identity.device_join import JoinKeys, join_fingerprint
from identity.models import Organisation
from identity.policies import PolicyName
from identity.states import NewDevicesPolicy
from medicus.lib.actor import SYSTEM
from medicus.lib.ids import new_id
from tests.cast import Browser, Member, b64
from tests.identity.wrapped_backup_keys import point

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
    agreement_key: bytes = field(default_factory=lambda: point(pki.new_key()))

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
            "agreement_key": b64(self.agreement_key),
            "device_key": b64(self.device_key),
        }

    def ask(self, **changes: str):
        return self.member.api.post(JOINS, self.asked | changes)

    @property
    def fingerprint(self) -> bytes:
        mls_key = self.keys.mls_public_key
        keys = JoinKeys(self.device_id, self.nonce, mls_key, self.agreement_key, self.device_key)
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

    def attach(self) -> None:
        """Have this browser's session hold the device that it has become."""
        address, api = f"{DEVICES}/{self.device_id}", self.member.api
        nonce = base64.b64decode(api.post(f"{address}/challenge").json()["nonce"])
        signature = self.keys.sign(b"medicus-attach:" + nonce)
        assert api.post(f"{address}/attach", {"signature": b64(signature)}).status_code == 200

    def state(self, join_id: str) -> str:
        return self.member.api.get(f"{JOINS}/{join_id}").json()["state"]


def approve(first: Member, newcomer: Newcomer, join_id: str, **changes: bytes):
    sent = {"fingerprint": newcomer.fingerprint, "certificate": newcomer.certificate(first)} | changes
    return first.api.post(
        f"{JOINS}/{join_id}/approve", {name: b64(content) for name, content in sent.items()}
    )


APPROVALS, ADMINISTRATION = "/api/v1/device-approvals", "/api/v1/administration/device-approvals"


def demand_approval(organisation: Organisation) -> None:
    """Have an organisation demand an administrator's approval of each new device."""
    values = {PolicyName.NEW_DEVICES: NewDevicesPolicy.ADMINISTRATOR.value}
    change_policies(by=SYSTEM, organisation_id=organisation.id, values=values, address="")


def ask_administrator(newcomer: Newcomer, identity_key: EllipticCurvePrivateKey, **changes: str) -> Any:
    """Ask the administrators to approve a newcomer's keys, which this identity key certifies."""
    sent = {name: newcomer.asked[name] for name in ("device_id", "name", "mls_key", "device_key")}
    sent["identity_fingerprint"] = b64(pki.fingerprint(identity_key.public_key()))
    return newcomer.member.api.post(APPROVALS, sent | changes)


def register_newcomer(newcomer: Newcomer, identity_key: EllipticCurvePrivateKey) -> Any:
    """Register a newcomer's keys directly: the first device, or one with the identity key of a recovery kit."""
    certificate = newcomer.certificate(newcomer.member, signer=identity_key)
    sent = {"id": str(newcomer.device_id), "name": "", "certificate": b64(certificate)}
    return newcomer.member.api.post(DEVICES, sent)


def ask_as_first(newcomer: Newcomer) -> str:
    """Ask the administrators with an identity key of the newcomer's own; the request's id."""
    answer = ask_administrator(newcomer, newcomer.keys.identity_key)
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting"), answer.content
    return str(answer.json()["id"])


def decide(by: Member, approval_id: str, act: str = "approve", **sent: str) -> Any:
    """Approve or refuse as an administrator."""
    return by.api.post(f"{ADMINISTRATION}/{approval_id}/{act}", sent)


def approval_state(newcomer: Newcomer, approval_id: str) -> str:
    return str(newcomer.member.api.get(f"{APPROVALS}/{approval_id}").json()["state"])


def set_up(newcomer: Newcomer) -> Any:
    """What the browser does once it may; the answer to the last step."""
    certified = certify(newcomer.member)
    if certified.status_code != 201:
        return certified
    return register_newcomer(newcomer, newcomer.keys.identity_key)


def codes_of(*answers: Any) -> list[tuple[int, str]]:
    return [(answer.status_code, answer.json()["code"]) for answer in answers]


APPROVAL_NEEDED = (409, "approval-needed")
