"""An export proves itself offline: every change to it is found, and the row is named."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import rfc8785
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from audit import actions as audit
from audit import keys
from audit.access import tree
from audit.checkpoint import Signer
from audit.entries import canonical_bytes
from audit.events import Event
from audit.exports import Scope, lines
from audit.models import AuditEvent, AuditPerson
from audit.verification import Unreadable, verify
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import Conflict, NotFound
from medicus.lib.ids import new_id
from tests.audit.log import ADAM, ALICE, BERTA, insert, seal

ALICE_ID = ALICE.person_id or new_id()
pytestmark = pytest.mark.django_db


@pytest.fixture
def exported() -> list[bytes]:
    """Eight rows of two hospitals, over two checkpoints."""
    seal(4)
    seal(4, by=BERTA)
    return list(audit.export(by=SYSTEM))


def findings(exported: list[bytes]) -> list[str]:
    return verify(exported).findings


def row_of(exported: list[bytes], index: int) -> Any:
    return json.loads(exported[index + 1])


def with_row(exported: list[bytes], index: int, **changes: object) -> list[bytes]:
    """Replace parts of a row, well-formed."""
    line = canonical_bytes(row_of(exported, index) | changes) + b"\n"
    return [*exported[: index + 1], line, *exported[index + 2 :]]


def test_an_untouched_export_verifies(exported):
    verdict = verify(exported, public_key=keys.signer().verifier)
    assert (verdict.findings, verdict.rows, verdict.head.size) == ([], 8, 8)


def test_every_line_is_canonical_json(exported):
    for line in exported:
        assert rfc8785.dumps(json.loads(line)) + b"\n" == line


def test_a_changed_row_is_named(exported):
    event = row_of(exported, 3)["event"]
    changed = with_row(exported, 3, event=event | {"event": "sign-in:end"})
    name = f"row 3 (event {event['event_id']} of {event['at']})"
    assert findings(changed) == [f"{name} was changed: the signed tree does not hold it at this place"]


def test_a_changed_proof_is_named(exported):
    changed = with_row(exported, 3, proof=row_of(exported, 3)["proof"][::-1])
    (finding,) = findings(changed)
    assert finding.startswith("row 3 (")


def test_a_removed_row_is_named(exported):
    assert findings([*exported[:4], *exported[5:]]) == ["row 3 is missing from the export"]


def test_removed_rows_are_named_as_a_range(exported):
    assert findings([*exported[:4], *exported[6:]]) == ["rows 3 to 4 are missing from the export"]


def test_swapped_lines_are_named(exported):
    exported[3], exported[6] = exported[6], exported[3]
    assert findings(exported) == ["rows 2 and 5 have changed places"]


def test_swapped_events_are_named(exported):
    second, fifth = (row_of(exported, index)["event"] for index in (2, 5))
    (finding,) = findings(with_row(with_row(exported, 2, event=fifth, people={}), 5, event=second, people={}))
    assert f"(event {fifth['event_id']}" in finding
    assert f"(event {second['event_id']}" in finding
    assert finding.endswith("were swapped")


def test_a_repeated_row_is_named(exported):
    assert findings([*exported[:4], exported[3], *exported[4:]]) == [
        "row 2 stands in the export more than once"
    ]


def test_a_truncated_export_is_named(exported):
    assert findings(exported[:6]) == [
        "the export is truncated: it ends after row 4, without its closing line"
    ]
    assert findings(exported[:1]) == [
        "the export is truncated: it ends after its header, without its closing line"
    ]


def test_an_export_cut_within_a_row_is_named(exported):
    assert findings([*exported[:6], exported[6][:100]]) == [
        "line 7 cannot be read: it was changed or cut off",
        "the export is truncated: it ends after row 4, without its closing line",
    ]


def test_every_single_changed_byte_is_found(exported):
    for number, line in enumerate(exported):
        for at in range(0, len(line), 5):
            changed = bytearray(line)
            changed[at] ^= 1
            tampered = [*exported[:number], bytes(changed), *exported[number + 1 :]]
            try:
                assert findings(tampered)
            except Unreadable:
                assert number == 0


def test_a_proof_in_another_spelling_is_found(exported):
    """Base64 of 32 bytes has two unused bits."""
    first, *rest = row_of(exported, 1)["proof"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = first[:-2] + alphabet[alphabet.index(first[-2]) ^ 1] + "="
    changed = with_row(exported, 1, proof=[other, *rest])
    assert "line 3 cannot be read: it was changed or cut off" in findings(changed)


def test_a_row_written_in_another_form_is_found(exported):
    """Two members of one name could show one thing and prove another."""
    exported[2] = exported[2].replace(b'{"event":', b'{"event":{},"event":', 1)
    assert "line 3 was changed: it is not in canonical form" in findings(exported)


def test_a_row_with_a_member_that_nothing_proves_is_found(exported):
    assert "line 3 cannot be read: it was changed or cut off" in findings(
        with_row(exported, 1, note="harmless")
    )


def test_a_name_that_was_taken_out_is_missed(exported):
    assert findings(with_row(exported, 1, people={})) == [
        "the header of the export was changed, or names of people were taken out of its rows"
    ]


def test_a_closing_line_that_lists_fewer_rows_is_found(exported):
    closing = json.loads(exported[-1]) | {"rows": [[0, 7]]}
    assert findings([*exported[:-2], canonical_bytes(closing) + b"\n"]) == [
        "the closing line of the export was changed"
    ]


def test_lines_after_the_end_are_found(exported):
    assert findings([*exported, exported[2]]) == ["line 11 follows the closing line of the export"]


def test_a_header_that_claims_a_narrower_scope_is_found(exported):
    header = json.loads(exported[0]) | {"organisation_id": str(new_id())}
    assert findings([canonical_bytes(header) + b"\n", *exported[1:]]) == [
        "the header of the export was changed, or names of people were taken out of its rows"
    ]


def test_an_export_signed_by_another_key_is_refused_by_who_knows_the_key(exported):
    forger = Signer(keys.signer().name, Ed25519PrivateKey.generate())
    checkpoint = tree.latest_checkpoint()
    assert checkpoint
    note = forger.sign(f"{forger.name}\n8\n{checkpoint.note.splitlines()[2]}\n")
    forged = list(lines(scope=Scope(), note=note, signer=forger, at=datetime.now(UTC), rows=[]))
    assert verify(forged).findings == []
    with pytest.raises(Unreadable, match="signed by another key"):
        verify(forged, public_key=keys.signer().verifier)


@pytest.mark.parametrize("line", [b"", b"{}\n", b"[]\n", b"null\n", b"\xff\n", b'{"format":"x"}\n'])
def test_a_file_that_is_no_export_is_refused(line):
    with pytest.raises(Unreadable):
        verify([line])


def test_adam_exports_only_his_own_hospital(exported):
    mine = list(audit.export(by=ADAM))
    assert {json.loads(line)["event"]["organisation_id"] for line in mine[1:-1]} == {
        str(ADAM.organisation_id)
    }
    assert len(mine) == 2 + 4
    assert findings(mine) == []
    theirs = list(audit.export(by=BERTA))
    assert findings([*theirs[:2], *theirs[3:]]) == ["row 5 is missing from the export"]


def test_alice_cannot_export(exported):
    with pytest.raises(NotFound):
        audit.export(by=ALICE)


def test_an_export_is_itself_recorded(exported):
    audit.export(by=ADAM)
    newest = AuditEvent.objects.order_by("event_id").last()
    assert newest
    assert (newest.event, newest.organisation_id) == ("audit:export", ADAM.organisation_id)


def test_before_anything_is_sealed_there_is_nothing_to_export():
    insert(1)
    with pytest.raises(Conflict):
        audit.export(by=ADAM)


def test_an_export_can_be_limited_in_time():
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    for day in range(4):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            insert(2)
    audit.seal(by=SYSTEM)
    some = list(audit.export(by=ADAM, since=start + timedelta(days=1), until=start + timedelta(days=3)))
    days = [json.loads(line)["event"]["at"][:10] for line in some[1:-1]]
    assert days == ["2026-03-02", "2026-03-02", "2026-03-03", "2026-03-03"]
    assert findings(some) == []


def test_after_erasure_nobody_is_named_and_every_proof_holds(exported):
    with_names = b"".join(audit.export(by=SYSTEM))
    assert str(ALICE.person_id).encode() in with_names
    before = [json.loads(line)["event"] for line in exported[1:-1]]
    assert audit.erase_person(by=SYSTEM, person_id=ALICE_ID) == 4
    audit.seal(by=SYSTEM)
    after = list(audit.export(by=SYSTEM))
    assert findings(after) == []
    assert str(ALICE.person_id).encode() not in b"".join(after)
    assert [json.loads(line)["event"] for line in after[1:9]] == before
    assert not AuditPerson.objects.filter(person_id=ALICE_ID).exists()
    call_command("audit", "verify", stdout=StringIO())
    erasure = AuditEvent.objects.get(event=Event.AUDIT_ERASE)
    assert str(ALICE.person_id).encode() not in bytes(erasure.canonical)


def test_adam_cannot_erase_a_person(exported):
    with pytest.raises(NotFound):
        audit.erase_person(by=ADAM, person_id=ALICE_ID)
    assert AuditPerson.objects.filter(person_id=ALICE_ID).exists()


def test_an_opening_that_names_somebody_else_is_found(exported):
    people = row_of(exported, 1)["people"]
    people["actor"]["person_id"] = str(BERTA.person_id)
    (finding,) = findings(with_row(exported, 1, people=people))
    assert finding.startswith("row 1 (")
    assert finding.endswith("names another person as its actor than was sealed")


def test_the_command_writes_what_it_verifies(tmp_path):
    seal(3)
    file, out = tmp_path / "audit.ndjson", StringIO()
    call_command("audit", "export", str(file), stdout=out)
    vkey = keys.signer().verifier.vkey()
    assert out.getvalue() == f"exported 3 events, signed by {vkey}\n"
    out = StringIO()
    call_command("audit", "verify", str(file), "--public-key", vkey, stdout=out)
    assert out.getvalue() == "3 events verified against the checkpoint over 3 rows\n"
    file.write_bytes(file.read_bytes().replace(b"message:accept", b"message:reject", 1))
    with pytest.raises(CommandError, match=r"^row 0 \(event .*\) was changed"):
        call_command("audit", "verify", str(file))


def test_the_command_takes_days_and_instants(tmp_path):
    with time_machine.travel(datetime(2026, 3, 1, 22, 30, tzinfo=UTC), tick=False):
        insert(1)
    with time_machine.travel(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), tick=False):
        insert(1)
    audit.seal(by=SYSTEM)
    for options, count in [
        (["--until", "2026-03-01"], 1),  # in Berlin the second one happened on the 2nd
        (["--since", "2026-03-02", "--until", "2026-03-02"], 1),
        (["--since", "2026-03-01T22:30:00Z"], 2),
        (["--since", "2026-03-01T22:31:00Z"], 1),
    ]:
        out = StringIO()
        call_command("audit", "export", *options, str(tmp_path / "export"), stdout=out)
        assert out.getvalue().startswith(f"exported {count} events")


@pytest.mark.parametrize(
    "arguments",
    [["export", "--since", "yesterday", "x"], ["verify", "/nowhere"], ["verify", "--public-key", "x"]],
)
def test_the_command_says_what_it_cannot_use(arguments):
    with pytest.raises(CommandError):
        call_command("audit", *arguments)


def test_the_command_forgets_a_person():
    seal(3)
    out = StringIO()
    call_command("audit", "erase", str(ALICE.person_id), stdout=out)
    assert out.getvalue() == "erased the person from 3 places; every proof stays valid\n"
