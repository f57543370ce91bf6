"""Watermarks: what a person's devices have received and seen; they only grow."""

import pytest
from django.db import IntegrityError, transaction

from messaging.models import GroupMember, Receipt
from tests.messaging.rooms import Room


@pytest.fixture
def _five(room: Room, alice):
    for _ in range(4):
        room.post(alice)


pytestmark = pytest.mark.usefixtures("_five")


def marks(room: Room, by, of):
    members = by.api.get(room.path).json()["members"]
    (receipts,) = [one["receipts"] for one in members if one["person_id"] == str(of.person.id)]
    return receipts["delivered"], receipts["seen"]


def confirm(room: Room, by, delivered, seen):
    return by.api.post(f"{room.path}/receipts", {"delivered": delivered, "seen": seen})


def test_bobs_receipt_is_seen_by_alice(room: Room, alice, bob):
    assert marks(room, alice, bob) == (0, 0)
    assert confirm(room, bob, 4, 2).status_code == 204
    assert marks(room, alice, bob) == (4, 2)
    assert marks(room, bob, alice) == (0, 0)


def test_watermarks_never_fall(room: Room, alice, bob):
    confirm(room, bob, 4, 2)
    confirm(room, bob, 1, 1)
    assert marks(room, alice, bob) == (4, 2)
    confirm(room, bob, 3, 3)
    assert marks(room, alice, bob) == (4, 3)


def test_what_was_seen_was_received(room: Room, alice, bob):
    confirm(room, bob, 0, 3)
    assert marks(room, alice, bob) == (3, 3)


def test_nothing_is_confirmed_that_was_never_written(room: Room, alice, bob):
    confirm(room, bob, 10**12, 10**12)
    assert marks(room, alice, bob) == (5, 5)


def test_the_second_device_of_a_person_raises_the_same_watermark(room: Room, alice, bob, equipped):
    confirm(room, bob, 3, 1)
    equipped(bob)
    room.add(alice, bob)
    confirm(room, bob, 5, 0)
    assert marks(room, alice, bob) == (5, 1)


def test_an_outsider_confirms_nothing(room: Room, charlie, equipped):
    equipped(charlie)
    assert confirm(room, charlie, 1, 1).status_code == 404
    assert not Receipt.objects.exists()


def test_a_removed_member_confirms_nothing(room: Room, alice, bob):
    room.remove(alice, bob)
    assert confirm(room, bob, 1, 1).status_code == 404


def test_without_a_device_nobody_confirms(room: Room, charlie):
    assert confirm(room, charlie, 1, 1).status_code == 409


@pytest.mark.parametrize(("delivered", "seen"), [(-1, 0), ("x", 0), (0, None), (2**63, 0)])
def test_a_watermark_is_a_count(room: Room, bob, delivered, seen):
    assert confirm(room, bob, delivered, seen).status_code == 400


def test_the_database_itself_knows_that_seen_is_never_more_than_received(room: Room, bob):
    confirm(room, bob, 2, 2)
    member = GroupMember.objects.get(group=room.id, person=bob.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(member=member).update(seen_seq=3)
