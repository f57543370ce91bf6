"""The rules of a device certificate, which a browser makes and the server only checks. See `identity.pki`."""

import base64
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtensionOID

from identity.pki import SKEW, CertificateError, device_dns, fingerprint, p256, read_certificate

THUMBPRINT_URI = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"
"""RFC 9278 section 3."""
MAXIMUM_VALIDITY = timedelta(days=90)
_KNOWN_EXTENSIONS = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
}


@dataclass(frozen=True, slots=True)
class DeviceCertificate:
    """A device certificate that has passed every check."""

    der: bytes
    mls_thumbprint: str
    expires_at: datetime


def check_device(
    certificate_der: bytes,
    *,
    device_id: uuid.UUID,
    person_id: uuid.UUID,
    domain: str,
    person: x509.Certificate,
    at: datetime,
) -> DeviceCertificate:
    """Check a device certificate against the person certificate that must have issued it.

    `cryptography`'s path verifier is made for TLS servers and knows neither the two names nor the
    rule of four certificates, so each rule stands here by itself.

    Raises:
        CertificateError: naming the first rule that is broken.
    """
    certificate = read_certificate(certificate_der)
    public_key = p256(certificate.public_key())
    _check_issuer(certificate, person)
    _check_validity(certificate, at)
    _check_extensions(certificate)
    if fingerprint(public_key) == fingerprint(p256(person.public_key())):
        raise CertificateError("a device needs a key of its own, not the identity key")
    thumbprint = _check_names(certificate, device_dns(device_id, person_id, domain))
    return DeviceCertificate(certificate_der, thumbprint, certificate.not_valid_after_utc)


def _check_issuer(certificate: x509.Certificate, person: x509.Certificate) -> None:
    if not isinstance(certificate.signature_hash_algorithm, hashes.SHA256):
        raise CertificateError("the certificate must be signed by ECDSA with SHA-256")
    try:
        certificate.verify_directly_issued_by(person)
    except Exception as error:
        raise CertificateError("the certificate is not signed by this person's identity key") from error


def _check_validity(certificate: x509.Certificate, at: datetime) -> None:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if begins > at + SKEW:
        raise CertificateError("the certificate is not valid yet")
    if ends <= at:
        raise CertificateError("the certificate has expired")
    if ends - begins > MAXIMUM_VALIDITY:
        raise CertificateError("the certificate may be valid for at most 90 days")


def _check_extensions(certificate: x509.Certificate) -> None:
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _KNOWN_EXTENSIONS:
            raise CertificateError("the certificate has a critical extension that nobody here knows")
    if _is_authority(certificate):
        raise CertificateError("a device certificate must not be a certificate authority")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise CertificateError("the certificate needs the key usage digitalSignature") from None
    if not usage.digital_signature or usage.key_cert_sign or usage.crl_sign:
        raise CertificateError(
            "the certificate's key usage must be digitalSignature, and sign no certificates"
        )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _check_names(certificate: x509.Certificate, dns_name: str) -> str:
    """Demand exactly the two names, and return the thumbprint."""
    try:
        names = list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        raise CertificateError("the certificate names no device (subject alternative name)") from None
    dns = [name.value for name in names if isinstance(name, x509.DNSName)]
    uris = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    if dns != [dns_name]:
        raise CertificateError(f"the certificate must have exactly one DNS name, {dns_name}")
    if len(names) != len(dns) + len(uris) or len(uris) != 1 or not uris[0].startswith(THUMBPRINT_URI):
        raise CertificateError(f"the certificate must have exactly one URI, {THUMBPRINT_URI}…")
    return _thumbprint(uris[0].removeprefix(THUMBPRINT_URI))


def _thumbprint(text: str) -> str:
    """Demand base64url of 32 bytes in its one canonical form."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", text):
        raise CertificateError("the thumbprint must be 43 characters of base64url")
    if base64.urlsafe_b64encode(base64.urlsafe_b64decode(text + "=")).rstrip(b"=").decode() != text:
        raise CertificateError("the thumbprint is not in its canonical form")
    return text
