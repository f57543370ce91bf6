"""Who may begin a conversation with people of another hospital: the own organisation's policy."""

import pytest

from identity.actions import change_policies
from identity.models import Membership
from identity.policies import PolicyName
from medicus.lib.actor import SYSTEM
from tests.messaging.rooms import claim, leave_packages, make_room, unb64


def only(organisation, who: str) -> None:
    values = {PolicyName.STRANGERS: who}
    change_policies(by=SYSTEM, organisation_id=organisation.id, values=values, address="")


@pytest.mark.parametrize(
    ("who", "function", "may"),
    [
        ("staff", "nurse", True),
        ("physicians", "physician", True),
        ("physicians", "nurse", False),
        ("nobody", "physician", False),
    ],
)
def test_the_policy_says_who_invites_somebody_of_another_hospital(alice, bob, equipped, who, function, may):
    Membership.objects.filter(id=alice.membership.id).update(function=function)
    only(alice.organisation, who)
    equipped(alice, bob)
    room = make_room(alice)
    leave_packages(bob)
    package = unb64(claim(alice, bob)["claimed"][0]["key_package"])
    answer = room.post_commit(alice, adds=[package])
    assert answer.status_code == (201 if may else 400)
    if not may:
        assert answer.json()["reason"] == "strangers-not-permitted"
        assert "other hospitals" in answer.json()["detail"]


def test_colleagues_are_no_strangers(alice, anton, equipped):
    only(alice.organisation, "nobody")
    equipped(alice, anton)
    make_room(alice, anton)


def test_the_other_hospitals_policy_does_not_keep_its_people_from_being_invited(alice, bob, equipped):
    only(bob.organisation, "nobody")
    equipped(alice, bob)
    make_room(alice, bob)


def test_another_device_of_somebody_who_is_in_it_is_no_stranger(alice, bob, equipped):
    equipped(alice, bob)
    room = make_room(alice, bob)
    only(alice.organisation, "nobody")
    bob.add_device()
    room.add(alice, bob)
