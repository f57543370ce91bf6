"""Acknowledgements and urgent messages over sockets: told to members, batched, and nothing to anybody else."""

import pytest

from medicus.lib.actor import SYSTEM
from medicus.lib.ids import new_id
from messaging import actions
from messaging.live.bus import decode, encode, merge
from messaging.news import News
from rota.actions import take_over
from tests.messaging.living import following, in_thread
from tests.messaging.sockets import Socket
from tests.messaging.urgent.conftest import urgent_message

pytestmark = pytest.mark.usefixtures("async_db")


async def test_members_hear_who_has_taken_it_over_and_that_it_is_answered(
    live, room, anton, alice, agnes, role
):
    message = await in_thread(urgent_message, room, anton, role)
    async with Socket(anton) as his, Socket(agnes) as hers:
        await following(his, room, 2)
        answer = await in_thread(message.say, alice, "taken-over")
        told = await his.hear("acknowledgements")
        assert told["group"] == str(room.id)
        assert {row["kind"] for row in told["rows"]} == {"acknowledged", "taken-over"}
        (taken,) = [row for row in told["rows"] if row["kind"] == "taken-over"]
        assert taken == {
            "id": message.id, "seq": 2, "kind": "taken-over", "person": str(alice.person.id),
            "at": answer.json()["at"], "ended_at": None,
        }  # fmt: skip
        assert await hers.hear("urgent") == {"op": "urgent", "group": str(room.id), "id": message.id}


async def test_a_new_holder_hears_of_it_outside_the_conversation_and_nobody_else_does(
    live, room, anton, agnes, hugo, bob, role, equipped
):
    await in_thread(room.remove, anton, agnes)
    await in_thread(equipped, bob)
    await in_thread(_shorten_chain, role)
    message = await in_thread(urgent_message, room, anton, role)
    async with Socket(agnes) as hers, Socket(bob) as his:
        await hers.hear("ready")
        await his.hear("ready")
        his.resume(room)
        assert (await his.hear("refused"))["problem"]["code"] == "not-found"
        await in_thread(take_over, by=agnes.actor, role_id=role.id)
        assert await in_thread(actions.hand_over, by=SYSTEM) == 1
        assert (await hers.hear("urgent"))["id"] == message.id
        assert await his.silent()


def _shorten_chain(role):
    from rota.models import EscalationStep

    EscalationStep.objects.filter(role=role).delete()


def test_news_of_them_travel_between_processes_together():
    group, message = new_id(), new_id()
    first = News(acknowledged={group: frozenset({2})}, urgent={(group, message): frozenset({message})})
    second = News(acknowledged={group: frozenset({3})}, urgent={(group, message): frozenset({group})})
    together = merge([first, second])
    assert together.acknowledged == {group: frozenset({2, 3})}
    assert together.urgent == {(group, message): frozenset({group, message})}
    assert decode(encode(together, origin="")) == together
    older = {
        key: value for key, value in encode(first, origin="").items() if key not in ("acknowledged", "urgent")
    }
    assert decode(older) == News(), "a process of the version before says nothing of it"
