"""Whoever changes the log by SQL is found out, and the row is named."""

from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection

from audit import keys
from audit.access import integrity, tree
from audit.checkpoint import Signer, TreeHead
from audit.merkle import leaf_hash
from audit.models import AuditEvent, Checkpoint, Leaf, Tile
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import NotFound
from tests.audit.log import ALICE, event_at, force, insert, seal

pytestmark = pytest.mark.django_db


def findings(*, kept: TreeHead | None = None) -> list[str]:
    return integrity.verify(by=SYSTEM, public_key=keys.signer().verifier, kept=kept).findings


def latest() -> Checkpoint:
    checkpoint = tree.latest_checkpoint()
    assert checkpoint
    return checkpoint


def test_an_untouched_log_verifies():
    for count in (3, 300, 700):
        seal(count)
    insert(2)
    report = integrity.verify(by=SYSTEM, public_key=keys.signer().verifier)
    assert (report.findings, report.rows, report.checkpoints, report.waiting) == ([], 1003, 3, 2)


def test_an_empty_log_verifies():
    assert findings() == []


def test_alice_cannot_verify_the_whole_log():
    with pytest.raises(NotFound):
        integrity.verify(by=ALICE, public_key=keys.signer().verifier)


def test_an_event_changed_by_sql_is_named():
    seal(5)
    name = f"row 3 (event {Leaf.objects.get(index=3).event_id} of "
    row = AuditEvent.objects.get(leaf__index=3)
    changed = bytes(row.canonical).replace(b"message:accept", b"message:reject")
    force("UPDATE audit_auditevent SET canonical = %s WHERE event_id = %s", [changed, event_at(3)])
    (finding,) = findings()
    assert finding.startswith(name)
    assert finding.endswith("was changed: its bytes do not give the sealed hash")


@pytest.mark.parametrize(
    ("column", "value"),
    [("event", "sign-in:end"), ("at", "2020-01-01 00:00:00+00:00"), ("organisation_id", None)],
)
def test_a_changed_column_is_named(column, value):
    seal(3)
    force(f"UPDATE audit_auditevent SET {column} = %s WHERE event_id = %s", [value, event_at(1)])
    (finding,) = findings()
    assert "row 1 (" in finding
    assert f"its column {column} differs" in finding


def test_an_event_changed_together_with_its_hash_breaks_the_root():
    seal(2)
    seal(3)
    seal(1)
    row = AuditEvent.objects.get(leaf__index=3)
    changed = bytes(row.canonical).replace(b"group/", b"other/")
    force("UPDATE audit_auditevent SET canonical = %s WHERE event_id = %s", [changed, event_at(3)])
    tile = Tile.objects.get(level=0, number=0)
    hashes = bytes(tile.hashes)
    tile.hashes = hashes[:96] + leaf_hash(changed) + hashes[128:]
    tile.save()
    (finding,) = findings()
    assert finding.startswith("the rows up to 4 do not give what the checkpoint over 5 rows signs")


def test_a_deleted_event_is_named():
    seal(5)
    removed = Leaf.objects.get(index=2).event_id
    force("DELETE FROM audit_auditevent WHERE event_id = %s", [event_at(2)])
    assert findings() == [f"row 2 is missing: its event {removed} was removed"]


def test_an_event_deleted_with_its_place_is_named():
    seal(5)
    event_id = event_at(2)
    force("DELETE FROM audit_leaf WHERE event_id = %s", [event_id])
    force("DELETE FROM audit_auditevent WHERE event_id = %s", [event_id])
    assert findings() == ["row 2 is missing: its place in the tree was removed"]


def test_swapped_events_are_named():
    seal(6)
    second, fifth = event_at(1), event_at(4)
    force('UPDATE audit_leaf SET event_id = %s WHERE "index" = 1', ["00000000000000000000000000000000"])
    force('UPDATE audit_leaf SET event_id = %s WHERE "index" = 4', [second])
    force('UPDATE audit_leaf SET event_id = %s WHERE "index" = 1', [fifth])
    (finding,) = findings()
    assert "row 1 (" in finding
    assert "row 4 (" in finding
    assert finding.endswith("were swapped")


def test_a_truncated_log_is_named():
    seal(3)
    seal(4)
    force(
        'DELETE FROM audit_auditevent WHERE event_id IN (SELECT event_id FROM audit_leaf WHERE "index" > 4)'
    )
    force('DELETE FROM audit_leaf WHERE "index" > 4')
    assert findings() == ["rows 5 to 6 are missing: the checkpoint over 7 rows covers 7 rows"]


def test_a_log_truncated_with_its_checkpoint_is_found_by_what_is_left():
    seal(3)
    seal(4)
    force("DELETE FROM audit_checkpoint WHERE size = 7")
    assert findings() == ["row 3 lies beyond the last checkpoint: that was removed or the row was added"]


def test_a_log_rewritten_and_signed_anew_is_found_by_a_kept_checkpoint():
    seal(4)
    kept = TreeHead("elsewhere", 4, bytes(latest().root))
    seal(1)
    assert findings(kept=kept) == []
    for table in ("audit_checkpoint", "audit_leaf", "audit_auditevent", "audit_tile"):
        force(f"DELETE FROM {table}")
    seal(3)
    assert findings() == []
    assert findings(kept=kept) == ["rows 3 to 3 are missing: the kept checkpoint covers 4 rows"]
    seal(2)
    (finding,) = findings(kept=kept)
    assert finding.startswith("the rows up to 3 do not give what the kept checkpoint signs")


@pytest.mark.parametrize("change", ["size = 4", "note = replace(note, 'audit', 'other')"])
def test_a_changed_checkpoint_is_named(change):
    seal(3)
    force(f"UPDATE audit_checkpoint SET {change}")
    assert any("rows was changed: its signature does not fit" in finding for finding in findings())


def test_a_checkpoint_signed_by_another_key_is_named():
    seal(3)
    verifier = Signer("x", Ed25519PrivateKey.generate()).verifier
    report = integrity.verify(by=SYSTEM, public_key=verifier)
    assert report.findings == ["the checkpoint over 3 rows was changed: its signature does not fit"]


def test_a_changed_inner_hash_of_the_tree_is_named():
    seal(600)
    tile = Tile.objects.get(level=1, number=0)
    tile.hashes = bytes(32) + bytes(tile.hashes)[32:]
    tile.save()
    assert findings() == ["the stored tree was changed: proofs of rows 0 to 255 fail"]


def test_a_removed_tile_is_named():
    seal(600)
    Tile.objects.filter(level=0, number=1).delete()
    assert findings() == ["the stored tree was changed: 1 tiles of level 0 were removed"]


def test_an_event_inserted_behind_the_logs_back_is_named():
    seal(2)
    insert(1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_unsequenced")
    event_id = AuditEvent.objects.get(leaf__isnull=True).event_id
    assert findings() == [f"event {event_id} was inserted behind the log's back: it was never sealed"]


def test_the_command_says_so_and_fails():
    seal(5)
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    assert out.getvalue() == "5 events verified against 1 checkpoints; 0 wait to be sealed\n"
    force("UPDATE audit_auditevent SET event = 'x' WHERE event_id = %s", [event_at(1)])
    with pytest.raises(CommandError, match=r"^row 1 \(event .* was changed: its column event differs"):
        call_command("audit", "verify")


def test_the_command_takes_a_kept_checkpoint(tmp_path):
    kept = tmp_path / "kept"
    with pytest.raises(CommandError, match="nothing is sealed yet"):
        call_command("audit", "checkpoint")
    seal(5)
    with kept.open("w") as file:
        call_command("audit", "checkpoint", stdout=file)
    seal(1)
    call_command("audit", "verify", "--checkpoint", str(kept), stdout=StringIO())
    kept.write_text(kept.read_text().replace("\n5\n", "\n4\n"))
    with pytest.raises(CommandError, match="is not a checkpoint of this log"):
        call_command("audit", "verify", "--checkpoint", str(kept))
