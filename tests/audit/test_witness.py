"""A witness cosigns a log only while it grows. It is a process of its own, asked over HTTP as C2SP says."""

import http.client
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from audit.checkpoint import BadNote, Signer, Verifier
from audit.cosignature import Cosigner, cosigned_at
from tests.audit import witness_process as processes
from tests.audit.witness_process import ENDS_BEFORE_IT_SIGNS, Log, WitnessProcess

LOG = Log()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "witness"


@pytest.fixture
def witness(folder: Path) -> Iterator[WitnessProcess]:
    started = processes.start(folder, LOG.signer.verifier)
    yield started
    started.service.kill()


def size_of_409(answer: tuple[int, str, str]) -> str:
    status, content_type, body = answer
    assert (status, content_type) == (409, "text/x.tlog.size")
    return body


def test_it_cosigns_a_log_that_grows(witness):
    for old, size in [(0, 3), (3, 4), (4, 300), (300, 300)]:
        status, _, line = witness.show(LOG.request(old, size))
        assert status == 200, line
        assert cosigned_at(LOG.note(size) + line, witness.key)


def test_it_tells_its_public_key(witness):
    assert witness.ask("GET", "/") == (200, "text/plain; charset=utf-8", f"{witness.key.vkey()}\n")
    assert witness.ask("GET", "/other")[0] == 404
    assert witness.ask("POST", "/other", b"x")[0] == 404


def test_a_rollback_is_refused_with_the_size_it_has_seen(witness):
    assert witness.show(LOG.request(0, 300))[0] == 200
    assert size_of_409(witness.show(LOG.request(0, 200))) == "300\n"
    assert size_of_409(witness.show(LOG.request(200, 250))) == "300\n"
    assert witness.show(LOG.request(300, 200, []))[0] == 400
    assert witness.show(LOG.request(300, 301))[0] == 200


def test_a_forked_log_is_refused(witness):
    assert witness.show(LOG.request(0, 300))[0] == 200
    fork = Log(fork_from=299)
    assert witness.show(fork.request(300, 400))[0] == 422
    assert size_of_409(witness.show(fork.request(300, 300))) == "300\n"
    assert witness.show(LOG.request(300, 400))[0] == 200


def test_a_bad_proof_is_refused_and_nothing_kept(witness):
    assert witness.show(LOG.request(0, 300))[0] == 200
    good = LOG.tree(400).consistency_proof(300)
    for proof in ([], good[:-1], [*good, bytes(32)], [bytes(32), *good[1:]]):
        assert witness.show(LOG.request(300, 400, proof))[0] == 422
    assert witness.show(LOG.request(300, 400, good))[0] == 200


def test_the_first_checkpoint_takes_no_proof(witness):
    assert witness.show(LOG.request(0, 3, [bytes(32)]))[0] == 422
    assert witness.show(LOG.request(0, 3))[0] == 200


def test_an_unknown_log_and_an_unknown_key_are_refused(witness):
    other = Log(Signer("other.example/audit", LOG.signer.private_key))
    assert witness.show(other.request(0, 3))[0] == 404
    forger = Log(Signer(LOG.signer.name, Ed25519PrivateKey.generate()))
    assert witness.show(forger.request(0, 3))[0] == 403
    assert witness.show(LOG.request(0, 3))[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda body: b"",
        lambda body: b"\xff",
        lambda body: body.replace(b"old 0", b"new 0"),
        lambda body: body.replace(b"old 0", b"old 00"),
        lambda body: body.replace(b"old 0", b"old -1"),
        lambda body: body.replace(b"old 0\n", b"old 0\nAAA\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + b"AAAA\n" * 64),
        lambda body: body[:-1],
    ],
)
def test_what_is_no_request_is_refused(witness, change):
    assert witness.show(change(LOG.request(0, 3)))[0] == 400
    assert witness.show(LOG.request(0, 3))[0] == 200


def test_what_is_too_large_is_not_read(witness):
    assert witness.show(bytes(65 * 1024))[0] == 413
    connection = http.client.HTTPConnection("127.0.0.1", witness.service.port, timeout=10)
    connection.putrequest("POST", "/add-checkpoint")
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_of_two_at_once_one_wins(witness):
    assert witness.show(LOG.request(0, 100))[0] == 200
    answers: list[tuple[int, str, str]] = []
    asked = [
        threading.Thread(target=lambda size=size: answers.append(witness.show(LOG.request(100, size))))
        for size in range(101, 109)
    ]
    processes.at_once(*asked)
    assert sorted(status for status, _, _ in answers) == [200] + [409] * 7


def test_it_forgets_nothing_when_it_is_killed(witness, folder):
    assert witness.show(LOG.request(0, 300))[0] == 200
    witness.service.kill()
    again = processes.start(folder, LOG.signer.verifier)
    try:
        assert again.key == witness.key
        assert size_of_409(again.show(LOG.request(0, 200))) == "300\n"
    finally:
        again.service.kill()


def test_killed_between_persisting_and_answering_it_stands_by_what_it_persisted(folder):
    """Nobody has its signature, but it might have been sent: another tree of that size is never signed."""
    doomed = processes.start(folder, LOG.signer.verifier, start_by=("-c", ENDS_BEFORE_IT_SIGNS))
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        doomed.show(LOG.request(0, 300))
    assert doomed.service.process
    assert processes.gone(doomed.service.process) == -signal.SIGKILL
    again = processes.start(folder, LOG.signer.verifier)
    try:
        assert size_of_409(again.show(Log(fork_from=5).request(0, 300))) == "300\n"
        assert size_of_409(again.show(LOG.request(0, 300))) == "300\n"
        assert again.show(LOG.request(300, 300))[0] == 200
    finally:
        again.service.kill()


def test_two_witnesses_have_keys_of_their_own(witness, tmp_path):
    other = processes.start(tmp_path / "other", LOG.signer.verifier)
    try:
        line = witness.show(LOG.request(0, 3))[2]
        with pytest.raises(BadNote):
            cosigned_at(LOG.note(3) + line, other.key)
        assert other.show(LOG.request(0, 3))[0] == 200
    finally:
        other.service.kill()


def test_the_management_command_runs_one_too(folder):
    manage = str(settings.BASE_DIR / "manage.py")
    started = processes.start(folder, LOG.signer.verifier, start_by=(manage, "witness"))
    try:
        assert started.show(LOG.request(0, 3))[0] == 200
    finally:
        started.service.kill()


# cosignatures

COSIGNER = Cosigner("witness.example.com/w1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def test_a_cosignature_is_over_time_and_text():
    note = LOG.note(3)
    cosigned = note + COSIGNER.cosign(note.partition("\n\n")[0] + "\n", at=1679315147)
    assert cosigned_at(cosigned, COSIGNER.verifier).timestamp() == 1679315147
    assert COSIGNER.verifier.vkey().split("+")[2].startswith("B")  # 0x04, the type of cosignatures


def test_every_changed_byte_of_a_cosigned_checkpoint_is_found():
    note = LOG.note(3)
    text = note.partition("\n\n")[0] + "\n"
    line = COSIGNER.cosign(text, at=1679315147)
    for part, start in ((text, 0), (line, len(note))):
        for at in range(start, start + len(part)):
            changed = (note + line)[:at] + chr(ord((note + line)[at]) ^ 1) + (note + line)[at + 1 :]
            with pytest.raises(BadNote):
                cosigned_at(changed, COSIGNER.verifier)


def test_the_logs_own_signature_is_no_cosignature():
    verifier = LOG.signer.verifier
    for algorithm in (b"\x01", b"\x04"):
        with pytest.raises(BadNote):
            cosigned_at(LOG.note(3), Verifier(verifier.name, verifier.public_key, algorithm))
