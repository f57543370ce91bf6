"""The proof of one event is a C2SP tlog-proof: it proves itself offline, and every change to it is found."""

import base64
import contextlib
import json
from io import StringIO
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection
from pymerkle import InmemoryTree

from audit import actions as audit
from audit import keys, proofs
from audit.access import rows
from audit.checkpoint import Signer, Verifier
from audit.entries import canonical_bytes
from audit.models import AuditEvent, Checkpoint, Leaf, Tile
from audit.verification import Unreadable
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import Conflict, NotFound
from medicus.lib.ids import new_id
from tests.audit.log import ADAM, ALICE, BERTA, insert, seal

pytestmark = pytest.mark.django_db
PAGE, API = "/audit/events/{}/proof/", "/api/v1/audit/events/{}/proof"


def event_id_at(index: int) -> UUID:
    event_id: UUID = Leaf.objects.get(index=index).event_id
    return event_id


@pytest.fixture
def proof() -> bytes:
    """Of row 2 of seven."""
    seal(7)
    return audit.prove(by=ADAM, event_id=event_id_at(2))


def findings(content: bytes) -> list[str]:
    return proofs.verify(content)[1].findings


def with_extra(content: bytes, **changes: object) -> bytes:
    first, extra, *rest = content.decode().split("\n")
    body = json.loads(base64.b64decode(extra.removeprefix("extra "))) | changes
    return "\n".join([first, f"extra {base64.b64encode(canonical_bytes(body)).decode()}", *rest]).encode()


def test_a_proof_verifies_and_shows_its_event(proof):
    read, verdict = proofs.verify(proof, public_key=keys.signer().verifier)
    assert (verdict.findings, verdict.rows, verdict.head.size) == ([], 1, 7)
    assert read.event["event_id"] == str(event_id_at(2))
    assert read.people["actor"]["person_id"] == str(ALICE.person_id)


def test_a_proof_has_the_form_of_c2sp(proof):
    head, _, note = proof.decode().partition("\n\n")
    first, extra, index, *steps = head.split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    assert extra.startswith("extra ")
    assert index == "index 2"
    assert [len(base64.b64decode(step, validate=True)) for step in steps] == [32] * 3
    assert note.splitlines()[:2] == ["localhost:8000/audit", "7"]
    assert proof.endswith(b"\n")


def test_an_independent_implementation_makes_the_same_steps(proof):
    tree = InmemoryTree(algorithm="sha256")
    for leaf in Leaf.objects.order_by("index").select_related("event"):
        tree.append_entry(bytes(leaf.event.canonical))
    theirs = tree.prove_inclusion(3, 7).path[1:]
    assert proofs.read(proof).path == theirs


def test_every_single_changed_byte_is_found(proof):
    for at in range(len(proof)):
        changed = bytearray(proof)
        changed[at] ^= 1
        with contextlib.suppress(Unreadable):
            assert findings(bytes(changed)), at


def test_every_truncated_proof_is_refused(proof):
    for length in range(0, len(proof), 3):
        with pytest.raises(Unreadable):
            proofs.verify(proof[:length])


def test_another_event_in_its_place_is_named(proof):
    other = proofs.read(audit.prove(by=ADAM, event_id=event_id_at(3))).event
    (finding,) = findings(with_extra(proof, event=other, people={}))
    assert finding.startswith(f"row 2 (event {other['event_id']}")
    assert finding.endswith("was changed: the signed tree does not hold it at this place")


def test_somebody_else_as_its_actor_is_named(proof):
    people = proofs.read(proof).people
    people["actor"]["person_id"] = str(BERTA.person_id)
    (finding,) = findings(with_extra(proof, people=people))
    assert finding.endswith("names another person as its actor than was sealed")


@pytest.mark.parametrize(
    "people", [{"actor": None}, {"actor": {}}, {"actor": {"person_id": 1, "salt": ""}}, []]
)
def test_people_that_cannot_be_read_are_said(proof, people):
    (finding,) = findings(with_extra(proof, people=people))
    assert finding.startswith("the people of row 2 (")


def test_a_proof_signed_by_another_key_is_refused_by_who_knows_the_key(proof):
    forger = Signer(keys.signer().name, Ed25519PrivateKey.generate())
    text = proof.decode().partition("\n\n")[2].rpartition("\n\n")[0] + "\n"
    head = proof.decode().partition("\n\n")[0]
    forged = with_extra(f"{head}\n\n{forger.sign(text)}".encode(), public_key=forger.verifier.vkey())
    assert findings(forged) == []
    with pytest.raises(Unreadable, match="signed by another key"):
        proofs.verify(forged, public_key=keys.signer().verifier)


def test_after_erasure_the_proof_names_nobody_and_holds(proof):
    assert ALICE.person_id
    audit.erase_person(by=SYSTEM, person_id=ALICE.person_id)
    after = audit.prove(by=ADAM, event_id=event_id_at(2))
    assert findings(after) == []
    assert proofs.read(after).people == {}
    assert proofs.read(after).event == proofs.read(proof).event


def test_adam_proves_an_event_of_his_hospital_and_nobody_else_does(proof):
    for actor in (BERTA, ALICE):
        with pytest.raises(NotFound):
            audit.prove(by=actor, event_id=event_id_at(2))
    with pytest.raises(NotFound):
        audit.prove(by=ADAM, event_id=new_id())


def test_what_is_not_sealed_yet_cannot_be_proven():
    insert(1)
    event_id = AuditEvent.objects.get().event_id
    with pytest.raises(Conflict):
        audit.prove(by=ADAM, event_id=event_id)
    audit.seal(by=SYSTEM)
    insert(1)
    with pytest.raises(NotFound):
        audit.prove(by=ADAM, event_id=AuditEvent.objects.latest("event_id").event_id)


def test_proving_is_recorded(proof):
    newest = AuditEvent.objects.latest("event_id")
    assert (newest.event, newest.organisation_id) == ("audit:export", ADAM.organisation_id)
    assert str(event_id_at(2)).encode() in bytes(newest.canonical)


@pytest.mark.parametrize("size", [1, 7, 700])
def test_the_number_of_queries_of_a_proof_is_fixed(size, django_assert_num_queries):
    seal(size)
    event_id = event_id_at(size // 2)
    checkpoint = Checkpoint.objects.latest()
    with django_assert_num_queries(3 if size > 1 else 2):  # leaf, people, all tiles: one leaf needs none
        rows.sealed_row(event_id, checkpoint)
    others = 7 if connection.vendor == "postgresql" else 9  # one INSERT, or three
    with django_assert_num_queries(others + (3 if size > 1 else 2)):
        audit.prove(by=ADAM, event_id=event_id)


def test_a_tile_that_is_gone_is_missed_and_not_made_up():
    seal(700)
    Tile.objects.filter(level=1).delete()
    with pytest.raises(Tile.DoesNotExist):
        audit.prove(by=ADAM, event_id=event_id_at(2))


def test_adam_downloads_a_proof_from_the_page(adam, alice):
    audit.seal(by=SYSTEM)
    row = adam.api.get("/api/v1/audit/events", {"event": "membership:create"}).json()["events"][-1]
    address = PAGE.format(row["event_id"])
    assert f'href="{address}"' in adam.client.get("/audit/", {"event": "membership:create"}).content.decode()
    for answer in (adam.client.get(address), adam.api.get(API.format(row["event_id"]))):
        assert answer.status_code == 200
        assert (
            answer["Content-Disposition"]
            == f'attachment; filename="medicus-audit-{row["event_id"]}.tlog-proof"'
        )
        read, verdict = proofs.verify(answer.content)
        assert (verdict.findings, read.event["event_id"]) == ([], row["event_id"])


@pytest.mark.parametrize("address", [PAGE, API])
def test_for_a_physician_and_for_another_hospital_the_proof_is_absent(adam, alice, berta, address):
    audit.seal(by=SYSTEM)
    event_id = AuditEvent.objects.filter(organisation_id=adam.organisation.id).latest("event_id").event_id
    for member in (alice, berta):
        absent = member.client.get(address.format(new_id()))
        answer = member.client.get(address.format(event_id))
        assert answer.status_code == absent.status_code == 404
    assert adam.client.get(address.format(event_id)).status_code == 200


def test_an_event_that_waits_offers_no_proof(adam):
    text = adam.client.get("/audit/").content.decode()
    assert "waits for its seal" in text
    assert "Download the proof" not in text


def test_the_command_proves_one_event_and_verifies_it_offline(tmp_path):
    seal(3)
    out = StringIO()
    call_command("audit", "prove", str(event_id_at(1)), stdout=out)
    file = tmp_path / "event.tlog-proof"
    file.write_text(out.getvalue())
    said = StringIO()
    call_command("audit", "verify", str(file), "--public-key", keys.signer().verifier.vkey(), stdout=said)
    event, person, verdict = said.getvalue().splitlines()
    assert json.loads(event)["event_id"] == str(event_id_at(1))
    assert person == f"actor: {ALICE.person_id}"
    assert verdict == "1 event verified against the checkpoint over 3 rows"
    with pytest.raises(CommandError, match="no such event"):
        call_command("audit", "prove", str(new_id()))


def test_the_command_refuses_a_changed_proof(tmp_path, proof):
    file = tmp_path / "event.tlog-proof"
    file.write_bytes(with_extra(proof, event=proofs.read(proof).event | {"purpose": "curiosity"}))
    with pytest.raises(CommandError, match="was changed"):
        call_command("audit", "verify", str(file))
    other = Verifier(keys.signer().name, bytes(32))
    file.write_bytes(proof)
    with pytest.raises(CommandError, match="signed by another key"):
        call_command("audit", "verify", str(file), "--public-key", other.vkey())
