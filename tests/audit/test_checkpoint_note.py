"""Checkpoints are C2SP notes: a published vector opens, a changed byte or another key does not."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import BadNote, Signer, TreeHead, open_note, parse_vkey, read_tree_head

# The example of the format's origin, golang.org/x/mod/sumdb/note.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NOTE = f"{TEXT}\n— PeterNeumann {SIGNATURE}\n"
SIGNER = Signer("hospital.example/audit", Ed25519PrivateKey.from_private_bytes(bytes(32)))
HEAD = TreeHead(SIGNER.name, 20852163, bytes(range(32)))


def test_the_published_note_opens_with_its_published_key():
    verifier = parse_vkey(VKEY)
    assert open_note(NOTE, verifier) == TEXT
    assert verifier.vkey() == VKEY


def test_a_note_signed_by_several_keys_opens_for_each():
    other = Signer("witness.example", Ed25519PrivateKey.generate())
    note = SIGNER.sign(HEAD.text())
    both = note + other.sign(HEAD.text()).rpartition("\n\n")[2]
    assert open_note(both, SIGNER.verifier) == open_note(both, other.verifier) == HEAD.text()


def test_a_checkpoint_is_read_as_it_was_signed():
    note = SIGNER.sign(HEAD.text())
    assert note.startswith(
        "hospital.example/audit\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— "
    )
    assert read_tree_head(note, SIGNER.verifier) == HEAD


def test_extension_lines_are_passed_over():
    assert read_tree_head(SIGNER.sign(HEAD.text() + "extension\n"), SIGNER.verifier) == HEAD


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("20852163", "20852162"),
        ("AAEC", "AAED"),
        ("hospital.example/audit\n", "hospital.example/other\n"),
        ("\n\n", "\n"),
        ("Hh8=", "Hh9="),  # the same bytes in another spelling
        ("— ", "- "),
        ("— hospital", "— hOspital"),
    ],
)
def test_a_changed_checkpoint_does_not_open(old, new):
    note = SIGNER.sign(HEAD.text())
    assert old in note
    with pytest.raises(BadNote):
        read_tree_head(note.replace(old, new, 1), SIGNER.verifier)


def test_a_truncated_checkpoint_does_not_open():
    note = SIGNER.sign(HEAD.text())
    for length in range(len(note)):
        with pytest.raises(BadNote):
            read_tree_head(note[:length], SIGNER.verifier)


def test_another_key_of_the_same_name_does_not_open_it():
    other = Signer(SIGNER.name, Ed25519PrivateKey.generate())
    with pytest.raises(BadNote, match="no valid signature"):
        read_tree_head(SIGNER.sign(HEAD.text()), other.verifier)


@pytest.mark.parametrize(
    "text", ["hospital.example/audit\n", "hospital.example/audit\n-1\nAA==\n", "x\n1\nAA==\n"]
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(BadNote):
        read_tree_head(SIGNER.sign(text), SIGNER.verifier)


@pytest.mark.parametrize(
    "vkey", ["", "a+b", VKEY.replace("c74f", "c74e"), VKEY[:-4], VKEY.replace("ARpc", "AhpC")]
)
def test_a_malformed_public_key_is_refused(vkey):
    with pytest.raises(BadNote):
        parse_vkey(vkey)
