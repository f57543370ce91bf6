"""The log shows its checkpoints to witnesses, keeps their word, and tells loudly when one contradicts it."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from audit import actions as audit
from audit import keys, proofs, tasks
from audit.access import seal_state
from audit.checkpoint import COSIGNATURE, Verifier
from audit.models import AuditEvent, Checkpoint, Cosignature, Leaf, Tile, Witness
from audit.verification import verify
from audit.witnesses import configured
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import NotFound
from tests.audit import witness_process as processes
from tests.audit.log import ADAM, ALICE, force, insert, seal
from tests.audit.witness_process import WitnessProcess
from tests.services import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def witness(tmp_path: Path, settings: Any) -> Iterator[WitnessProcess]:
    started = processes.start(tmp_path / "witness", keys.signer().verifier)
    settings.AUDIT_WITNESSES = [started.setting]
    yield started
    started.service.kill()


def trouble() -> str:
    return Witness.objects.get().trouble


def disputes() -> list[dict[str, Any]]:
    events = AuditEvent.objects.filter(event="audit:dispute")
    return [json.loads(bytes(event.canonical))["details"] for event in events]


def test_checkpoints_are_cosigned(witness):
    for count in (3, 1, 300):
        seal(count)
        assert audit.ask_witnesses(by=SYSTEM) == 1
        assert audit.ask_witnesses(by=SYSTEM) == 0
    assert list(Cosignature.objects.order_by("size").values_list("size", flat=True)) == [3, 4, 304]
    assert trouble() == ""
    (state,) = seal_state().witnesses
    assert (state.name, state.size, state.contradicts) == (witness.key.name, 304, False)


def test_an_export_and_a_proof_carry_the_witnesss_word(witness):
    seal(3)
    audit.ask_witnesses(by=SYSTEM)
    exported = list(audit.export(by=SYSTEM))
    verdict = verify(exported, public_key=keys.signer().verifier, witnesses=[witness.key])
    assert verdict.findings == []
    assert set(verdict.cosigned) == {witness.key.name}
    proof = audit.prove(by=ADAM, event_id=Leaf.objects.get(index=1).event_id)
    assert proofs.verify(proof, witnesses=[witness.key])[1].findings == []


def test_without_the_witnesss_word_who_asks_for_it_is_told(witness):
    seal(3)
    exported = list(audit.export(by=SYSTEM))
    assert verify(exported).findings == []
    missing = f"the checkpoint has no valid cosignature of {witness.key.name}"
    assert verify(exported, witnesses=[witness.key]).findings == [missing]
    proof = audit.prove(by=ADAM, event_id=Leaf.objects.get(index=1).event_id)
    assert proofs.verify(proof, witnesses=[witness.key])[1].findings == [missing]


def test_a_proof_is_by_the_cosigned_checkpoint_until_a_later_one_is_needed(witness):
    seal(3)
    audit.ask_witnesses(by=SYSTEM)
    seal(3)
    early, late = (Leaf.objects.get(index=index).event_id for index in (1, 4))
    assert proofs.verify(audit.prove(by=ADAM, event_id=early), witnesses=[witness.key])[1].findings == []
    read, verdict = proofs.verify(audit.prove(by=ADAM, event_id=late))
    assert (verdict.findings, read.index, verdict.head.size) == ([], 4, 6)


def test_the_command_checks_the_witnesss_word(witness, tmp_path):
    seal(3)
    audit.ask_witnesses(by=SYSTEM)
    file, out = tmp_path / "export", StringIO()
    call_command("audit", "export", str(file), stdout=StringIO())
    call_command("audit", "verify", str(file), "--witness", witness.key.vkey(), stdout=out)
    assert f"cosigned by {witness.key.name} at 20" in out.getvalue()
    stranger = keys.signer().verifier.vkey()
    with pytest.raises(CommandError, match="malformed"):
        call_command("audit", "verify", str(file), "--witness", stranger)
    with pytest.raises(CommandError, match="needs a file"):
        call_command("audit", "verify", "--witness", witness.key.vkey())


def test_a_log_that_was_rolled_back_is_found_out(witness):
    seal(10)
    audit.ask_witnesses(by=SYSTEM)
    seal(5)
    audit.ask_witnesses(by=SYSTEM)
    force("DELETE FROM audit_checkpoint WHERE size > 10")
    force('DELETE FROM audit_leaf WHERE "index" >= 10')
    Cosignature.objects.filter(size__gt=10).delete()
    assert audit.ask_witnesses(by=SYSTEM) == 0  # the latest here was cosigned long ago
    insert(1)
    audit.seal(by=SYSTEM)
    assert audit.ask_witnesses(by=SYSTEM) == 0
    assert trouble() == "rolled-back"
    assert disputes() == [{"trouble": "rolled-back", "witness": witness.key.name}]
    audit.ask_witnesses(by=SYSTEM)
    assert len(disputes()) == 1


def test_a_log_that_was_rewritten_is_found_out(witness):
    seal(10)
    audit.ask_witnesses(by=SYSTEM)
    Tile.objects.all().delete()
    force("DELETE FROM audit_checkpoint")
    force("DELETE FROM audit_leaf")
    seal(20)
    assert audit.ask_witnesses(by=SYSTEM) == 0
    assert trouble() == "forked"
    assert [one["trouble"] for one in disputes()] == ["forked"]
    assert seal_state().witnesses[0].contradicts


def test_a_witness_that_is_away_holds_up_nothing(settings, witness):
    witness.service.kill()
    seal(3)
    assert audit.ask_witnesses(by=SYSTEM) == 0
    assert trouble() == "unreachable"
    assert disputes() == []
    assert verify(list(audit.export(by=SYSTEM))).findings == []
    witness.service.start()
    assert audit.ask_witnesses(by=SYSTEM) == 1
    assert trouble() == ""


def test_one_witness_that_is_away_does_not_keep_the_other_from_signing(settings, witness):
    away = Verifier("away.example/w1", bytes(32), COSIGNATURE)
    settings.AUDIT_WITNESSES = [f"{away.vkey()} http://127.0.0.1:{free_port()}", witness.setting]
    seal(3)
    assert audit.ask_witnesses(by=SYSTEM) == 1
    assert dict(Witness.objects.values_list("name", "trouble")) == {
        away.name: "unreachable",
        witness.key.name: "",
    }


def test_a_witness_with_another_key_than_named_is_not_believed(settings, witness, tmp_path):
    other = processes.start(tmp_path / "other", keys.signer().verifier)
    try:
        settings.AUDIT_WITNESSES = [f"{witness.key.vkey()} {other.service.url}"]
        seal(3)
        assert audit.ask_witnesses(by=SYSTEM) == 0
        assert trouble() == "refused"
        assert not Cosignature.objects.exists()
    finally:
        other.service.kill()


def test_a_witness_that_does_not_know_this_log_is_said_to_refuse(settings, tmp_path):
    other = processes.start(tmp_path / "other", processes.Log().signer.verifier)
    try:
        settings.AUDIT_WITNESSES = [other.setting]
        seal(3)
        assert audit.ask_witnesses(by=SYSTEM) == 0
        assert trouble() == "refused"
        assert disputes() == []
    finally:
        other.service.kill()


def test_the_jobs_seal_and_ask(witness):
    insert(3)
    tasks.checkpoint()
    assert Checkpoint.objects.count() == 1
    assert not Cosignature.objects.exists()
    tasks.witness()
    assert Cosignature.objects.count() == 1


def test_while_one_round_hangs_the_next_is_left_out(witness):
    seal(3)
    with tasks._asking:
        tasks.witness()
    assert not Cosignature.objects.exists()
    tasks.witness()
    assert Cosignature.objects.exists()


def test_alice_cannot_ask_witnesses(witness):
    seal(3)
    with pytest.raises(NotFound):
        audit.ask_witnesses(by=ALICE)
    assert not Cosignature.objects.exists()


@pytest.mark.parametrize("line", ["", "x", "name+00000000+AAAA https://witness.example"])
def test_a_setting_that_cannot_be_read_is_said(settings, line):
    settings.AUDIT_WITNESSES = [line]
    with pytest.raises(ImproperlyConfigured, match="AUDIT_WITNESSES"):
        configured()


def test_adam_sees_the_witnesses(adam, witness):
    audit.seal(by=SYSTEM)
    assert "has not cosigned yet" in adam.client.get("/audit/").content.decode()
    audit.ask_witnesses(by=SYSTEM)
    text = adam.client.get("/audit/").content.decode()
    assert witness.key.name in text
    assert "cosigned row" in text
    assert "contradicts this log" not in text
    (state,) = adam.api.get("/api/v1/audit/events").json()["seal"]["witnesses"]
    assert (state["name"], state["trouble"]) == (witness.key.name, "")
    Witness.objects.update(trouble="forked")
    text = adam.client.get("/audit/").content.decode()
    assert "A witness contradicts this log" in text
