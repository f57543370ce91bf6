"""LeafNode and KeyPackage (RFC 9420 sections 7.2 and 10): who a leaf says it is, and its signatures."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from identity.thumbprint import ed25519_thumbprint
from messaging.envelope.tls import Fault, Reader, opaque, refuse
from messaging.states import KEY_PACKAGE_BYTES

MLS10 = 1
CIPHER_SUITE = 1
"""MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, the only one in use here."""
BASIC_CREDENTIAL = 1
LAST_INSTANT = 253_402_300_799
"""9999-12-31T23:59:59Z in seconds: later ones are no dates."""


class Source(IntEnum):
    """`LeafNodeSource`"""

    KEY_PACKAGE = 1
    UPDATE = 2
    COMMIT = 3


@dataclass(frozen=True, slots=True)
class LeafNode:
    """`identity`: the basic credential, `<person-id>:<device tag>@<domain>`; `signature_key`: Ed25519."""

    identity: str
    encryption_key: bytes
    signature_key: bytes
    not_before: datetime | None
    not_after: datetime | None
    signed: bytes
    signature: bytes

    @property
    def thumbprint(self) -> str:
        """RFC 7638 thumbprint of the signature key, as device certificates carry it."""
        return ed25519_thumbprint(self.signature_key)

    def verify(self, *, group_id: bytes = b"", leaf_index: int | None = None) -> None:
        """Check the leaf's own signature (`LeafNodeTBS`, section 7.2).

        A leaf of a commit is bound to its group and place, one of a key package to neither.

        Raises:
            EnvelopeRefused: the signature is not by `signature_key`.
        """
        place = b"" if leaf_index is None else opaque(group_id) + leaf_index.to_bytes(4)
        verify_with_label(self.signature_key, b"LeafNodeTBS", self.signed + place, self.signature)


@dataclass(frozen=True, slots=True)
class KeyPackage:
    """`reference`: KeyPackageRef (section 5.2), by which a Welcome names it."""

    leaf: LeafNode
    reference: bytes
    signed: bytes
    signature: bytes

    def verify(self) -> None:
        """Check both signatures.

        Raises:
            EnvelopeRefused: one of them is not by the leaf's signature key.
        """
        self.leaf.verify()
        verify_with_label(self.leaf.signature_key, b"KeyPackageTBS", self.signed, self.signature)


def parse_key_package(content: bytes) -> KeyPackage:
    """Read one bare KeyPackage (without the MLSMessage header). Its signatures are not checked: `verify()`.

    Raises:
        EnvelopeRefused: malformed, too large, or of another version, cipher suite or credential type.
    """
    if len(content) > KEY_PACKAGE_BYTES:
        raise refuse(Fault.TOO_LARGE)
    reader = Reader(content)
    package = read_key_package(reader)
    reader.finish()
    return package


def read_key_package(reader: Reader) -> KeyPackage:
    start = reader.position
    if reader.number(2) != MLS10:
        raise refuse(Fault.WRONG_VERSION)
    if reader.number(2) != CIPHER_SUITE:
        raise refuse(Fault.WRONG_CIPHER_SUITE)
    init_key = reader.opaque()
    leaf = read_leaf(reader, Source.KEY_PACKAGE)
    if leaf.encryption_key == init_key:  # section 10.1
        raise refuse(Fault.KEY_REUSED)
    _skip_extensions(reader)
    signed = reader.since(start)
    signature = reader.opaque()
    return KeyPackage(leaf, key_package_reference(reader.since(start)), signed, signature)


def read_leaf(reader: Reader, source: Source) -> LeafNode:
    start = reader.position
    encryption_key, signature_key = reader.opaque(), reader.opaque()
    if reader.number(2) != BASIC_CREDENTIAL:
        raise refuse(Fault.CREDENTIAL_NOT_BASIC)
    identity = _text(reader.opaque())
    for _list in ("versions", "cipher_suites", "extensions", "proposals", "credentials"):
        _skip_numbers(reader)
    if reader.number(1) != source:
        raise refuse(Fault.LEAF_SOURCE)
    not_before = not_after = None
    if source is Source.KEY_PACKAGE:
        not_before, not_after = _instant(reader.number(8)), _instant(reader.number(8))
    elif source is Source.COMMIT:
        reader.skip()  # parent_hash
    _skip_extensions(reader)
    signed = reader.since(start)
    return LeafNode(identity, encryption_key, signature_key, not_before, not_after, signed, reader.opaque())


def key_package_reference(content: bytes) -> bytes:
    """`RefHash("MLS 1.0 KeyPackage Reference", content)` with SHA-256, section 5.2."""
    return hashlib.sha256(opaque(b"MLS 1.0 KeyPackage Reference") + opaque(content)).digest()


def verify_with_label(public_key: bytes, label: bytes, content: bytes, signature: bytes) -> None:
    """`VerifyWithLabel`, section 5.1.2."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature, opaque(b"MLS 1.0 " + label) + opaque(content))
    except (InvalidSignature, ValueError):
        raise refuse(Fault.BAD_SIGNATURE) from None


def _skip_numbers(reader: Reader) -> None:
    """Skip a vector of uint16."""
    numbers = reader.vector()
    while not numbers.at_end:
        numbers.number(2)


def _skip_extensions(reader: Reader) -> None:
    extensions = reader.vector()
    while not extensions.at_end:
        extensions.number(2)
        extensions.skip()


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise refuse(Fault.IDENTITY_NOT_TEXT) from None


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(seconds, LAST_INSTANT), UTC)
