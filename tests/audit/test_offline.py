"""A stored export verifies without any database, and others can verify it without our code."""

import base64
import hashlib
import json
from io import StringIO
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import CommandError, call_command
from pymerkle import InmemoryTree

EXPORT = Path(__file__).parent / "vectors" / "export.ndjson"
VKEY = "hospital.example/audit+15dc5ee3+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
ROOT = "415a2f7c0a7c843d2f6b1d63382478dcc3bf7974e5837c6ad86e42a4c7c45cc9"


def test_the_stored_export_verifies_without_a_database():
    out = StringIO()
    call_command("audit", "verify", str(EXPORT), "--public-key", VKEY, stdout=out)
    assert out.getvalue() == "4 events verified against the checkpoint over 4 rows\n"


def test_the_key_may_come_from_a_file(tmp_path):
    key = tmp_path / "key"
    key.write_text(f"{VKEY}\n")
    call_command("audit", "verify", str(EXPORT), "--public-key", str(key), stdout=StringIO())


def test_a_changed_copy_is_named_without_a_database(tmp_path):
    copy = tmp_path / "copy.ndjson"
    copy.write_bytes(EXPORT.read_bytes().replace(b'"sign-in:end"', b'"sign-in:enD"'))
    with pytest.raises(CommandError, match=r"^row 3 \(event 019ca877-0c1b-7003-\S+ of \S+\) was changed"):
        call_command("audit", "verify", str(copy))


def test_other_implementations_find_the_same():
    """RFC 8785, the tree, the signature and the commitments, each by code that is not ours."""
    header, *rows, _ = (json.loads(line) for line in EXPORT.read_bytes().splitlines())
    tree = InmemoryTree(algorithm="sha256")
    for row in rows:
        tree.append_entry(rfc8785.dumps(row["event"]))
    assert tree.get_root().hex() == ROOT
    text, _, signature = header["checkpoint"].rpartition("\n\n")
    assert text.splitlines() == [
        "hospital.example/audit",
        "4",
        base64.b64encode(bytes.fromhex(ROOT)).decode(),
    ]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(VKEY.split("+", 2)[2])[1:])
    key.verify(base64.b64decode(signature.split()[-1])[4:], f"{text}\n".encode())
    for row in rows:
        for part, opening in row["people"].items():
            salted = base64.b64decode(opening["salt"]) + opening["person_id"].encode()
            assert hashlib.sha256(salted).hexdigest() in str(row["event"]), part
