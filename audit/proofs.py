"""The proof of one event as a file (C2SP tlog-proof), which anyone can verify without us. Pure.

    c2sp.org/tlog-proof@v1
    extra <base64 of {"event": {…}, "people": {…}, "public_key": "<vkey>"}>
    index 17
    <base64 of a step, from the leaf's sibling up to the root's child>
    …

    <checkpoint>

`extra` is what the format leaves to the application: here the event, whose canonical bytes are the leaf, what
opens its commitments (as in an export), and the log's key. The tree proves the event; its commitments prove the
people; the key must be known from elsewhere. https://c2sp.org/tlog-proof
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from audit.checkpoint import BadNote, TreeHead, Verifier, is_decimal, parse_vkey, read_tree_head, unb64
from audit.entries import canonical_bytes
from audit.exports import Row, openings
from audit.merkle import leaf_hash, proves
from audit.verification import Unreadable, Verdict, misnamed

FIRST_LINE = "c2sp.org/tlog-proof@v1"
LARGEST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof as it was read; nothing of it is proven yet. `note`: the checkpoint."""

    event: dict[str, Any]
    people: dict[str, dict[str, str]]
    public_key: Verifier
    index: int
    path: list[bytes]
    note: str


def bundle(row: Row, *, note: str, public_key: Verifier) -> bytes:
    """Write the proof of a row. note: the checkpoint that it is proven against."""
    event = orjson.loads(row.canonical)
    extra = {"event": event, "people": openings(row), "public_key": public_key.vkey()}
    steps = [base64.b64encode(step).decode() for step in row.proof]
    encoded = base64.b64encode(canonical_bytes(extra)).decode()
    return "\n".join([FIRST_LINE, f"extra {encoded}", f"index {row.index}", *steps, "", note]).encode()


def looks_like_proof(start: bytes) -> bool:
    return start.startswith(FIRST_LINE.encode() + b"\n")


def read(content: bytes) -> Proof:
    """Read a proof.

    Raises:
        Unreadable: it is malformed.
    """
    try:
        return _read(content.decode())
    except (BadNote, ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable(f"this is not a proof of the form {FIRST_LINE}, or it was changed") from None


def _read(text: str) -> Proof:
    head, _, note = text.partition("\n\n")
    first, extra, index, *steps = head.split("\n")
    body = _extra(extra)
    number = index.removeprefix("index ")
    if first != FIRST_LINE or index == number or not is_decimal(number):
        raise ValueError
    path = [unb64(step) for step in steps]
    return Proof(body["event"], body["people"], parse_vkey(body["public_key"]), int(number), path, note)


def verify(
    content: bytes, *, public_key: Verifier | None = None, witnesses: Sequence[Verifier] = ()
) -> tuple[Proof, Verdict]:
    """Verify a proof; `audit.verification.verify` says what `public_key` and `witnesses` are.

    Raises:
        Unreadable: malformed, or its checkpoint is not signed by the key.
    """
    proof = read(content)
    verifier = public_key or proof.public_key
    if proof.public_key != verifier:
        raise Unreadable(f"the proof is signed by another key: {proof.public_key.vkey()}")
    try:
        verdict = Verdict(read_tree_head(proof.note, verifier), verifier, rows=1)
    except BadNote as bad:
        raise Unreadable(f"the checkpoint of the proof was changed: {bad}") from bad
    verdict.ask(proof.note, witnesses)
    verdict.findings += _findings(proof, verdict.head)
    return proof, verdict


def _findings(proof: Proof, head: TreeHead) -> list[str]:
    leaf = leaf_hash(canonical_bytes(proof.event))
    name = f"row {proof.index} (event {proof.event.get('event_id')} of {proof.event.get('at')})"
    if not proves(leaf=leaf, index=proof.index, size=head.size, path=proof.path, root=head.root):
        return [f"{name} was changed: the signed tree does not hold it at this place"]
    try:
        parts = list(misnamed(proof.event, proof.people))
    except (BadNote, ValueError, KeyError, TypeError, AttributeError):
        return [f"the people of {name} cannot be read: they were changed"]
    return [f"{name} names another person as its {part} than was sealed" for part in parts]


def _extra(line: str) -> Any:
    encoded = line.removeprefix("extra ")
    raw = unb64(encoded)
    body = orjson.loads(raw)
    if encoded == line or canonical_bytes(body) != raw or body.keys() != {"event", "people", "public_key"}:
        raise ValueError
    return body
