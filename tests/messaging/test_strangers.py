"""Who may begin a conversation with people of another hospital: the own organisation's policy."""

import pytest

from identity.actions import change_policies, create_department, create_membership
from identity.models import Membership
from identity.policies import PolicyName
from identity.states import Function, Speciality
from medicus.lib.actor import SYSTEM
from messaging.models import GroupMember
from tests.cast import Member, sign_in
from tests.conftest import member
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


def also_at(one: Member, organisation) -> Member:
    """The same person, who works at a second hospital, too."""
    department = create_department(
        by=SYSTEM, organisation_id=organisation.id, name="Visitors", speciality=Speciality.NONE
    )
    membership = create_membership(
        by=SYSTEM,
        person_id=one.person.id,
        organisation_id=organisation.id,
        function=Function.PHYSICIAN,
        department_id=department.id,
    )
    return sign_in(membership)


def organisations(room):
    present = GroupMember.objects.filter(group=room.id, left_seq=None)
    return set(present.values_list("organisation_id", flat=True))


def foreign_device_of_a_colleague(alice, bob, equipped):
    """Bob is in Alice's conversation for her hospital; a key package of the device that he holds for his own."""
    equipped(alice, bob)
    here = also_at(bob, alice.organisation)
    equipped(here)
    room = make_room(alice, here)
    leave_packages(bob)
    (claimed,) = claim(alice, bob)["claimed"]
    return room, unb64(claimed["key_package"])


def test_the_device_of_a_colleague_s_other_hospital_brings_that_hospital_in(alice, bob, equipped):
    room, package = foreign_device_of_a_colleague(alice, bob, equipped)
    only(alice.organisation, "nobody")
    answer = room.post_commit(alice, adds=[package])
    assert (answer.status_code, answer.json()["reason"]) == (400, "strangers-not-permitted")
    assert organisations(room) == {alice.organisation.id}


def test_where_the_policy_permits_it_the_other_hospital_comes_in(alice, bob, equipped):
    room, package = foreign_device_of_a_colleague(alice, bob, equipped)
    assert room.post_commit(alice, adds=[package]).status_code == 201
    assert organisations(room) == {alice.organisation.id, bob.organisation.id}


def test_a_hospital_that_is_there_already_is_not_brought_in(alice, bob, hospital_b, equipped):
    room, package = foreign_device_of_a_colleague(alice, bob, equipped)
    bruno = member(hospital_b, "Bruno", "Binder")
    equipped(bruno)
    room.add(alice, bruno)
    only(alice.organisation, "nobody")
    assert room.post_commit(alice, adds=[package]).status_code == 201
