"""What a witness says of a checkpoint: C2SP tlog-cosignature, Ed25519. Pure.

    cosignature/v1
    time 1679315147
    <the text of the checkpoint>

"At that second this was the largest tree of this log that I have seen, and all that I saw before is its
beginning." https://c2sp.org/tlog-cosignature
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import COSIGNATURE, DASH, BadNote, Verifier, b64, is_signed, signature_by, split_note

TIME_BYTES = 8


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's private key by its name."""

    name: str
    private_key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private_key.public_key().public_bytes_raw(), COSIGNATURE)

    def cosign(self, text: str, *, at: int) -> str:
        """A signature line for the checkpoint of this text. at: a POSIX timestamp, in seconds."""
        signature = self.private_key.sign(_message(text, at).encode())
        return f"{DASH} {self.name} {b64(self.verifier.key_id + at.to_bytes(TIME_BYTES) + signature)}\n"


def cosigned_at(note: str, witness: Verifier) -> datetime:
    """When `witness` cosigned this checkpoint.

    Raises:
        BadNote: malformed, or without a valid cosignature of this witness.
    """
    text, lines = split_note(note)
    for line in lines:
        signature = signature_by(witness, line)
        if signature is None:
            continue
        at = int.from_bytes(signature[:TIME_BYTES])
        if is_signed(witness, _message(text, at), signature[TIME_BYTES:]):
            return _instant(at)
    raise BadNote(f"the checkpoint has no valid cosignature of {witness.name}")


def _instant(at: int) -> datetime:
    try:
        return datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):
        raise BadNote("the time of a cosignature is out of bounds") from None


def _message(text: str, at: int) -> str:
    return f"cosignature/v1\ntime {at}\n{text}"
