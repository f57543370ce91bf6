"""Signed tree heads: C2SP tlog-checkpoint in a C2SP signed-note with Ed25519. Pure.

    medicus.example.org/audit
    1024
    <root hash, base64>

    — medicus.example.org/audit <base64 of 4 bytes key id and 64 bytes signature>

https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = b"\x01", b"\x04"
DASH = "\N{EM DASH}"
KEY_ID_BYTES = 4


class BadNote(Exception):  # noqa: N818 (a verdict on a note, not a failure of the program)
    """The note is malformed, or this key did not sign it."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says: the log named `origin` had `size` leaves with this `root`."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key by its name: what a stranger needs to check our notes, or a witness's cosignatures."""

    name: str
    public_key: bytes
    algorithm: bytes = ED25519

    @property
    def key_id(self) -> bytes:
        named = self.name.encode() + b"\n" + self.algorithm + self.public_key
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def vkey(self) -> str:
        """The key as one word, `<name>+<key id>+<base64>` (C2SP signed-note)."""
        return f"{self.name}+{self.key_id.hex()}+{b64(self.algorithm + self.public_key)}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key by its name."""

    name: str
    private_key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private_key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Make a note of `text`, which must end with a line feed."""
        signature = self.verifier.key_id + self.private_key.sign(text.encode())
        return f"{text}\n{DASH} {self.name} {b64(signature)}\n"


def parse_vkey(vkey: str, algorithm: bytes = ED25519) -> Verifier:
    """Read a public key.

    Raises:
        BadNote: malformed, of another algorithm, or its key id does not fit.
    """
    try:
        name, key_id, encoded = vkey.strip().split("+", 2)
    except ValueError:
        raise BadNote("the public key is malformed") from None
    key = unb64(encoded)
    verifier = Verifier(name, key[1:], algorithm)
    if key[:1] != algorithm or len(key) != 33 or verifier.key_id.hex() != key_id:  # noqa: PLR2004
        raise BadNote("the public key is malformed")
    return verifier


def open_note(note: str, verifier: Verifier) -> str:
    """Return the text of a note that `verifier` signed; signatures of other keys are passed over.

    Raises:
        BadNote: malformed, or without a valid signature of this key.
    """
    text, signatures = split_note(note)
    for line in signatures:
        signature = signature_by(verifier, line)
        if signature and is_signed(verifier, text, signature):
            return text
    raise BadNote(f"the note has no valid signature of {verifier.name}")


def read_tree_head(note: str, verifier: Verifier) -> TreeHead:
    """Open a checkpoint. Lines after the third are extensions and are passed over.

    Raises:
        BadNote: as `open_note`; or the text is not a tree head of the verifier's log.
    """
    lines = open_note(note, verifier).split("\n")
    if len(lines) < 4 or lines[0] != verifier.name or not is_decimal(lines[1]):  # noqa: PLR2004
        raise BadNote("the note is not a checkpoint of this log")
    return TreeHead(lines[0], int(lines[1]), unb64(lines[2]))


def split_note(note: str) -> tuple[str, list[str]]:
    """The text of a note and its signature lines; nothing is checked yet.

    Raises:
        BadNote: malformed.
    """
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not note.endswith("\n"):
        raise BadNote("the note is malformed")
    return f"{text}\n", signatures.removesuffix("\n").split("\n")


def signature_by(verifier: Verifier, line: str) -> bytes | None:
    """What a signature line carries, if it names this key."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != DASH or name != verifier.name:
        return None
    signature = unb64(encoded)
    return signature[KEY_ID_BYTES:] if signature[:KEY_ID_BYTES] == verifier.key_id else None


def is_signed(verifier: Verifier, text: str, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public_key).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def is_decimal(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def unb64(text: str) -> bytes:
    """Read base64 strictly: padded, and without set bits in the padding, so that one text has one meaning.

    Raises:
        BadNote: it is not.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadNote("there is malformed base64") from None
    if b64(raw) != text:
        raise BadNote("there is malformed base64")
    return raw
