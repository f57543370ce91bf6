"""What the offboarding of somebody means for conversations: delivery, key packages, the others, the deputy."""

import pytest

from identity.access.offboarding import preview
from identity.actions import offboard
from messaging.models import GroupDevice, KeyPackage
from tests.messaging.living import following, in_thread, sending
from tests.messaging.rooms import Room, leave_packages, make_room
from tests.messaging.sockets import Socket


def counts(row):
    return {step["step"]: step["count"] for step in row.steps}


def effects(adam, alice):
    shown = preview(by=adam.actor, membership_id=alice.membership.id)
    return {effect.step: effect.count for effect in shown.effects}


def members(who, room):
    return {one["person_id"]: one for one in who.api.get(room.path).json()["members"]}


def test_delivery_stops_key_packages_go_and_the_preview_has_said_so(room: Room, adam, alice, bob):
    make_room(alice, bob)  # of Hospital A only Alice is in this one
    leave_packages(alice, 3)
    told = effects(adam, alice)
    done = counts(offboard(by=adam.actor, membership_id=alice.membership.id))
    for step, count in {"stop-delivery": 2, "conversations-of-deputy": 1}.items():
        assert done[step] == told[step] == count
    assert done["delete-key-packages"] == told["delete-key-packages"] >= 3
    assert not KeyPackage.objects.filter(device=alice.device, spent_at=None).exists()
    assert not GroupDevice.objects.filter(device=alice.device, revoked_at=None).exists()
    assert room.post(alice).status_code == 401


def test_the_others_see_that_she_has_left_and_who_stands_in_and_any_of_them_removes_her(
    room: Room, adam, alice, anton, bob
):
    assert members(bob, room)[str(alice.person.id)]["ended"] is False
    offboard(by=adam.actor, membership_id=alice.membership.id, deputy_id=anton.membership.id)
    listed = members(bob, room)
    hers = listed[str(alice.person.id)]
    assert (hers["ended"], hers["left"], hers["deputy"]) == (True, True, "Anton Albrecht")
    assert [one["ended"] for key, one in listed.items() if key != str(alice.person.id)] == [False, False]
    room.remove(bob, alice)
    assert str(alice.person.id) not in members(bob, room)


def test_who_only_paused_has_no_deputy_and_stays_in_the_list(room: Room, adam, alice, bob):
    adam.client.post(f"/administration/people/{alice.membership.id}/deactivate/")
    hers = members(bob, room)[str(alice.person.id)]
    assert (hers["ended"], hers["left"], hers["deputy"]) == (False, True, "")


def test_who_only_revoked_a_device_has_not_left(room: Room, alice, bob):
    assert alice.api.post(f"/api/v1/devices/{alice.device.id}/revoke").status_code == 200
    hers = members(bob, room)[str(alice.person.id)]
    assert (hers["ended"], hers["left"]) == (True, False)


def test_a_new_device_of_hers_is_claimed_by_nobody(room: Room, adam, alice, bob):
    leave_packages(alice, 1, last_resort=True)
    offboard(by=adam.actor, membership_id=alice.membership.id)
    answer = bob.api.post("/api/v1/key-packages/claim", {"person_ids": [str(alice.person.id)]})
    assert answer.json()["claimed"] == []


@pytest.mark.usefixtures("async_db")
async def test_her_socket_ends_and_the_others_are_told_at_once(live, room: Room, adam, alice, bob):
    async with Socket(alice) as hers, Socket(bob) as his:
        await following(hers, room)
        await following(his, room)
        await in_thread(offboard, by=adam.actor, membership_id=alice.membership.id)
        assert await hers.closed() == 4401
        assert await his.hear("groups") == {"op": "groups"}
        his.say(**sending(room))
        assert (await his.hear("sent"))["op"] == "sent"
