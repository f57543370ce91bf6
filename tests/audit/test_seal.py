"""The sequencer seals every committed event once, whatever runs beside it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from audit import actions as audit
from audit import keys
from audit.access import tree
from audit.checkpoint import read_tree_head
from audit.events import Event
from audit.merkle import RunningRoot, leaf_hash
from audit.models import AuditEvent, Checkpoint, Leaf, Unsequenced
from audit.tasks import checkpoint
from medicus.lib.actor import SYSTEM, Actor, Role
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id

ALICE = Actor(
    person_id=new_id(), organisation_id=new_id(), membership_id=new_id(), roles=frozenset({Role.ADMIN})
)


def insert(count: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        audit.insert_prepared(cursor, [audit.prepare(Event.MESSAGE_ACCEPT, by=ALICE) for _ in range(count)])


def assert_sealed(count: int) -> None:
    """All `count` events have one place each, and the signed root is that over their bytes."""
    assert not Unsequenced.objects.exists()
    places = list(Leaf.objects.order_by("index").values_list("index", "event_id"))
    assert [index for index, _ in places] == list(range(count))
    assert {event_id for _, event_id in places} == set(AuditEvent.objects.values_list("event_id", flat=True))
    canonical = dict(AuditEvent.objects.values_list("event_id", "canonical"))
    running = RunningRoot()
    for _, event_id in places:
        running.append(leaf_hash(bytes(canonical[event_id])))
    latest = tree.latest_checkpoint()
    assert latest
    head = read_tree_head(latest.note, keys.signer().verifier)
    assert (head.size, head.root) == (latest.size, bytes(latest.root)) == (count, running.root())


@pytest.mark.django_db
def test_an_empty_log_has_no_checkpoint():
    checkpoint()
    assert tree.latest_checkpoint() is None


@pytest.mark.django_db
def test_events_are_sealed_under_a_signed_checkpoint():
    insert(3)
    checkpoint()
    assert_sealed(3)


@pytest.mark.django_db
def test_growth_over_several_checkpoints_gives_the_same_tree(monkeypatch):
    monkeypatch.setattr("audit.actions.sealing.BATCH", 300)
    total = 0
    for count in (1, 254, 1, 1, 700):
        insert(count)
        checkpoint()
        total += count
        assert_sealed(total)
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [
        1,
        255,
        256,
        257,
        557,
        857,
        957,
    ]


@pytest.mark.django_db
def test_without_news_no_checkpoint_is_signed():
    insert(1)
    checkpoint()
    checkpoint()
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db
def test_alice_cannot_seal():
    with pytest.raises(NotFound):
        audit.seal(by=ALICE)


@pytest.mark.django_db(transaction=True)
def test_two_sequencers_at_once_seal_each_event_once(monkeypatch):
    monkeypatch.setattr("audit.actions.sealing.BATCH", 50)
    insert(500)
    sealed: list[int] = []
    start = threading.Barrier(3)

    def sequence() -> None:
        start.wait()
        try:
            sealed.extend(audit.seal(by=SYSTEM) for _ in range(20))
        finally:
            connection.close()

    run_threads([sequence] * 3)
    assert sum(sealed) == 500
    assert_sealed(500)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_is_sealed_later_and_never_missed():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing commits late")
    recorded, overtaken = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                audit.record(Event.SIGN_OUT, by=ALICE)
                recorded.set()
                overtaken.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    recorded.wait(10)
    insert(3)
    assert audit.seal(by=SYSTEM) == 3
    assert_sealed(3)
    overtaken.set()
    thread.join()
    assert audit.seal(by=SYSTEM) == 1
    assert_sealed(4)
    assert AuditEvent.objects.get(event_id=Leaf.objects.get(index=3).event_id).event == "sign-in:end"


@pytest.mark.django_db(transaction=True)
def test_writers_and_sequencers_side_by_side_lose_nothing():
    def write() -> None:
        try:
            for number in range(40):
                with transaction.atomic():
                    audit.record(Event.SIGN_OUT, by=ALICE)
                    if number % 10 == 9:
                        transaction.set_rollback(True)
        finally:
            connection.close()

    def sequence() -> None:
        try:
            for _ in range(30):
                audit.seal(by=SYSTEM)
        finally:
            connection.close()

    run_threads([write, write, write, sequence, sequence])
    audit.seal(by=SYSTEM)
    assert_sealed(3 * 36)


def run_threads(functions) -> None:
    with ThreadPoolExecutor(len(functions)) as pool:
        for running in [pool.submit(function) for function in functions]:
            running.result()
