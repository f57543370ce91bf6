"""Which device certificates the server accepts: those of its own rules, and no other."""

import base64
import datetime as dt
import uuid
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from identity import pki
from identity.device_certificate import THUMBPRINT_URI, check_device
from identity.thumbprint import ed25519_thumbprint
from tests.identity.test_pki import AT, DEVICE, DOMAIN, PERSON, Authorities

THUMBPRINT = ed25519_thumbprint(bytes(32))
DAY = dt.timedelta(days=1)


def check(authorities: Authorities, der: bytes, **changes):
    asked: Any = {"device_id": DEVICE, "person_id": PERSON, "domain": DOMAIN, "at": AT}
    return check_device(der, person=authorities.person(), **asked | changes)


def made(authorities: Authorities, **changes) -> bytes:
    return pki.der(authorities.device(**changes))


def test_a_device_under_the_person_s_key_is_accepted():
    authorities = Authorities()
    checked = check(authorities, made(authorities))
    assert checked.mls_thumbprint == ed25519_thumbprint(authorities.browser.mls_public_key)
    assert checked.expires_at == AT + 60 * DAY


def test_ninety_days_are_accepted_and_a_clock_four_minutes_ahead():
    authorities = Authorities()
    check(authorities, made(authorities, days=90))
    check(authorities, made(authorities), at=AT - dt.timedelta(minutes=4))


REFUSED: dict[str, Any] = {
    "too long valid": (lambda a: {"days": 91}, "at most 90 days"),
    "no name at all": (lambda a: {"dns": [], "uris": []}, "names no device"),
    "no thumbprint": (lambda a: {"uris": []}, "exactly one URI"),
    "no DNS name": (lambda a: {"dns": []}, "exactly one DNS name"),
    "DNS name of another device": (
        lambda a: {"dns": [pki.device_dns(uuid.uuid4(), PERSON, DOMAIN)]},
        "exactly one DNS name",
    ),
    "DNS name of another person": (
        lambda a: {"dns": [pki.device_dns(DEVICE, uuid.uuid4(), DOMAIN)]},
        "exactly one DNS name",
    ),
    "DNS name of another organisation": (
        lambda a: {"dns": [pki.device_dns(DEVICE, PERSON, "hospital-b.example")]},
        "exactly one DNS name",
    ),
    "a second DNS name": (
        lambda a: {"dns": [pki.device_dns(DEVICE, PERSON, DOMAIN), "www.hospital-a.example"]},
        "exactly one DNS name",
    ),
    "a second URI": (
        lambda a: {"uris": [THUMBPRINT_URI + THUMBPRINT, "https://hospital-a.example/"]},
        "exactly one URI",
    ),
    "another URI": (lambda a: {"uris": ["https://hospital-a.example/"]}, "exactly one URI"),
    "thumbprint too short": (lambda a: {"uris": [THUMBPRINT_URI + THUMBPRINT[:-1]]}, "43 characters"),
    "thumbprint too long": (lambda a: {"uris": [THUMBPRINT_URI + THUMBPRINT + "A"]}, "43 characters"),
    "thumbprint in base64": (lambda a: {"uris": [THUMBPRINT_URI + "+" * 43]}, "43 characters"),
    "thumbprint not canonical": (lambda a: {"uris": [THUMBPRINT_URI + "A" * 42 + "B"]}, "canonical"),
    "is a CA": (lambda a: {"ca": True, "key_cert_sign": True}, "must not be a certificate authority"),
    "may sign certificates": (lambda a: {"key_cert_sign": True}, "digitalSignature"),
    "may not sign": (lambda a: {"digital_signature": False}, "digitalSignature"),
    "P-384": (
        lambda a: {"public_key": ec.generate_private_key(ec.SECP384R1()).public_key()},
        "P-256",
    ),
    "Ed25519": (lambda a: {"public_key": ed25519.Ed25519PrivateKey.generate().public_key()}, "P-256"),
    "the identity key itself": (
        lambda a: {"public_key": a.browser.identity_key.public_key()},
        "a key of its own",
    ),
    "another person's key": (lambda a: {"signer": pki.new_key()}, "not signed by this person"),
    "another issuer's name": (lambda a: {"issuer": "Hospital A"}, "not signed by this person"),
    "directly by the organisation": (
        lambda a: {"issuer": "Hospital A", "signer": a.organisation_key},
        "not signed by this person",
    ),
    "directly by the organisation, in the person's name": (
        lambda a: {"signer": a.organisation_key},
        "not signed by this person",
    ),
    "directly by the root": (
        lambda a: {"issuer": "Medicus Root", "signer": a.root_key},
        "not signed by this person",
    ),
    "unknown critical extension": (
        lambda a: {"extra": (x509.TLSFeature([x509.TLSFeatureType.status_request]), True)},
        "critical extension",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_others_are_refused_and_told_why(case):
    authorities = Authorities()
    changes, why = REFUSED[case]
    with pytest.raises(pki.CertificateError, match=why):
        check(authorities, made(authorities, **changes(authorities)))


@pytest.mark.parametrize(
    ("at", "why"), [(AT + 60 * DAY, "expired"), (AT - 6 * dt.timedelta(minutes=1), "not valid yet")]
)
def test_a_certificate_out_of_its_time_is_refused(at, why):
    authorities = Authorities()
    with pytest.raises(pki.CertificateError, match=why):
        check(authorities, made(authorities), at=at)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda der: b"",
        lambda der: der[:-1],
        lambda der: der + b"\x00",
        lambda der: b"\x30" * 9000,
        bytes.upper,
    ],
    ids=["empty", "truncated", "trailing byte", "long", "rubbish"],
)
def test_what_is_no_certificate_is_refused(break_it):
    authorities = Authorities()
    with pytest.raises(pki.CertificateError):
        check(authorities, break_it(made(authorities)))


def test_one_changed_bit_anywhere_is_refused():
    authorities = Authorities()
    der = made(authorities)
    for position in range(0, len(der), 23):
        changed = der[:position] + bytes([der[position] ^ 1]) + der[position + 1 :]
        with pytest.raises(pki.CertificateError):
            check(authorities, changed)


def test_a_weaker_hash_is_refused():
    authorities = Authorities()
    browser = authorities.browser
    der = made(authorities)
    certificate = x509.load_der_x509_certificate(der)
    builder = x509.CertificateBuilder(
        certificate.issuer, certificate.subject, certificate.public_key(), certificate.serial_number
    ).not_valid_before(AT).not_valid_after(AT + DAY)  # fmt: skip
    for extension in certificate.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    weaker = builder.sign(browser.identity_key, hashes.SHA384())
    with pytest.raises(pki.CertificateError, match="SHA-256"):
        check(authorities, weaker.public_bytes(serialization.Encoding.DER))


def test_a_pem_is_not_der():
    authorities = Authorities()
    pem = base64.encodebytes(made(authorities))
    with pytest.raises(pki.CertificateError):
        check(authorities, b"-----BEGIN CERTIFICATE-----\n" + pem + b"-----END CERTIFICATE-----\n")
