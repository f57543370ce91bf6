"""The writer lane: many messages in one transaction, each with its own fate."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.errors import Invalid, NotFound, StaleEpoch, Unavailable
from medicus.lib.ids import new_id
from messaging.actions import outgoing
from messaging.actions.lane import lane as lane_module
from messaging.actions.lane.decide import Outcome, Outgoing, Written
from messaging.actions.lane.lane import Lane, Writer, writer
from messaging.models import Entry, Group, GroupDevice
from messaging.postgres import pipeline
from messaging.refusals import IdReused
from tests.cast import Member
from tests.messaging import forge
from tests.messaging.proxy import Proxy
from tests.messaging.rooms import Room, make_room

pytestmark = pytest.mark.usefixtures("async_db")
postgres_only = pytest.mark.skipif(
    "not __import__('os').environ.get('DATABASE_URL')", reason="needs PostgreSQL"
)


class Counting:
    """A writer that remembers its batches."""

    def __init__(self, inner: Writer) -> None:
        self._inner = inner
        self.batches: list[int] = []

    async def write(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        self.batches.append(len(batch))
        return await self._inner.write(batch)

    def abandon(self) -> None:
        self._inner.abandon()

    async def close(self) -> None:
        await self._inner.close()


class Fixture:
    def __init__(self) -> None:
        self.writer = Counting(writer())
        self.heard: list[tuple[Outgoing, Written]] = []
        self.lane = Lane(self.writer, self.heard.extend)

    async def send(self, *messages: Outgoing) -> list[Any]:
        return await asyncio.gather(*(self.lane.submit(one) for one in messages), return_exceptions=True)


@pytest.fixture
async def lane() -> AsyncIterator[Fixture]:
    fixture = Fixture()
    yield fixture
    await fixture.lane.close()


def message(by: Member, room: Room, *, epoch: int | None = None, **changes: Any) -> Outgoing:
    epoch = room.epoch if epoch is None else epoch
    body = changes.pop("body", None) or forge.application(room.id, epoch)
    values: dict[str, Any] = {
        "group_id": room.id,
        "message_id": new_id(),
        "epoch": epoch,
        "body": body,
    } | changes
    return outgoing(by=by.actor, **values)


@sync_to_async
def stream(room: Room) -> list[int]:
    return list(Entry.objects.filter(group=room.id).order_by("seq").values_list("seq", flat=True))


async def test_what_arrives_together_is_one_batch_in_order_without_gaps(
    lane: Fixture, room: Room, alice, bob
):
    messages = [message((alice, bob)[index % 2], room) for index in range(40)]
    answers = await lane.send(*messages)
    assert [answer.seq for answer in answers] == list(range(2, 42))
    assert lane.writer.batches == [40]
    assert [one.message_id for one, _ in lane.heard] == [one.message_id for one in messages]
    assert await stream(room) == list(range(1, 42))


async def test_what_arrives_while_a_batch_is_written_is_the_next_batch(lane: Fixture, room: Room, alice):
    first = lane.lane.submit(message(alice, room))
    await asyncio.sleep(0)  # the lane takes it
    later = [lane.lane.submit(message(alice, room)) for _ in range(5)]
    await asyncio.gather(first, *later)
    assert lane.writer.batches == [1, 5]


async def test_an_answer_means_that_the_message_is_committed_with_its_audit_event(lane: Fixture, room, alice):
    sent = message(alice, room)
    (answer,) = await lane.send(sent)

    def look() -> tuple[Entry, int]:
        return Entry.objects.get(message_id=sent.message_id), AuditEvent.objects.filter(
            event=Event.MESSAGE_ACCEPT
        ).count()

    entry, events = await sync_to_async(look)()
    assert (entry.seq, bytes(entry.body), entry.at) == (answer.seq, sent.body, answer.at)
    assert (entry.device_id, entry.person_id, entry.kind) == (alice.device.id, alice.person.id, "application")
    assert events == 1


async def test_several_groups_count_each_for_itself(lane: Fixture, room: Room, alice, bob):
    other = await sync_to_async(make_room)(alice, bob)
    answers = await lane.send(*(message(alice, (room, other)[index % 2]) for index in range(6)))
    assert [answer.seq for answer in answers] == [2, 2, 3, 3, 4, 4]


async def test_the_same_message_twice_in_a_batch_is_one_message(lane: Fixture, room: Room, alice):
    sent = message(alice, room)
    first, second = await lane.send(sent, sent)
    assert (first.seq, first.fresh, second.seq, second.fresh) == (2, True, 2, False)
    (third,) = await lane.send(sent)
    assert third[:2] == first[:2]
    assert await stream(room) == [1, 2]
    assert [written.fresh for _, written in lane.heard] == [True, False, False]


async def test_an_id_with_another_body_is_refused_in_the_same_batch_and_later(
    lane: Fixture, room: Room, alice, bob
):
    sent = message(alice, room)
    changed = message(alice, room, message_id=sent.message_id)
    stolen = message(bob, room, message_id=sent.message_id, body=sent.body)
    first, second, third = await lane.send(sent, changed, stolen)
    assert first.seq == 2
    assert isinstance(second, IdReused)
    assert isinstance(third, IdReused)
    assert isinstance((await lane.send(changed))[0], IdReused)


async def test_an_outsider_fails_alone(lane: Fixture, room: Room, alice, charlie, equipped):
    await sync_to_async(equipped)(charlie)
    answers = await lane.send(message(alice, room), message(charlie, room), message(alice, room))
    assert [getattr(answer, "seq", type(answer)) for answer in answers] == [2, NotFound, 3]


async def test_a_group_that_does_not_exist_is_not_found(lane: Fixture, room: Room, alice):
    (answer,) = await lane.send(message(alice, Room(leaves=room.leaves, epoch=1)))
    assert isinstance(answer, NotFound)


async def test_who_was_removed_fails_alone(lane: Fixture, room: Room, alice, bob):
    await sync_to_async(room.remove)(alice, bob)
    answers = await lane.send(message(bob, room), message(alice, room))
    assert [getattr(answer, "seq", type(answer)) for answer in answers] == [NotFound, 3]


async def test_a_revoked_device_fails_alone(lane: Fixture, room: Room, alice, bob):
    await sync_to_async(bob.api.post)(f"/api/v1/devices/{bob.device.id}/revoke")
    answers = await lane.send(message(bob, room), message(alice, room))
    assert [getattr(answer, "seq", type(answer)) for answer in answers] == [NotFound, 2]


async def test_a_message_of_another_epoch_fails_alone_and_learns_the_present_one(
    lane: Fixture, room: Room, alice
):
    past, present, future = await lane.send(*(message(alice, room, epoch=epoch) for epoch in (0, 1, 2)))
    assert present.seq == 2
    assert (type(past), past.extra) == (type(future), future.extra) == (StaleEpoch, {"epoch": 1})


async def test_a_message_that_the_database_refuses_fails_alone(lane: Fixture, room: Room, alice):
    good = [message(alice, room) for _ in range(4)]
    poison = Outgoing(room.id, new_id(), 1, b"", alice.device.id, alice.person.id, alice.actor)
    answers = await lane.send(*good[:2], poison, *good[2:])
    assert [getattr(answer, "seq", type(answer)) for answer in answers] == [2, 3, Invalid, 4, 5]
    assert await stream(room) == [1, 2, 3, 4, 5]
    assert (await lane.send(message(alice, room)))[0].seq == 6


async def test_a_sender_that_has_gone_does_not_hinder_the_others(lane: Fixture, room: Room, alice):
    gone, staying = (lane.lane.submit(message(alice, room)) for _ in range(2))
    gone.cancel()
    assert (await staying).seq == 3
    assert await stream(room) == [1, 2, 3]


async def test_a_hub_that_fails_costs_no_answer(room: Room, alice):
    def broken(_fresh: object) -> None:
        raise RuntimeError

    lane = Lane(writer(), broken)
    assert (await lane.submit(message(alice, room))).seq == 2
    await lane.close()


async def test_a_closed_lane_answers_that_it_is_unavailable(room: Room, alice):
    lane = Lane(writer(), lambda _fresh: None)
    waiting = lane.submit(message(alice, room))
    await lane.close()
    with pytest.raises(Unavailable):
        await waiting
    with pytest.raises(Unavailable):
        await lane.submit(message(alice, room))


async def test_too_many_that_wait_are_told_at_once(lane: Fixture, room: Room, alice, monkeypatch):
    monkeypatch.setattr(lane_module, "WAITING_MESSAGES", 3)
    answers = await lane.send(*(message(alice, room) for _ in range(5)))
    assert [getattr(answer, "seq", type(answer)) for answer in answers] == [2, 3, 4, Unavailable, Unavailable]


async def test_a_batch_is_bounded(lane: Fixture, room: Room, alice, monkeypatch):
    monkeypatch.setattr(lane_module, "BATCH_MESSAGES", 4)
    await lane.send(*(message(alice, room) for _ in range(10)))
    assert lane.writer.batches == [4, 4, 2]
    monkeypatch.setattr(lane_module, "BATCH_BYTES", 100)
    await lane.send(*(message(alice, room) for _ in range(2)))
    assert lane.writer.batches == [4, 4, 2, 1, 1]


@postgres_only
async def test_two_lanes_share_the_streams_without_gap_or_deadlock(room: Room, alice, bob):
    rooms = [room, *[await sync_to_async(make_room)(alice, bob) for _ in range(3)]]
    lanes = [Lane(writer(), lambda _fresh: None) for _ in range(2)]
    answers = await asyncio.gather(
        *(
            lanes[index % 2].submit(
                message((alice, bob)[index % 2], rooms[index % 4 * (-1) ** (index // 100)])
            )
            for index in range(400)
        )
    )
    assert len(answers) == 400
    streams = [await stream(one) for one in rooms]
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in streams)
    assert sum(map(len, streams)) == 404
    for lane in lanes:
        await lane.close()


@postgres_only
async def test_a_removal_that_commits_while_the_message_waits_for_the_lock_wins(
    lane: Fixture, room: Room, bob
):
    locked, go_on = threading.Event(), threading.Event()

    def remove() -> None:
        with transaction.atomic():
            group = Group.objects.select_for_update(no_key=True).get(id=room.id)
            locked.set()
            go_on.wait(5)
            GroupDevice.objects.filter(group=group, device=bob.device.id).update(left_seq=2)
        connections.close_all()

    removal = asyncio.get_running_loop().run_in_executor(None, remove)
    await asyncio.to_thread(locked.wait)
    waiting = lane.lane.submit(message(bob, room))
    while not await sync_to_async(_somebody_waits)():
        pass
    go_on.set()
    await removal
    with pytest.raises(NotFound):
        await waiting


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(cursor.fetchone()[0])


# The database goes away


@pytest.fixture
async def proxied(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    real = pipeline._parameters()
    async with Proxy(real["host"], int(real["port"])) as proxy:
        through = real | {
            "host": "127.0.0.1",
            "port": proxy.port,
            "sslmode": "disable",
            "gssencmode": "disable",
        }
        monkeypatch.setattr(pipeline, "_parameters", lambda: through)
        yield proxy


@postgres_only
async def test_a_connection_that_died_while_idle_is_replaced(
    proxied: Proxy, lane: Fixture, room: Room, alice
):
    await lane.send(message(alice, room))
    proxied.cut()
    assert (await lane.send(message(alice, room)))[0].seq == 3
    assert proxied.connections == 2


@postgres_only
async def test_without_a_database_the_sender_is_told_and_nothing_is_claimed(
    proxied, lane: Fixture, room, alice
):
    await lane.send(message(alice, room))
    proxied.refuse = True
    proxied.cut()
    sent = message(alice, room)
    (answer,) = await asyncio.wait_for(lane.send(sent), 3)
    assert isinstance(answer, Unavailable)
    assert await stream(room) == [1, 2]
    proxied.refuse = False
    assert (await lane.send(sent))[0].seq == 3


@postgres_only
async def test_an_answer_cut_off_at_commit_is_found_out_by_asking_again(
    proxied, lane: Fixture, room: Room, alice
):
    await lane.send(message(alice, room))
    proxied.cut_after = 1  # the locks; the answer to COMMIT is lost
    (answer,) = await lane.send(message(alice, room))
    assert (answer.seq, answer.fresh) == (3, False)
    assert await stream(room) == [1, 2, 3]


@postgres_only
async def test_an_unknown_outcome_is_unavailable_and_the_same_id_gets_it_right(
    proxied, lane: Fixture, room, alice
):
    await lane.send(message(alice, room))
    sent = message(alice, room)
    proxied.cut_after = 1
    proxied.refuse = True
    assert isinstance((await lane.send(sent))[0], Unavailable)
    assert await stream(room) == [1, 2, 3]  # it was committed, but nobody here could know
    proxied.refuse = False
    (answer,) = await lane.send(sent)
    assert (answer.seq, answer.fresh) == (3, False)
    assert await stream(room) == [1, 2, 3]


@postgres_only
async def test_a_database_that_hangs_is_given_up_and_the_lane_goes_on(
    proxied, lane: Fixture, room: Room, alice, monkeypatch
):
    monkeypatch.setattr(lane_module, "WRITE_SECONDS", 0.3)
    await lane.send(message(alice, room))
    proxied.hang = True
    assert isinstance((await lane.send(message(alice, room)))[0], Unavailable)
    proxied.hang = False
    assert (await lane.send(message(alice, room)))[0].seq == 3
