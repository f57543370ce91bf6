"""MLSMessage (RFC 9420 section 6): application messages, commits and Welcomes as the server lets them in."""

from dataclasses import dataclass
from enum import IntEnum

from messaging.envelope.leaves import (
    CIPHER_SUITE,
    MLS10,
    KeyPackage,
    LeafNode,
    Source,
    read_key_package,
    read_leaf,
)
from messaging.envelope.tls import Fault, Reader, refuse
from messaging.states import COMMIT_BYTES, MESSAGE_BYTES, WELCOME_BYTES


class WireFormat(IntEnum):
    PUBLIC_MESSAGE = 1
    PRIVATE_MESSAGE = 2
    WELCOME = 3


class ContentType(IntEnum):
    APPLICATION = 1
    PROPOSAL = 2
    COMMIT = 3


MEMBER = 1
"""`SenderType` of a member; an external sender or a joiner by external commit has others."""
BY_VALUE = 1
"""`ProposalOrRefType` of a proposal that stands in the commit itself."""


class ProposalType(IntEnum):
    ADD = 1
    REMOVE = 3


@dataclass(frozen=True, slots=True)
class Application:
    group_id: bytes
    epoch: int


@dataclass(frozen=True, slots=True)
class Commit:
    """`removes`: leaf indices; `path_leaf`: the committer's own new leaf, when the commit has a path."""

    group_id: bytes
    epoch: int
    sender_leaf: int
    adds: tuple[KeyPackage, ...]
    removes: tuple[int, ...]
    path_leaf: LeafNode | None


@dataclass(frozen=True, slots=True)
class Welcome:
    """`references`: the KeyPackageRefs of those it lets in."""

    references: tuple[bytes, ...]


def parse_application(content: bytes) -> Application:
    """Read the header of an application message (PrivateMessage, section 6.3); the rest stays opaque.

    Raises:
        EnvelopeRefused: not exactly one such message of at most 65,536 bytes.
    """
    reader = _open(content, WireFormat.PRIVATE_MESSAGE, MESSAGE_BYTES)
    group_id, epoch = reader.opaque(), reader.number(8)
    if reader.number(1) != ContentType.APPLICATION:
        raise refuse(Fault.WRONG_CONTENT_TYPE)
    reader.skip()  # authenticated_data
    reader.skip()  # encrypted_sender_data
    reader.skip()  # ciphertext
    reader.finish()
    return Application(group_id, epoch)


def parse_commit(content: bytes) -> Commit:
    """Read a member's commit as PublicMessage (sections 6.2 and 12.4), with Adds and Removes by value.

    Raises:
        EnvelopeRefused: anything else: encrypted, external, proposals by reference or of other types,
            more than 262,144 bytes, malformed.
    """
    reader = _open(content, WireFormat.PUBLIC_MESSAGE, COMMIT_BYTES)
    group_id, epoch = reader.opaque(), reader.number(8)
    if reader.number(1) != MEMBER:
        raise refuse(Fault.SENDER_NOT_MEMBER)
    sender_leaf = reader.number(4)
    reader.skip()  # authenticated_data
    if reader.number(1) != ContentType.COMMIT:
        raise refuse(Fault.WRONG_CONTENT_TYPE)
    adds, removes = _proposals(reader.vector())
    path_leaf = _update_path(reader) if reader.flag() else None
    reader.skip()  # signature
    reader.skip()  # confirmation_tag
    reader.skip()  # membership_tag
    reader.finish()
    return Commit(group_id, epoch, sender_leaf, adds, removes, path_leaf)


def parse_welcome(content: bytes) -> Welcome:
    """Read for which key packages a Welcome is (section 12.4.3.1).

    Raises:
        EnvelopeRefused: not exactly one Welcome of at most 524,288 bytes.
    """
    reader = _open(content, WireFormat.WELCOME, WELCOME_BYTES)
    if reader.number(2) != CIPHER_SUITE:
        raise refuse(Fault.WRONG_CIPHER_SUITE)
    secrets = reader.vector()
    references = []
    while not secrets.at_end:
        references.append(secrets.opaque())
        _skip_hpke_ciphertext(secrets)
    reader.skip()  # encrypted_group_info
    reader.finish()
    return Welcome(tuple(references))


def _open(content: bytes, wire_format: WireFormat, limit_bytes: int) -> Reader:
    if len(content) > limit_bytes:
        raise refuse(Fault.TOO_LARGE)
    reader = Reader(content)
    if reader.number(2) != MLS10:
        raise refuse(Fault.WRONG_VERSION)
    if reader.number(2) != wire_format:
        raise refuse(Fault.WRONG_WIRE_FORMAT)
    return reader


def _proposals(reader: Reader) -> tuple[tuple[KeyPackage, ...], tuple[int, ...]]:
    adds: list[KeyPackage] = []
    removes: list[int] = []
    while not reader.at_end:
        if reader.number(1) != BY_VALUE:
            raise refuse(Fault.PROPOSAL_BY_REFERENCE)
        match reader.number(2):
            case ProposalType.ADD:
                adds.append(read_key_package(reader))
            case ProposalType.REMOVE:
                removes.append(reader.number(4))
            case _:
                raise refuse(Fault.PROPOSAL_NOT_ALLOWED)
    return tuple(adds), tuple(removes)


def _update_path(reader: Reader) -> LeafNode:
    leaf = read_leaf(reader, Source.COMMIT)
    nodes = reader.vector()
    while not nodes.at_end:
        nodes.skip()  # encryption_key
        ciphertexts = nodes.vector()
        while not ciphertexts.at_end:
            _skip_hpke_ciphertext(ciphertexts)
    return leaf


def _skip_hpke_ciphertext(reader: Reader) -> None:
    reader.skip()  # kem_output
    reader.skip()  # ciphertext
