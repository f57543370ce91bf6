"""What is said and heard over the socket: being let in, sending, following, receipts."""

import asyncio

import pytest

from tests.messaging import forge
from tests.messaging.living import following, in_thread, sending, write
from tests.messaging.rooms import Room, make_room
from tests.messaging.sockets import Socket

pytestmark = pytest.mark.usefixtures("async_db")


async def test_who_has_not_signed_in_is_closed_with_4401(live):
    async with Socket(None) as socket:
        assert await socket.closed() == 4401


async def test_who_has_no_device_is_closed_with_4401(live, charlie):
    async with Socket(charlie) as socket:
        assert await socket.closed() == 4401


async def test_alice_is_told_which_device_she_is(live, room, alice):
    async with Socket(alice) as socket:
        assert await socket.hear() == {"op": "ready", "device": str(alice.device.id)}


async def test_alice_sends_and_everybody_who_follows_hears_it(live, room: Room, alice, bob):
    async with Socket(alice) as hers, Socket(bob) as his:
        await following(hers, room)
        await following(his, room)
        message = sending(room)
        hers.say(**message)
        frame = await his.hear("entries")
        (entry,) = frame["entries"]
        assert (frame["group"], frame["last_seq"]) == (str(room.id), 2)
        assert (entry["id"], entry["body"], entry["seq"]) == (message["id"], message["body"], 2)
        assert (entry["kind"], entry["epoch"]) == ("application", 1)
        assert (entry["sender_device"], entry["sender_person"]) == (
            str(alice.device.id),
            str(alice.person.id),
        )
        heard = [await hers.hear() for _ in range(2)]
        assert sorted(one["op"] for one in heard) == ["entries", "sent"]
        (sent,) = [one for one in heard if one["op"] == "sent"]
        assert sent == {
            "op": "sent",
            "group": str(room.id),
            "id": message["id"],
            "seq": 2,
            "at": entry["at"],
        }


async def test_one_who_does_not_follow_may_send_all_the_same(live, room: Room, alice):
    async with Socket(alice) as socket:
        socket.say(**sending(room))
        assert (await socket.hear("sent"))["seq"] == 2


async def test_the_same_message_again_gets_the_same_answer(live, room: Room, alice):
    async with Socket(alice) as socket:
        message = sending(room)
        socket.say(**message)
        socket.say(**message)
        assert await socket.hear("sent") == await socket.hear("sent")


async def test_a_refusal_names_the_message_and_the_reason(live, room: Room, alice, charlie, equipped):
    async with Socket(alice) as socket:
        stale = sending(room, epoch=0)
        socket.say(**stale)
        refused = await socket.hear("refused")
        assert (refused["group"], refused["id"]) == (str(room.id), stale["id"])
        assert (refused["problem"]["code"], refused["problem"]["epoch"]) == ("stale-epoch", 1)
        socket.say(**sending(room, content=forge.commit(room.id, 1, 0)))
        assert (await socket.hear("refused"))["problem"]["reason"] == "wrong-wire-format"
    await in_thread(equipped, charlie)
    async with Socket(charlie) as socket:
        socket.say(**sending(room))
        assert (await socket.hear("refused"))["problem"]["code"] == "not-found"


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "null",
        '{"op":"dance"}',
        '{"op":[]}',
        '{"op":"send"}',
        '{"op":"send","group":"x","id":"y","epoch":1,"body":"AAAA"}',
        '{"op":"resume","groups":[]}',
        '{"op":"resume","groups":{"x":1}}',
        '{"op":"resume","groups":{"01a20181-68f1-7a06-84eb-3a654ead993f":-1}}',
        '{"op":"resume","groups":{"01a20181-68f1-7a06-84eb-3a654ead993f":true}}',
        '{"op":"receipt","group":"01a20181-68f1-7a06-84eb-3a654ead993f","delivered":"1","seen":0}',
    ],
)
async def test_what_makes_no_sense_is_refused_and_the_socket_lives_on(live, room, alice, text):
    async with Socket(alice) as socket:
        socket.say_text(text)
        assert (await socket.hear("refused"))["problem"]["code"] == "invalid"
        socket.say(op="ping")
        assert await socket.hear() == {"op": "pong"}


@pytest.mark.parametrize(
    "change", [{"id": 7}, {"epoch": "1"}, {"epoch": True}, {"body": None}, {"body": "AA="}]
)
async def test_a_message_with_a_wrong_field_is_refused(live, room: Room, alice, change):
    async with Socket(alice) as socket:
        socket.say(**(sending(room) | change))
        assert (await socket.hear("refused"))["problem"]["code"] == "invalid"


async def test_who_says_too_much_at_once_is_closed(live, room, alice):
    async with Socket(alice) as socket:
        socket.say_text('{"op":"' + "x" * 200_000 + '"}')
        assert await socket.closed() == 1009


async def test_alice_hears_what_bob_has_seen(live, room: Room, alice, bob):
    await write(live, alice, room, 3)
    async with Socket(alice) as hers, Socket(bob) as his:
        await following(hers, room)
        await following(his, room)
        his.say(op="receipt", group=str(room.id), delivered=4, seen=2)
        assert await hers.hear("receipts") == {
            "op": "receipts",
            "group": str(room.id),
            "person": str(bob.person.id),
            "delivered": 4,
            "seen": 2,
        }


async def test_receipts_that_come_together_are_written_once(live, room: Room, alice, bob):
    await write(live, alice, room, 3)
    async with Socket(alice) as hers, Socket(bob) as his:
        await following(hers, room)
        await following(his, room)
        for seen in (1, 2, 3, 4):
            his.say(op="receipt", group=str(room.id), delivered=4, seen=seen)
        assert (await hers.hear("receipts"))["seen"] == 4
        assert await hers.silent()


async def test_an_outsiders_receipt_changes_nothing(live, room: Room, alice, charlie, equipped):
    await in_thread(equipped, charlie)
    async with Socket(charlie) as socket:
        socket.say(op="receipt", group=str(room.id), delivered=1, seen=1)
        socket.say(op="ping")
        await socket.hear("pong")
        while live.receipts._tasks:
            await asyncio.gather(*live.receipts._tasks)

    def receipts() -> int:
        from messaging.models import Receipt

        return Receipt.objects.count()

    assert await in_thread(receipts) == 0


async def test_one_who_sends_much_is_not_read_faster_than_it_is_written(live, room: Room, alice, monkeypatch):
    monkeypatch.setattr("messaging.live.connection.SENDING", 3)
    async with Socket(alice) as socket:
        for _ in range(20):
            socket.say(**sending(room))
        answers = [await socket.hear("sent") for _ in range(20)]
        assert [answer["seq"] for answer in answers] == list(range(2, 22))


async def test_a_group_made_over_http_is_heard_of(live, alice, equipped):
    await in_thread(equipped, alice)
    async with Socket(alice) as socket:
        await in_thread(make_room, alice)
        assert await socket.hear("groups") == {"op": "groups"}
