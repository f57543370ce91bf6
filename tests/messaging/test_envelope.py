"""What the Delivery Service reads of MLS bytes, and everything it refuses to read."""

import os
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.envelope import (
    Fault,
    parse_application,
    parse_commit,
    parse_key_package,
    parse_welcome,
)
from messaging.envelope.tls import Reader, opaque
from messaging.refusals import EnvelopeRefused
from messaging.states import COMMIT_BYTES, KEY_PACKAGE_BYTES, MESSAGE_BYTES, WELCOME_BYTES
from tests.messaging import forge

GROUP = UUID("01a20181-68f1-7a06-84eb-3a654ead993f")
ALICE = forge.Leaf(Ed25519PrivateKey.generate(), "alice:phone@hospital-a.example")
BOB = forge.Leaf(Ed25519PrivateKey.generate(), "bob:tablet@hospital-b.example")

groups = st.uuids()
epochs = st.integers(0, 2**64 - 1)
leaves = st.integers(0, 2**32 - 1)
PARSERS: dict[str, tuple[Callable[[bytes], object], Callable[[], bytes]]] = {
    "application": (parse_application, lambda: forge.application(GROUP, 7)),
    "commit": (
        parse_commit,
        lambda: forge.commit(
            GROUP, 7, 3, [forge.remove(2), forge.add(forge.key_package(BOB))], path_by=ALICE
        ),
    ),
    "welcome": (parse_welcome, lambda: forge.welcome([forge.key_package(BOB)])),
    "key package": (parse_key_package, lambda: forge.key_package(BOB)),
}
each_format = pytest.mark.parametrize(("parse", "make"), PARSERS.values(), ids=PARSERS)


def reason(parse: Callable[[bytes], object], content: bytes) -> str:
    with pytest.raises(EnvelopeRefused) as refused:
        parse(content)
    return str(refused.value.extra["reason"])


@given(group_id=groups, epoch=epochs, size_bytes=st.integers(0, 3000))
def test_an_application_message_tells_its_group_and_epoch(group_id, epoch, size_bytes):
    header = parse_application(forge.application(group_id, epoch, size_bytes))
    assert (header.group_id, header.epoch) == (group_id.bytes, epoch)


@given(group_id=groups, epoch=epochs, sender=leaves, removed=st.lists(leaves, max_size=5))
def test_a_commit_tells_who_made_it_and_whom_it_removes(group_id, epoch, sender, removed):
    commit = parse_commit(forge.commit(group_id, epoch, sender, [forge.remove(leaf) for leaf in removed]))
    assert (commit.group_id, commit.epoch, commit.sender_leaf) == (group_id.bytes, epoch, sender)
    assert commit.removes == tuple(removed)
    assert commit.adds == ()
    assert commit.path_leaf is None


def test_a_commit_tells_whom_it_adds_and_the_committers_new_leaf():
    package = forge.key_package(BOB)
    commit = parse_commit(forge.commit(GROUP, 7, 3, [forge.add(package)], path_by=ALICE))
    (added,) = commit.adds
    assert added.leaf.identity == BOB.identity
    assert added.reference == parse_key_package(package).reference
    assert commit.path_leaf is not None
    assert commit.path_leaf.identity == ALICE.identity
    commit.path_leaf.verify(group_id=GROUP.bytes, leaf_index=3)


def test_a_leaf_of_a_commit_is_bound_to_its_group_and_place():
    leaf = parse_commit(forge.commit(GROUP, 7, 3, path_by=ALICE)).path_leaf
    assert leaf is not None
    with pytest.raises(EnvelopeRefused):
        leaf.verify(group_id=GROUP.bytes, leaf_index=4)
    with pytest.raises(EnvelopeRefused):
        leaf.verify(group_id=bytes(16), leaf_index=3)


def test_a_welcome_names_the_key_packages_it_is_for():
    packages = [forge.key_package(ALICE), forge.key_package(BOB)]
    references = tuple(parse_key_package(package).reference for package in packages)
    assert parse_welcome(forge.welcome(packages)).references == references


def test_a_key_package_tells_its_device_and_is_rightly_signed():
    package = parse_key_package(forge.key_package(BOB, begins=1_800_000_000, days=28))
    package.verify()
    assert package.leaf.identity == BOB.identity
    assert package.leaf.signature_key == BOB.key.public_key().public_bytes_raw()
    assert package.leaf.not_before is not None
    assert package.leaf.not_after is not None
    assert (package.leaf.not_after - package.leaf.not_before).days == 28


def test_a_tampered_key_package_fails_its_signature():
    content = forge.key_package(BOB)
    tampered = content.replace(b"bob:tablet", b"eve:tablet")
    with pytest.raises(EnvelopeRefused) as refused:
        parse_key_package(tampered).verify()
    assert refused.value.extra["reason"] == Fault.BAD_SIGNATURE


@each_format
def test_no_truncation_is_read(parse, make):
    content = make()
    for size in range(len(content)):
        with pytest.raises(EnvelopeRefused):
            parse(content[:size])


@each_format
def test_nothing_may_follow(parse, make):
    assert reason(parse, make() + b"\x00") == Fault.TRAILING_BYTES


@each_format
@settings(max_examples=300)
@given(noise=st.binary(max_size=400))
def test_noise_is_refused_and_never_breaks_the_parser(parse, make, noise):
    with pytest.raises(EnvelopeRefused):
        parse(noise)


@each_format
@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_changed_byte_is_read_otherwise_or_refused_but_never_breaks_the_parser(parse, make, place, value):
    content = bytearray(make())
    content[place % len(content)] = value
    with suppress(EnvelopeRefused):
        parse(bytes(content))


@pytest.mark.parametrize(
    ("parse", "limit"),
    [
        (parse_application, MESSAGE_BYTES),
        (parse_commit, COMMIT_BYTES),
        (parse_welcome, WELCOME_BYTES),
        (parse_key_package, KEY_PACKAGE_BYTES),
    ],
)
def test_too_much_is_refused_before_it_is_read(parse, limit):
    assert reason(parse, bytes(limit + 1)) == Fault.TOO_LARGE


def test_the_largest_message_is_taken():
    overhead = len(forge.application(GROUP, 7, 20_000)) - 20_000
    content = forge.application(GROUP, 7, MESSAGE_BYTES - overhead)
    assert len(content) == MESSAGE_BYTES
    parse_application(content)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (forge.application(GROUP, 1, version=b"\x00\x02"), Fault.WRONG_VERSION),
        (forge.application(GROUP, 1, wire_format=b"\x00\x01"), Fault.WRONG_WIRE_FORMAT),
        (forge.application(GROUP, 1, content_type=b"\x03"), Fault.WRONG_CONTENT_TYPE),
        (forge.application(GROUP, 1, content_type=b"\x02"), Fault.WRONG_CONTENT_TYPE),
        (forge.commit(GROUP, 1, 0), Fault.WRONG_WIRE_FORMAT),
    ],
)
def test_only_application_messages_are_messages(content, fault):
    assert reason(parse_application, content) == fault


EXTERNAL, JOINER = b"\x02" + bytes(4), b"\x03"
BY_REFERENCE = b"\x02" + opaque(bytes(32))
UPDATE, PSK, REINIT, EXTERNAL_INIT, CONTEXT = (b"\x01" + bytes([0, kind]) for kind in (2, 4, 5, 6, 7))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (forge.commit(GROUP, 1, 0, version=b"\x00\x02"), Fault.WRONG_VERSION),
        (forge.application(GROUP, 1, content_type=b"\x03"), Fault.WRONG_WIRE_FORMAT),
        (forge.commit(GROUP, 1, 0, sender=EXTERNAL), Fault.SENDER_NOT_MEMBER),
        (forge.commit(GROUP, 1, 0, sender=JOINER), Fault.SENDER_NOT_MEMBER),
        (forge.commit(GROUP, 1, 0, content_type=b"\x02"), Fault.WRONG_CONTENT_TYPE),
        (forge.commit(GROUP, 1, 0, [BY_REFERENCE]), Fault.PROPOSAL_BY_REFERENCE),
        *(
            (forge.commit(GROUP, 1, 0, [kind]), Fault.PROPOSAL_NOT_ALLOWED)
            for kind in (UPDATE, PSK, REINIT, EXTERNAL_INIT, CONTEXT)
        ),
        (forge.commit(GROUP, 1, 0, path=b"\x02"), Fault.BAD_FLAG),
    ],
)
def test_only_members_commits_with_adds_and_removes_by_value_are_commits(content, fault):
    assert reason(parse_commit, content) == fault


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (forge.key_package(BOB, version=b"\x00\x02"), Fault.WRONG_VERSION),
        (forge.key_package(BOB, suite=2), Fault.WRONG_CIPHER_SUITE),
        (
            forge.key_package(BOB, credential=(2).to_bytes(2) + forge.vector(opaque(b"certificate"))),
            Fault.CREDENTIAL_NOT_BASIC,
        ),
        (forge.key_package(BOB, credential=(1).to_bytes(2) + opaque(b"\xff\xfe")), Fault.IDENTITY_NOT_TEXT),
        (forge.key_package(BOB, init_key=b"k" * 32, encryption_key=b"k" * 32), Fault.KEY_REUSED),
        (forge.MLS10 + (5).to_bytes(2) + forge.key_package(BOB), Fault.WRONG_CIPHER_SUITE),
    ],
)
def test_only_key_packages_of_this_suite_with_basic_credentials_are_taken(content, fault):
    assert reason(parse_key_package, content) == fault


def test_a_leaf_that_was_made_for_a_commit_is_no_key_package():
    node = ALICE.node(b"\x03" + opaque(bytes(32)))
    content = forge.MLS10 + (1).to_bytes(2) + opaque(bytes(32)) + node + opaque(b"") + opaque(bytes(64))
    assert reason(parse_key_package, content) == Fault.LEAF_SOURCE


def test_a_welcome_of_another_suite_is_refused():
    assert reason(parse_welcome, forge.welcome([forge.key_package(BOB)], suite=3)) == Fault.WRONG_CIPHER_SUITE


@given(content=st.binary(max_size=300) | st.integers(16_000, 17_000).map(lambda size: b"\x07" * size))
def test_vectors_read_back(content):
    reader = Reader(opaque(content))
    assert reader.opaque() == content
    reader.finish()


@pytest.mark.parametrize("size", [b"\x40\x05", b"\x80\x00\x00\x05", b"\x80\x00\x10\x00"])
def test_a_length_must_be_written_in_its_shortest_form(size):
    assert (
        reason(lambda content: Reader(content).opaque(), size + os.urandom(6000)) == Fault.LENGTH_NOT_MINIMAL
    )


def test_a_length_of_eight_bytes_is_no_length():
    assert reason(lambda content: Reader(content).opaque(), b"\xc0" + bytes(7)) == Fault.LENGTH_NOT_MINIMAL
