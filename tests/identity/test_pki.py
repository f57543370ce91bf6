"""The certificates that we issue, judged by other people's verifiers; and the requests that we refuse."""

import datetime as dt
import shutil
import subprocess
import uuid

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import verification
from cryptography.x509.oid import NameOID

from identity import pki
from tests.cast import Browser

AT = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
PERSON, DEVICE = uuid.uuid4(), uuid.uuid4()
DOMAIN = "hospital-a.example"


class Authorities:
    """A root, an organisation, a person and her browser."""

    def __init__(self, domain: str = DOMAIN) -> None:
        self.root_key, self.organisation_key = pki.new_key(), pki.new_key()
        self.root = pki.issue_root(self.root_key, at=AT)
        self.organisation = pki.issue_organisation(
            self.organisation_key.public_key(),
            name="Hospital A",
            domain=domain,
            root=self.root,
            root_key=self.root_key,
            at=AT,
        )
        self.browser = Browser()

    def person(self, domain: str = DOMAIN) -> x509.Certificate:
        return pki.issue_person(
            pki.read_request(self.browser.request()),
            person_id=PERSON,
            domain=domain,
            organisation=self.organisation,
            organisation_key=self.organisation_key,
            at=AT,
        )

    def device(self, domain: str = DOMAIN, **changes) -> x509.Certificate:
        made = self.browser.device_certificate(
            device_id=DEVICE, person_id=PERSON, domain=domain, begins=AT, **changes
        )
        return x509.load_der_x509_certificate(made)


def verify(authorities: Authorities, chain: list[x509.Certificate], domain: str = DOMAIN) -> None:
    """`cryptography`'s path validation (RFC 5280 with the rules of the web's PKI)."""
    name = x509.DNSName(pki.device_dns(DEVICE, PERSON, domain))
    builder = verification.PolicyBuilder().store(verification.Store([authorities.root])).time(AT)
    policy = verification.ExtensionPolicy
    builder = builder.extension_policies(
        ca_policy=policy.webpki_defaults_ca(), ee_policy=policy.permit_all()
    ).max_chain_depth(4)
    verifier = builder.build_client_verifier()
    verified = verifier.verify(chain[0], chain[1:])
    assert name in list(
        verified.chain[0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    )


def test_a_chain_of_four_holds_for_another_verifier():
    authorities = Authorities()
    verify(authorities, [authorities.device(), authorities.person(), authorities.organisation])


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs the openssl command")
def test_a_chain_of_four_holds_for_openssl(tmp_path):
    authorities = Authorities()
    chain = [authorities.device(), authorities.person(), authorities.organisation, authorities.root]
    for name, certificate in zip(("device", "person", "organisation", "root"), chain, strict=True):
        (tmp_path / name).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "between").write_bytes(
        (tmp_path / "person").read_bytes() + (tmp_path / "organisation").read_bytes()
    )
    command = ["openssl", "verify", "-x509_strict", "-attime", str(int(AT.timestamp()))]
    command += ["-CAfile", tmp_path / "root", "-untrusted", tmp_path / "between", tmp_path / "device"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    "chain",
    [
        lambda a: [a.device(), a.organisation],
        lambda a: [a.device(), a.person()],
        lambda a: [a.device(signer=pki.new_key()), a.person(), a.organisation],
    ],
    ids=["person left out", "organisation left out", "signed by another key"],
)
def test_a_broken_chain_does_not_hold(chain):
    authorities = Authorities()
    with pytest.raises(verification.VerificationError):
        verify(authorities, chain(authorities))


def test_a_device_cannot_issue_another():
    authorities = Authorities()
    device = authorities.device(key_cert_sign=True, ca=True)
    other = Browser(identity_key=authorities.browser.device_key)
    made = other.device_certificate(
        device_id=DEVICE, person_id=PERSON, domain=DOMAIN, begins=AT, issuer="device"
    )
    with pytest.raises(verification.VerificationError):
        verify(
            authorities,
            [x509.load_der_x509_certificate(made), device, authorities.person(), authorities.organisation],
        )


def test_an_organisation_cannot_name_people_of_another_domain():
    authorities = Authorities()
    with pytest.raises(verification.VerificationError):
        verify(
            authorities,
            [authorities.device(DOMAIN), authorities.person("hospital-b.example"), authorities.organisation],
        )
    with pytest.raises(verification.VerificationError):
        verify(
            authorities,
            [authorities.device("hospital-b.example"), authorities.person(), authorities.organisation],
            domain="hospital-b.example",
        )


def test_each_certificate_says_how_far_it_reaches():
    authorities = Authorities()
    reach = {
        certificate.subject.rfc4514_string(): certificate.extensions.get_extension_for_class(
            x509.BasicConstraints
        ).value.path_length
        for certificate in (authorities.root, authorities.organisation, authorities.person())
    }
    assert reach == {"CN=Medicus Root": 2, "CN=Hospital A": 1, f"CN={PERSON}": 0}


def test_a_person_certificate_takes_no_name_from_the_request():
    certificate = Authorities().person()
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [f"{PERSON}.person.{DOMAIN}"]
    assert certificate.subject.rfc4514_string() == f"CN={PERSON}"


def test_a_long_name_of_an_organisation_is_shortened_to_what_x520_allows():
    key = pki.new_key()
    root = pki.issue_root(key, at=AT)
    certificate = pki.issue_organisation(
        key.public_key(), name="U" * 200, domain=DOMAIN, root=root, root_key=key, at=AT
    )
    assert len(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value) == 64


def request_by(key, algorithm=None) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anything")])
    request = x509.CertificateSigningRequestBuilder(subject).sign(key, algorithm)
    return request.public_bytes(serialization.Encoding.DER)


def test_a_request_with_proof_of_possession_is_read():
    key = pki.new_key()
    assert pki.read_request(request_by(key, hashes.SHA256())).public_key() == key.public_key()


def stolen_request() -> bytes:
    """Somebody else's public key in a request that its thief has signed."""
    mine, theirs = (request_by(pki.new_key(), hashes.SHA256()) for _ in range(2))
    spki = [
        x509.load_der_x509_csr(each).public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        for each in (mine, theirs)
    ]  # fmt: skip
    return mine.replace(spki[0], spki[1])


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (stolen_request, "not signed by the key"),
        (lambda: request_by(ec.generate_private_key(ec.SECP384R1()), hashes.SHA256()), "P-256"),
        (lambda: request_by(rsa.generate_private_key(65537, 2048), hashes.SHA256()), "P-256"),
        (lambda: request_by(ed25519.Ed25519PrivateKey.generate()), "P-256"),
        (lambda: b"", "not a certificate request"),
        (lambda: b"\x30\x82", "not a certificate request"),
        (lambda: request_by(pki.new_key(), hashes.SHA256())[:-1], "not a certificate request"),
        (lambda: b"\x00" * 10_000, "too long"),
    ],
    ids=["stolen key", "P-384", "RSA", "Ed25519", "empty", "rubbish", "truncated", "long"],
)
def test_other_requests_are_refused(make, why):
    with pytest.raises(pki.CertificateError, match=why):
        pki.read_request(make())


def test_a_key_file_keeps_its_key_and_no_other_kind_is_read():
    key = pki.new_key()
    assert pki.key_from_pem(pki.key_to_pem(key)).public_key() == key.public_key()
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(pki.CertificateError):
        pki.key_from_pem(other)


def test_a_signature_of_web_crypto_is_checked():
    browser = Browser()
    key = browser.device_key.public_key()
    signature = browser.sign(b"content")
    assert pki.check_signature(key, signature, b"content")
    assert not pki.check_signature(key, signature, b"other")
    assert not pki.check_signature(pki.new_key().public_key(), signature, b"content")
    assert not pki.check_signature(key, signature[:-1], b"content")
    assert not pki.check_signature(key, bytes([signature[0] ^ 1]) + signature[1:], b"content")
    assert not pki.check_signature(key, bytes(64), b"content")
