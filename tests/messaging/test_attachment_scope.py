"""Which groups' attachments a session may reach: `storage` asks by name."""

from medicus.lib import callbacks
from tests.messaging.rooms import Room


def may(member, room: Room):
    return callbacks.call("attachment-scope", by=member.actor, group_id=room.id)


def test_members_may_outsiders_may_not(room: Room, alice, bob, charlie, equipped):
    equipped(charlie)
    assert (may(alice, room), may(bob, room), may(charlie, room)) == ([True], [True], [False])


def test_once_removed_bob_may_not(room: Room, alice, bob):
    room.remove(alice, bob)
    assert may(bob, room) == [False]


def test_a_device_that_is_no_leaf_may_not(room: Room, bob, equipped):
    equipped(bob)
    assert may(bob, room) == [False]


def test_a_session_without_a_device_may_not(room: Room, bob):
    bob.device = None
    assert may(bob, room) == [False]


def test_a_revoked_device_may_not(room: Room, bob):
    bob.api.post(f"/api/v1/devices/{bob.device.id}/revoke")
    assert may(bob, room) == [False]
