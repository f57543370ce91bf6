"""Catching up over the socket, and streams that several processes write."""

import asyncio
from typing import Any

import pytest

from medicus.lib.clock import now
from medicus.lib.ids import new_id
from messaging.live.service import Service
from messaging.models import Entry, Group
from tests.messaging import forge
from tests.messaging.living import following, in_thread, seqs, write
from tests.messaging.rooms import Room
from tests.messaging.sockets import Socket

pytestmark = pytest.mark.usefixtures("async_db")


async def test_bob_hears_what_he_missed_in_order_then_what_is_new(live, room: Room, alice, bob):
    await write(live, alice, room, 5)
    async with Socket(bob) as socket:
        socket.resume(room, since=3)
        assert seqs(await socket.hear_entries(3)) == [4, 5, 6]
        assert (await socket.hear("entries"))["entries"] == []
        await write(live, alice, room)
        assert seqs(await socket.hear_entries(1)) == [7]


async def test_a_newcomer_hears_nothing_from_before(live, room: Room, alice, charlie, equipped):
    await in_thread(equipped, charlie)
    await write(live, alice, room, 3)
    await in_thread(room.add, alice, charlie)
    await write(live, alice, room)
    async with Socket(charlie) as socket:
        socket.resume(room, since=0)
        assert seqs(await socket.hear_entries(1)) == [6]


async def test_ten_thousand_missed_entries_come_in_order(live, room: Room, alice, bob):
    def fill() -> None:
        body = forge.application(room.id, 1, 100)
        Entry.objects.bulk_create(
            Entry(
                group_id=room.id,
                seq=seq,
                message_id=new_id(),
                kind="application",
                epoch=1,
                device=alice.device,
                person=alice.person,
                body=body,
                at=now(),
            )
            for seq in range(2, 10_002)
        )
        Group.objects.filter(id=room.id).update(last_seq=10_001)

    await in_thread(fill)
    async with Socket(bob) as socket:
        socket.resume(room, since=1)
        assert seqs(await socket.hear_entries(10_000)) == list(range(2, 10_002))


async def test_what_is_written_while_bob_catches_up_is_neither_lost_nor_doubled(live, room: Room, alice, bob):
    await write(live, alice, room, 300)
    async with Socket(bob) as socket:
        writing = asyncio.create_task(_keep_writing(live, alice, room, 200))
        socket.resume(room, since=1)
        assert seqs(await socket.hear_entries(500)) == list(range(2, 502))
        await writing


async def _keep_writing(live: Service, alice: Any, room: Room, count: int) -> None:
    for _ in range(count // 5):
        await write(live, alice, room, 5)


async def test_a_client_that_claims_to_be_ahead_follows_from_now_on(live, room: Room, alice, bob):
    async with Socket(bob) as socket:
        await following(socket, room, since=10**9)
        await write(live, alice, room)
        assert seqs(await socket.hear_entries(1)) == [2]


async def test_groups_of_others_and_groups_that_do_not_exist_are_refused_alike(
    live, room: Room, charlie, equipped
):
    await in_thread(equipped, charlie)
    async with Socket(charlie) as socket:
        absent = new_id()
        socket.say(op="resume", groups={str(room.id): 0, str(absent): 0})
        refusals = [await socket.hear("refused") for _ in range(2)]
        assert {refusal["group"] for refusal in refusals} == {str(room.id), str(absent)}
        assert refusals[0]["problem"] == refusals[1]["problem"]
        assert refusals[0]["problem"]["code"] == "not-found"
    assert live.hub.group_ids == []


async def test_what_another_process_wrote_is_found_by_the_slow_poll(
    live, other_process, room: Room, alice, bob
):
    async with Socket(bob) as socket:
        await following(socket, room)
        await write(other_process, alice, room, 3)
        await live.poll()
        assert seqs(await socket.hear_entries(3)) == [2, 3, 4]


async def test_messages_of_two_processes_are_heard_in_order(live, other_process, room: Room, alice, bob):
    async with Socket(bob) as socket:
        await following(socket, room)
        await write(other_process, alice, room)  # nobody here knows
        await write(live, alice, room)
        assert seqs(await socket.hear_entries(2)) == [2, 3]
        for _ in range(20):
            await asyncio.gather(write(other_process, alice, room, 2), write(live, bob, room, 2))
        await live.poll()
        assert seqs(await socket.hear_entries(80)) == list(range(4, 84))


async def test_a_hint_of_what_is_already_known_brings_nothing(live, room: Room, alice, bob):
    async with Socket(bob) as socket:
        await following(socket, room)
        await write(live, alice, room)
        await socket.hear_entries(1)
        live.hub.hint(room.id, 2)
        live.hub.hint(room.id, 1)
        assert await socket.silent()


async def test_a_hint_of_what_does_not_exist_does_no_harm(live, room: Room, alice, bob):
    async with Socket(bob) as socket:
        await following(socket, room)
        live.hub.hint(room.id, 99)
        await live.reader.threads.run(lambda: None)
        await write(live, alice, room)
        assert seqs(await socket.hear_entries(1)) == [2]
