"""The certificates that bind keys to people: pure functions, bytes and objects in, objects out.

Four certificates make a chain (RFC 5280; ECDSA on P-256 with SHA-256, RFC 5758):

    root → organisation CA → person → device

- root: path length 2; its key is the platform's.
- organisation CA: path length 1, name constraints permit only the organisation's DNS domain; its key is the
  organisation's own.
- person: path length 0, `<person-id>.person.<domain>`; the key is made in the person's browser and never
  leaves it.
- device: signed in the browser by the person's key; carries the RFC 7638 thumbprint of the MLS signature key.

The server can therefore issue a person certificate, which every peer sees and may pin, but no device of a
person who has one. What a client must check besides the path: exactly four certificates, the third under the
pinned key.
"""

import hashlib
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

ROOT_DAYS, ORGANISATION_DAYS, PERSON_DAYS = 7300, 3650, 1095
SKEW = timedelta(minutes=5)
"""How far two honest clocks may differ."""
MAXIMUM_DER_BYTES = 8192
SCALAR_BYTES = 32
"""Of P-256."""


class CertificateError(ValueError):
    """A certificate or request breaks a rule; the text says which, in plain English."""


def new_key() -> ec.EllipticCurvePrivateKey:
    """Make a P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_to_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Write a key as PKCS #8 PEM, unencrypted: the file's mode protects it, or an HSM replaces it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def key_from_pem(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Read a P-256 key.

    Raises:
        CertificateError: another kind of key.
    """
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateError("the key file does not hold an elliptic curve key")
    p256(key.public_key())
    return key


def der(certificate: x509.Certificate) -> bytes:
    """Write a certificate as DER."""
    return certificate.public_bytes(serialization.Encoding.DER)


def certificate_hash(certificate_der: bytes) -> str:
    """SHA-256 of a certificate, hexadecimal: how the log names it, so that its owner can compare."""
    return hashlib.sha256(certificate_der).hexdigest()


def fingerprint(public_key: ec.EllipticCurvePublicKey) -> bytes:
    """SHA-256 of the key's SubjectPublicKeyInfo, as certificate pins use it (RFC 7469 section 2.4)."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki(public_key))
    return digest.finalize()


def spki(public_key: ec.EllipticCurvePublicKey) -> bytes:
    """The key as SubjectPublicKeyInfo, DER."""
    return public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def p256(public_key: object) -> ec.EllipticCurvePublicKey:
    """Narrow a public key to P-256.

    Raises:
        CertificateError: another algorithm or curve.
    """
    if not isinstance(public_key, ec.EllipticCurvePublicKey) or public_key.curve.name != "secp256r1":
        raise CertificateError("the key must be an elliptic curve key on P-256")
    return public_key


def person_dns(person_id: object, domain: str) -> str:
    """The DNS name of a person certificate."""
    return f"{person_id}.person.{domain}"


def device_dns(device_id: object, person_id: object, domain: str) -> str:
    """The DNS name of a device certificate."""
    return f"{device_id}.{person_id}.device.{domain}"


def issue_root(key: ec.EllipticCurvePrivateKey, *, at: datetime) -> x509.Certificate:
    """Make the self-signed root certificate."""
    name = _name("Medicus Root")
    builder = _authority(name, name, key.public_key(), key.public_key(), path_length=2)
    return _sign(builder, key, at=at, days=ROOT_DAYS)


def issue_organisation(
    public_key: ec.EllipticCurvePublicKey,
    *,
    name: str,
    domain: str,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    at: datetime,
) -> x509.Certificate:
    """Make an organisation's CA certificate, which can only name what lies in its `domain`.

    name: shortened to the 64 characters that X.520 allows in a common name."""
    builder = _authority(
        _name(name[:64]), root.subject, p256(public_key), root_key.public_key(), path_length=1
    )
    permitted = x509.NameConstraints(permitted_subtrees=[x509.DNSName(domain)], excluded_subtrees=None)
    builder = builder.add_extension(permitted, critical=True)
    return _sign(builder, root_key, at=at, days=ORGANISATION_DAYS)


def issue_person(
    request: x509.CertificateSigningRequest,
    *,
    person_id: object,
    domain: str,
    organisation: x509.Certificate,
    organisation_key: ec.EllipticCurvePrivateKey,
    at: datetime,
) -> x509.Certificate:
    """Certify the key of a checked request; all names come from the server, none from the request."""
    public_key = p256(request.public_key())
    builder = _authority(
        _name(str(person_id)), organisation.subject, public_key, organisation_key.public_key(), path_length=0
    )
    names = x509.SubjectAlternativeName([x509.DNSName(person_dns(person_id, domain))])
    builder = builder.add_extension(names, critical=False)
    return _sign(builder, organisation_key, at=at, days=PERSON_DAYS)


def read_request(request_der: bytes) -> x509.CertificateSigningRequest:
    """Read a PKCS #10 request (RFC 2986) and check that its sender holds the private key.

    Raises:
        CertificateError: malformed, not P-256, or the signature is not by that key.
    """
    if len(request_der) > MAXIMUM_DER_BYTES:
        raise CertificateError("the request is too long")
    try:
        request = x509.load_der_x509_csr(request_der)
        p256(request.public_key())
        valid = request.is_signature_valid
    except CertificateError:
        raise
    except Exception as error:
        raise CertificateError("this is not a certificate request (PKCS #10, DER)") from error
    if not valid:
        raise CertificateError("the request is not signed by the key it names")
    return request


def read_certificate(certificate_der: bytes) -> x509.Certificate:
    """Read an X.509 v3 certificate.

    Raises:
        CertificateError: malformed.
    """
    if len(certificate_der) > MAXIMUM_DER_BYTES:
        raise CertificateError("the certificate is too long")
    try:
        certificate = x509.load_der_x509_certificate(certificate_der)
        _ = certificate.extensions, certificate.public_key(), certificate.signature_hash_algorithm
    except Exception as error:
        raise CertificateError("this is not a certificate (X.509, DER)") from error
    if certificate.version is not x509.Version.v3:
        raise CertificateError("the certificate must be X.509 version 3")
    return certificate


def check_signature(public_key: ec.EllipticCurvePublicKey, signature: bytes, content: bytes) -> bool:
    """Check an ECDSA-SHA256 signature in IEEE P1363 form (r and s, 32 bytes each) as WebCrypto makes it."""
    if len(signature) != 2 * SCALAR_BYTES:
        return False
    r, s = int.from_bytes(signature[:SCALAR_BYTES]), int.from_bytes(signature[SCALAR_BYTES:])
    try:
        public_key.verify(encode_dss_signature(r, s), content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _authority(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    *,
    path_length: int,
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=path_length > 0,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder(issuer_name=issuer, subject_name=subject, public_key=public_key)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _sign(
    builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, *, at: datetime, days: int
) -> x509.Certificate:
    builder = builder.not_valid_before(at - SKEW).not_valid_after(at + timedelta(days=days))
    return builder.sign(key, hashes.SHA256())
