"""The file format of an export: lines of canonical JSON that anyone can verify without us. Pure.

    {"checkpoint": "<note>", "exported_at": "…", "format": "medicus-audit-export/1",
     "organisation_id": "…" or null, "public_key": "<vkey>", "since": "…" or null, "until": "…" or null}
    {"event": {…}, "index": 17, "people": {"actor": {"person_id": "…", "salt": "<base64>"}},
     "proof": ["<base64>", …]}
    …
    {"rows": [[17, 3], [25, 1]], "signature": "<note>"}

Each row proves by itself that its event is a leaf of the tree that the header's checkpoint signs (RFC 9162
section 2.1.3). The closing line lists the rows as runs (first index, count), signed with a digest of all
lines before it, so that a row left out is missed even though the rows of other organisations are not there.
`people` opens the commitments of an event that have not been erased; the verification checks these too.
"""

import base64
import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from audit.checkpoint import Signer
from audit.entries import canonical_bytes, instant_text
from audit.states import Part

FORMAT = "medicus-audit-export/1"


@dataclass(frozen=True, slots=True)
class Scope:
    """What an export is about. `organisation_id` None: every organisation. `until` is exclusive."""

    organisation_id: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A sealed event with its place, its proof, and what opens its commitments."""

    index: int
    canonical: bytes
    proof: Sequence[bytes]
    people: Mapping[Part, tuple[uuid.UUID, bytes]]


def lines(*, scope: Scope, note: str, signer: Signer, at: datetime, rows: Iterable[Row]) -> Iterator[bytes]:
    """Write an export. note: the checkpoint that every row is proven against."""
    header = _header(scope, note, signer, at)
    yield header
    digest, runs = hashlib.sha256(header), Runs()
    for row in rows:
        line = _row(row)
        digest.update(line)
        runs.add(row.index)
        yield line
    signature = signer.sign(closing_text(signer.name, digest.hexdigest(), runs.pairs))
    yield canonical_bytes({"rows": runs.pairs, "signature": signature}) + b"\n"


def closing_text(name: str, digest: str, runs: list[list[int]]) -> str:
    """What the closing line's signature covers. digest: SHA-256 of all lines before it, in hexadecimal."""
    return f"{name}/export\n{digest}\n{canonical_bytes(runs).decode()}\n"


class Runs:
    """Indices in the order in which they come, as pairs (first, count)."""

    def __init__(self) -> None:
        self.pairs: list[list[int]] = []

    def add(self, index: int) -> None:
        if self.pairs and sum(self.pairs[-1]) == index:
            self.pairs[-1][1] += 1
        else:
            self.pairs.append([index, 1])


def _header(scope: Scope, note: str, signer: Signer, at: datetime) -> bytes:
    header = {
        "checkpoint": note,
        "exported_at": instant_text(at),
        "format": FORMAT,
        "organisation_id": str(scope.organisation_id) if scope.organisation_id else None,
        "public_key": signer.verifier.vkey(),
        "since": instant_text(scope.since) if scope.since else None,
        "until": instant_text(scope.until) if scope.until else None,
    }
    return canonical_bytes(header) + b"\n"


def openings(row: Row) -> dict[str, dict[str, str]]:
    """What opens a row's commitments, by part."""
    return {
        part.value: {"person_id": str(person_id), "salt": base64.b64encode(salt).decode()}
        for part, (person_id, salt) in row.people.items()
    }


def _row(row: Row) -> bytes:
    body = {
        "event": orjson.loads(row.canonical),
        "index": row.index,
        "people": openings(row),
        "proof": [base64.b64encode(step).decode() for step in row.proof],
    }
    return canonical_bytes(body) + b"\n"
