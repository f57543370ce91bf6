"""Verifying an export without the database that it came from. Pure.

What is proven: each row stands in the tree whose head the log's key signed, and no row of the export is
changed, missing, added or moved. What the reader must bring: the public key (or compare the one in the file).
"""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from audit.checkpoint import BadNote, TreeHead, Verifier, open_note, parse_vkey, read_tree_head, unb64
from audit.cosignature import cosigned_at
from audit.entries import canonical_bytes, commitment
from audit.exports import FORMAT, Runs, closing_text
from audit.merkle import Neighbours, leaf_hash, proves

COMPARED_FOR_SWAPS = 100
KEPT_STEPS = 4096


class Unreadable(Exception):  # noqa: N818 (a verdict on a file, not a failure of the program)
    """The file does not even begin like an export of this key."""


@dataclass(slots=True)
class Verdict:
    """`findings` are sentences, one for each thing that is wrong; none: all is proven."""

    head: TreeHead
    verifier: Verifier
    rows: int = 0
    findings: list[str] = field(default_factory=list)
    cosigned: dict[str, datetime] = field(default_factory=dict)

    def ask(self, note: str, witnesses: Sequence[Verifier]) -> None:
        """Require the word of each of these witnesses for the checkpoint."""
        for witness in witnesses:
            try:
                self.cosigned[witness.name] = cosigned_at(note, witness)
            except BadNote as bad:
                self.findings.append(str(bad))


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    index: int
    event: dict[str, Any]
    leaf: bytes
    path: list[bytes]

    def name(self) -> str:
        return f"row {self.index} (event {self.event.get('event_id')} of {self.event.get('at')})"


def verify(
    lines: Iterable[bytes], *, public_key: Verifier | None = None, witnesses: Sequence[Verifier] = ()
) -> Verdict:
    """Verify an export.

    public_key: the log's, from a source that the reader trusts; without it the one in the file is used, and
        the result says no more than that the file is whole and signed by that key.
    witnesses: whose cosignatures the checkpoint must have: then a log that tells two stories cannot pass.

    Raises:
        Unreadable: the first line is no header, or its checkpoint is not signed by the key.
    """
    numbered = enumerate(lines, start=1)
    header = next(numbered, (1, b""))[1]
    verdict = _open_header(header, public_key, witnesses)
    return _Reading(header, verdict).read(numbered)


def _open_header(line: bytes, trusted: Verifier | None, witnesses: Sequence[Verifier]) -> Verdict:
    try:
        header = orjson.loads(line)
        if header["format"] != FORMAT:
            raise Unreadable(f"this is not an export of the format {FORMAT}")
        stated = parse_vkey(header["public_key"])
        verifier = trusted or stated
        if stated != verifier:
            raise Unreadable(f"the export is signed by another key: {stated.vkey()}")
        verdict = Verdict(read_tree_head(header["checkpoint"], verifier), verifier)
        verdict.ask(header["checkpoint"], witnesses)
        return verdict  # noqa: TRY300 (what follows is about reading it)
    except BadNote as bad:
        raise Unreadable(f"the header of the export was changed: {bad}") from bad
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise Unreadable("the first line is not the header of an export") from None


class _Reading:
    """Goes through the lines once; keeps the order of the rows and those whose proof fails."""

    def __init__(self, header: bytes, verdict: Verdict) -> None:
        self.verdict = verdict
        self.neighbours = Neighbours(verdict.head.size, verdict.head.root)
        self.digest = hashlib.sha256(header)
        self.found = Runs()
        self.unproven: list[_Row] = []
        self.closing: dict[str, Any] | None = None
        self.signed_digest = ""

    def read(self, numbered: Iterable[tuple[int, bytes]]) -> Verdict:
        for number, line in numbered:
            if self.closing is not None:
                self._say(f"line {number} follows the closing line of the export")
                break
            self._line(number, line)
        self._judge_unproven()
        self._judge_completeness()
        self._judge_rest()
        return self.verdict

    def _line(self, number: int, line: bytes) -> None:
        try:
            body = orjson.loads(line)
            if canonical_bytes(body) + b"\n" != line:
                self._say(f"line {number} was changed: it is not in canonical form")
            elif body.keys() == {"rows", "signature"}:
                self.closing = body
                return
            else:
                self._row(_read_row(number, body), body["people"])
        except (BadNote, ValueError, KeyError, TypeError, AttributeError):
            self._say(f"line {number} cannot be read: it was changed or cut off")
        self.digest.update(line)

    def _row(self, row: _Row, people: dict[str, dict[str, str]]) -> None:
        self.verdict.rows += 1
        self.found.add(row.index)
        if not self.neighbours.prove(row.leaf, row.index, row.path):
            self.unproven.append(row)
        for part in misnamed(row.event, people):
            self._say(f"{row.name()} names another person as its {part} than was sealed")

    def _judge_unproven(self) -> None:
        swapped: set[int] = set()
        for first, second in _pairs(self.unproven[:COMPARED_FOR_SWAPS]):
            if _proven(first, second.index, second.path, self.verdict.head):
                self._say(f"{first.name()} and {second.name()} were swapped")
                swapped |= {first.index, second.index}
        for row in self.unproven:
            if row.index not in swapped:
                self._say(f"{row.name()} was changed: the signed tree does not hold it at this place")

    def _judge_completeness(self) -> None:
        expected = self._expected()
        if expected is None or expected == self.found.pairs:
            return
        listed, found = list(_expand(expected)), list(_expand(self.found.pairs))
        missing, added = set(listed) - set(found), set(found) - set(listed)
        for run in _runs_of(sorted(missing)):
            self._say(f"{_rows_named(run)} missing from the export")
        for run in _runs_of(sorted(added)):
            self._say(f"{_rows_named(run)} not part of what was exported")
        if not missing and not added:
            self._judge_order(listed, found)

    def _judge_order(self, listed: list[int], found: list[int]) -> None:
        if len(found) != len(listed):
            twice = Counter(found).most_common(1)[0][0]
            self._say(f"row {twice} stands in the export more than once")
            return
        moved = sorted(index for index, other in zip(found, listed, strict=True) if index != other)
        self._say(f"rows {moved[0]} and {moved[-1]} have changed places")

    def _expected(self) -> list[list[int]] | None:
        """The rows that were exported, if the closing line says so with a valid signature."""
        if self.closing is None:
            last = f"after row {sum(self.found.pairs[-1]) - 1}" if self.found.pairs else "after its header"
            self._say(f"the export is truncated: it ends {last}, without its closing line")
            return None
        try:
            runs: list[list[int]] = self.closing["rows"]
            text = open_note(self.closing["signature"], self.verdict.verifier)
            self.signed_digest = text.split("\n")[1]
            if text == closing_text(self.verdict.verifier.name, self.signed_digest, runs):
                return runs
        except (BadNote, TypeError, AttributeError, IndexError):
            pass
        self._say("the closing line of the export was changed")
        return None

    def _judge_rest(self) -> None:
        """What no single row tells: the header, and names that were taken out."""
        if not self.verdict.findings and self.digest.hexdigest() != self.signed_digest:
            self._say("the header of the export was changed, or names of people were taken out of its rows")

    def _say(self, finding: str) -> None:
        self.verdict.findings.append(finding)


def _read_row(number: int, body: dict[str, Any]) -> _Row:
    leaf = leaf_hash(canonical_bytes(body["event"]))
    path = [_step(step) for step in body["proof"]]
    if type(body["index"]) is not int or body.keys() != {"event", "index", "people", "proof"}:
        raise TypeError
    return _Row(number, body["index"], body["event"], leaf, path)


@lru_cache(maxsize=KEPT_STEPS)
def _step(text: str) -> bytes:
    """Neighbouring rows have most steps of their paths in common."""
    return unb64(text)


def _proven(row: _Row, index: int, path: list[bytes], head: TreeHead) -> bool:
    return proves(leaf=row.leaf, index=index, size=head.size, path=path, root=head.root)


def misnamed(event: Mapping[str, Any], people: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Name the parts of an event whose openings do not give what was sealed."""
    sealed = {
        "actor": event["actor"]["person"],
        "patient": event["patient"],
        "subject": event["subject"].rpartition("/")[2],
    }
    for part, opening in people.items():
        opened = commitment(unb64(opening["salt"]), uuid.UUID(opening["person_id"]))
        if sealed.get(part) != opened:
            yield part


def _pairs(rows: list[_Row]) -> Iterator[tuple[_Row, _Row]]:
    for position, first in enumerate(rows):
        for second in rows[position + 1 :]:
            yield first, second


def _expand(runs: list[list[int]]) -> Iterator[int]:
    for first, count in runs:
        yield from range(first, first + count)


def _runs_of(indices: list[int]) -> list[list[int]]:
    runs = Runs()
    for index in indices:
        runs.add(index)
    return runs.pairs


def _rows_named(run: list[int]) -> str:
    first, count = run
    return f"row {first} is" if count == 1 else f"rows {first} to {first + count - 1} are"
