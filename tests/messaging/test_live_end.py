"""Membership over the socket, being put out, and readers that do not read."""

import asyncio
from typing import Any

import pytest

from tests.messaging.living import following, in_thread, sending, seqs, write
from tests.messaging.rooms import Room
from tests.messaging.sockets import Socket

pytestmark = pytest.mark.usefixtures("async_db")


async def test_commits_are_heard_in_the_stream(live, room: Room, alice, bob):
    async with Socket(bob) as socket:
        await following(socket, room)
        await in_thread(room.post_commit, alice)
        (entry,) = await socket.hear_entries(1)
        assert (entry["seq"], entry["kind"], entry["epoch"]) == (2, "commit", 1)


async def test_bob_hears_that_he_was_removed_and_nothing_after_it(live, room: Room, alice, anton, bob):
    async with Socket(bob) as his, Socket(anton) as antons:
        await following(his, room)
        await following(antons, room)
        await in_thread(room.remove, alice, bob)
        await write(live, alice, room, 2)
        assert seqs(await antons.hear_entries(3)) == [2, 3, 4]
        heard = {frame["op"]: frame for frame in [await his.hear(), await his.hear()]}
        assert set(heard) == {"entries", "groups"}
        assert seqs(heard["entries"]["entries"]) == [2]
        assert await his.silent()
        his.resume(room, since=1)
        assert seqs(await his.hear_entries(1)) == [2]
        his.say(**sending(room))
        assert (await his.hear("refused"))["problem"]["code"] == "not-found"


async def test_bob_who_was_removed_before_the_poll_hears_nothing_after_it(
    live, other_process, room: Room, alice, bob
):
    async with Socket(bob) as socket:
        await following(socket, room)
        await in_thread(_quietly, room.remove, alice, bob)
        await write(other_process, alice, room, 2)
        await live.poll()
        assert seqs(await socket.hear_entries(1)) == [2]
        assert await socket.silent()


def _quietly(function: Any, *arguments: Any) -> None:
    """As if another process had done it: this one hears no news."""
    from messaging import news

    told, news._listeners[:] = news._listeners[:], []
    try:
        function(*arguments)
    finally:
        news._listeners[:] = told


async def test_a_newcomer_hears_of_the_welcome_and_everybody_of_the_change(
    live, room: Room, alice, charlie, equipped
):
    await in_thread(equipped, charlie)
    async with Socket(charlie) as socket, Socket(alice) as hers:
        await in_thread(room.add, alice, charlie)
        assert await socket.hear("welcome") == {"op": "welcome"}
        assert await socket.hear("groups") == {"op": "groups"}
        assert await hers.hear("groups") == {"op": "groups"}


async def test_an_outsider_hears_nothing_of_it(live, room: Room, alice, charlie, equipped):
    await in_thread(equipped, charlie)
    async with Socket(charlie) as socket:
        await socket.hear("ready")
        await write(live, alice, room)
        await in_thread(room.post_commit, alice)
        assert await socket.silent()


async def test_a_revoked_device_is_put_out_at_once(live, room: Room, alice, bob):
    async with Socket(bob) as socket:
        await following(socket, room)
        await in_thread(bob.api.post, f"/api/v1/devices/{bob.device.id}/revoke")
        assert await socket.closed() == 4401


async def test_whoever_signs_out_is_put_out_at_the_next_check(live, room: Room, alice, bob):
    async with Socket(bob) as his, Socket(alice) as hers:
        await following(his, room)
        await following(hers, room)
        await in_thread(bob.client.post, "/sign-out/")
        await live.recheck()
        assert await his.closed() == 4401
        assert await hers.silent()


async def test_a_person_whose_sessions_were_ended_is_put_out_at_the_next_check(live, room: Room, bob):
    async with Socket(bob) as socket:
        await following(socket, room)

        def end() -> None:
            type(bob.person).objects.filter(id=bob.person.id).update(auth_version=99)

        await in_thread(end)
        await live.recheck()
        assert await socket.closed() == 4401


async def test_a_reader_that_does_not_read_is_cut_and_the_others_are_not(
    live, room: Room, alice, bob, monkeypatch
):
    monkeypatch.setattr("messaging.live.outbox.OUTBOX_FRAMES", 5)
    async with Socket(bob) as his, Socket(alice) as hers:
        await following(his, room)
        await following(hers, room)
        his.stick()
        for _ in range(8):
            await write(live, alice, room)
        assert seqs(await hers.hear_entries(8)) == list(range(2, 10))
        his.flow()
        assert await his.closed() == 4408
    async with Socket(bob) as again:
        again.resume(room, since=1)
        assert seqs(await again.hear_entries(8)) == list(range(2, 10))


async def test_a_reader_that_never_reads_again_is_abandoned(live, room: Room, alice, bob, monkeypatch):
    monkeypatch.setattr("messaging.live.outbox.OUTBOX_BYTES", 100)
    monkeypatch.setattr("messaging.live.outbox.CLOSE_SECONDS", 0.01)
    async with Socket(bob) as socket:
        await following(socket, room)
        socket.stick()
        for _ in range(4):
            await write(live, alice, room)
        await asyncio.wait_for(asyncio.shield(socket.task), 5)
    assert live.hub.group_ids == []


async def test_a_slow_catch_up_waits_for_its_reader_and_is_not_cut(live, room: Room, alice, bob, monkeypatch):
    monkeypatch.setattr("messaging.live.outbox.LOW_BYTES", 2_000)
    monkeypatch.setattr("messaging.live.drain.FRAME_ENTRIES", 5)
    await write(live, alice, room, 100)
    async with Socket(bob) as socket:
        await socket.hear("ready")
        socket.stick()
        socket.resume(room, since=1)
        for _ in range(20):
            await live.reader.threads.run(lambda: None)
        assert socket.sent < 10
        socket.flow()
        assert seqs(await socket.hear_entries(100)) == list(range(2, 102))


async def test_when_a_socket_ends_nothing_of_it_is_left(live, room: Room, alice, bob):
    async with Socket(bob) as socket:
        await following(socket, room)
        assert live.hub.group_ids == [room.id]
    assert live.hub.group_ids == []
    assert live._connections == set()
