"""What a member of the cast is and can do in a test: act, browse, call the API, and hold keys as a browser
does."""

import base64
import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.test import Client

from identity import pki
from identity.access import actor_in
from identity.actions import certify_identity_key, register_device
from identity.actions.sign_ins import begin_session
from identity.device_certificate import THUMBPRINT_URI
from identity.models import Device, IdentityKey, Membership, Organisation, Person
from identity.origin import Origin
from identity.session_store import SessionStore
from identity.sessions import FULL
from identity.states import Way
from identity.thumbprint import ed25519_thumbprint
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.ids import new_id

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


class ApiClient(Client):
    """A test client that posts JSON."""

    def post(self, path: Any, data: Any = None, *arguments: Any, **extra: Any) -> Any:
        extra.setdefault("content_type", "application/json")
        return super().post(path, {} if data is None else data, *arguments, **extra)


@dataclass
class Browser:
    """The keys that a person's browser holds. One identity key, one device at a time."""

    identity_key: Any = field(default_factory=pki.new_key)
    device_key: Any = field(default_factory=pki.new_key)
    mls_key: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)

    @property
    def mls_public_key(self) -> bytes:
        """The MLS signature key, 32 raw bytes."""
        return self.mls_key.public_key().public_bytes_raw()

    def request(self) -> bytes:
        """A PKCS #10 request for the identity key, as DER."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anything")])
        request = x509.CertificateSigningRequestBuilder(subject).sign(self.identity_key, hashes.SHA256())
        return request.public_bytes(serialization.Encoding.DER)

    def device_certificate(self, *, device_id: Any, person_id: Any, domain: str, **changes: Any) -> bytes:
        """A device certificate as DER. `changes`, for what must be refused: see `device_builder`, and
        `signer`."""
        signer = changes.pop("signer", self.identity_key)
        dns = changes.pop("dns", [pki.device_dns(device_id, person_id, domain)])
        uris = changes.pop("uris", [THUMBPRINT_URI + ed25519_thumbprint(self.mls_public_key)])
        builder = device_builder(
            public_key=changes.pop("public_key", self.device_key.public_key()),
            issuer=changes.pop("issuer", str(person_id)),
            issuer_key=signer.public_key(),
            names=[*map(x509.UniformResourceIdentifier, uris), *map(x509.DNSName, dns)],
            **changes,
        )
        return pki.der(builder.sign(signer, hashes.SHA256()))

    def sign(self, content: bytes) -> bytes:
        """Sign by the device's key, as WebCrypto does (r and s, 64 bytes)."""
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        r, s = decode_dss_signature(self.device_key.sign(content, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


def device_builder(
    *,
    public_key: Any,
    issuer: str,
    issuer_key: Any,
    names: list[x509.GeneralName],
    begins: dt.datetime | None = None,
    days: float = 60,
    ca: bool = False,
    digital_signature: bool = True,
    key_cert_sign: bool = False,
    extra: tuple[x509.ExtensionType, bool] | None = None,
) -> x509.CertificateBuilder:
    begins = begins or now()
    common_name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])  # noqa: E731
    usage = x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(common_name(issuer), common_name("device"), public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.add_extension(extra[0], critical=extra[1]) if extra else builder


@dataclass
class Member:
    """A person of the cast in their hospital. `client` browses, `api` speaks JSON; both are one session."""

    person: Person
    membership: Membership
    organisation: Organisation
    client: Client
    api: ApiClient
    session_key: str
    browser: Browser = field(default_factory=Browser)
    device: Device | None = None

    @property
    def actor(self) -> Actor:
        device_id = self.device.id if self.device else None
        acting = actor_in(self.membership, device_id=device_id, verified_at=now())
        # The row of the cast is as old as the test, and its hospital may have been verified meanwhile.
        return replace(acting, organisation_verified=None)

    @property
    def mls_identity(self) -> str:
        assert self.device
        return self.device.mls_identity

    def add_device(self) -> Device:
        """Make a device with fresh keys, under the identity key, and attach it to the session."""
        keys = IdentityKey.objects.filter(person=self.person, organisation=self.organisation, revoked_at=None)
        if not keys.exists():
            certify_identity_key(by=self.actor, request_der=self.browser.request())
        self.browser = Browser(identity_key=self.browser.identity_key)
        device_id = new_id()
        certificate = self.browser.device_certificate(
            device_id=device_id, person_id=self.person.id, domain=self.organisation.domain
        )
        session = SessionStore(self.session_key)
        self.device = register_device(
            by=self.actor, session=session, device_id=device_id, name="Test", certificate_der=certificate
        )
        session.save()
        return self.device

    def again(self) -> "Member":
        """The same member with clients as new: what they were told by earlier answers is forgotten."""
        client, api = (with_session(one, self.session_key) for one in (Client(), ApiClient()))
        return replace(self, client=client, api=cast("ApiClient", api))

    def grow_stale(self) -> None:
        """Let six minutes pass since the session last showed a second factor."""
        self._verified(now() - dt.timedelta(minutes=6))

    def grow_fresh(self) -> None:
        """Have the session show a second factor now."""
        self._verified(now())

    def stay_fresh(self) -> None:
        """Have the session's second factor count for an hour: a slow machine takes long for many tests."""
        self._verified(now() + dt.timedelta(hours=1))

    def _verified(self, at: dt.datetime) -> None:
        session = self.session()
        session[FULL] = session[FULL] | {"verified_at": at.isoformat()}
        session.save()

    def session(self) -> SessionStore:
        """The row of the session, as it is now."""
        return SessionStore(self.session_key)


def sign_in(membership: Membership) -> Member:
    """Give a member a complete session: the one that the second factor begins."""
    session = SessionStore()
    begin_session(session, membership, way=Way.TOTP, origin=Origin("192.0.2.7", FIREFOX))
    key = str(session.session_key)
    client, api = with_session(Client(), key), with_session(ApiClient(), key)
    return Member(membership.person, membership, membership.organisation, client, api, key)


Kind = TypeVar("Kind", bound=Client)


def with_session(browser: Kind, session_key: str) -> Kind:
    """A test client that brings the cookies of a session, and speaks English."""
    browser.cookies[settings.SESSION_COOKIE_NAME] = session_key
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return browser


def b64(content: bytes) -> str:
    """Standard base64 with padding, as the API speaks it."""
    return base64.b64encode(content).decode()
