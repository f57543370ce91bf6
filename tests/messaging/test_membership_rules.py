"""The rules of a conversation's membership, each refusal next to its permission (docs/threat-model.md lists them)."""

import pytest
from django.db import IntegrityError, transaction

from identity.models import Device
from medicus.lib.clock import now
from messaging import states
from messaging.models import Group, GroupDevice, GroupMember
from tests.cast import Member
from tests.conftest import member
from tests.messaging.rooms import Room, claim, leave_packages, make_room, unb64


def packages_of(by: Member, *members: Member) -> list[bytes]:
    """A claimed key package of each; of a device that was just made."""
    for one in members:
        leave_packages(one)
    return [unb64(claimed["key_package"]) for claimed in claim(by, *members)["claimed"]]


def refusal(answer):
    return answer.status_code, answer.json()["code"], answer.json().get("reason")


def responsible(room: Room) -> list[str]:
    owners = GroupMember.objects.filter(group=room.id, is_owner=True, left_seq=None)
    return sorted(owners.values_list("person__given_name", flat=True))


def revoke(one: Member) -> None:
    assert one.device
    assert one.api.post(f"/api/v1/devices/{one.device.id}/revoke").status_code == 200


OWNER_NEEDED = (400, "commit-refused", "owner-needed")
REVOKED_STAYS = (400, "commit-refused", "revoked-leaf-stays")


# People of another hospital: an owner of each


def test_of_two_who_bring_in_a_new_hospital_one_becomes_responsible(alice, bob, hospital_b, equipped):
    bruno = member(hospital_b, "Bruno", "Binder")
    equipped(alice, bob, bruno)
    room = make_room(alice)
    assert responsible(room) == ["Alice"]
    assert room.post_commit(alice, adds=packages_of(alice, bob, bruno)).status_code == 201
    assert responsible(room) in (["Alice", "Bob"], ["Alice", "Bruno"])


def test_each_hospital_that_comes_in_gets_somebody_responsible(room: Room, bob, charlie, equipped):
    equipped(charlie)
    assert responsible(room) == ["Alice", "Bob"]
    room.add(bob, charlie)
    assert responsible(room) == ["Alice", "Bob", "Charlie"]


def test_whoever_comes_to_a_hospital_that_is_there_is_not_responsible(
    room: Room, alice, hospital_b, equipped
):
    bruno = member(hospital_b, "Bruno", "Binder")
    equipped(bruno)
    room.add(alice, bruno)
    assert responsible(room) == ["Alice", "Bob"]


def test_only_the_responsible_add_people_of_a_hospital_that_is_there(
    room: Room, alice, anton, hospital_b, equipped
):
    bruno = member(hospital_b, "Bruno", "Binder")
    equipped(bruno)
    packages = packages_of(anton, bruno)
    assert refusal(room.post_commit(anton, adds=packages)) == OWNER_NEEDED
    assert room.post_commit(alice, adds=packages_of(alice, bruno)).status_code == 201


def test_a_colleague_beside_a_foreigner_does_not_carry_them_in(
    room: Room, anton, charlie, hospital_a, equipped
):
    anna = member(hospital_a, "Anna", "Auer")
    equipped(anna, charlie)
    both = packages_of(anton, anna, charlie)
    assert refusal(room.post_commit(anton, adds=both)) == OWNER_NEEDED
    assert not GroupMember.objects.filter(group=room.id, person=anna.person.id).exists()
    assert room.post_commit(anton, adds=packages_of(anton, anna)).status_code == 201


def test_a_hospital_that_loses_its_responsible_person_has_another_one_after_the_next_commit(
    room: Room, alice, anton, charlie, equipped
):
    equipped(charlie)
    revoke(alice)
    assert refusal(room.post_commit(anton)) == REVOKED_STAYS
    assert room.post_commit(anton, removes=[room.leaf_index(alice)]).status_code == 201
    assert responsible(room) == ["Anton", "Bob"]
    room.epoch += 1
    del room.leaves[alice.device.id]
    room.add(anton, charlie)


# Revoked and expired devices


def test_no_commit_leaves_a_revoked_device_in(room: Room, alice, anton, bob, charlie, equipped):
    equipped(charlie)
    packages = packages_of(alice, charlie)
    revoke(bob)
    refused = room.post_commit(alice, adds=packages)
    assert (refusal(refused), refused.json()["leaves"]) == (REVOKED_STAYS, [room.leaf_index(bob)])
    assert refusal(room.post_commit(anton)) == REVOKED_STAYS
    assert refusal(room.post_commit(alice, removes=[room.leaf_index(anton)])) == REVOKED_STAYS
    assert Group.objects.get(id=room.id).epoch == room.epoch


def test_a_commit_may_take_the_revoked_device_out_and_do_more(room: Room, alice, bob, charlie, equipped):
    equipped(charlie)
    packages = packages_of(alice, charlie)
    revoke(bob)
    answer = room.post_commit(alice, adds=packages, removes=[room.leaf_index(bob)])
    assert answer.status_code == 201
    assert not GroupDevice.objects.filter(group=room.id, left_seq=None).exclude(revoked_at=None).exists()


def test_of_two_revoked_devices_both_go(room: Room, alice, anton, bob):
    revoke(anton)
    revoke(bob)
    assert refusal(room.post_commit(alice, removes=[room.leaf_index(bob)])) == REVOKED_STAYS
    both = [room.leaf_index(anton), room.leaf_index(bob)]
    assert room.post_commit(alice, removes=both).status_code == 201


def test_anybody_removes_an_expired_device_and_no_other(room: Room, anton, bob):
    """Browsers send nothing while its leaf is there: it must not wait for somebody responsible."""
    assert refusal(room.post_commit(anton, removes=[room.leaf_index(bob)])) == OWNER_NEEDED
    Device.objects.filter(id=bob.device.id).update(expires_at=now())
    assert room.post_commit(anton, removes=[room.leaf_index(bob)]).status_code == 201


# Kinds and size


@pytest.mark.parametrize(("kind", "other"), [("team", "case"), ("case", "team"), ("direct", "case")])
def test_a_conversation_keeps_its_kind(alice, equipped, kind, other):
    equipped(alice)
    room = make_room(alice, kind=kind)
    again = {"id": str(room.id), "kind": kind}
    assert alice.api.post("/api/v1/groups", again).status_code == 201
    answer = alice.api.post("/api/v1/groups", again | {"kind": other})
    assert (answer.status_code, answer.json()["code"]) == (409, "id-reused")
    for method in ("put", "patch", "post"):
        send = getattr(alice.api, method)
        assert send(room.path, {"kind": other}, content_type="application/json").status_code == 405
    assert alice.api.get(room.path).json()["kind"] == kind


def test_the_database_keeps_the_kind_too(room: Room):
    found = Group.objects.filter(id=room.id)
    assert found.update(kind="team") == 1
    with pytest.raises(IntegrityError, match="kind of a conversation"), transaction.atomic():
        found.update(kind="case")
    assert found.update(last_seq=9) == 1


def test_the_last_leaf_is_given_and_none_beyond_it(alice, anton, bob, equipped, monkeypatch):
    assert states.LEAVES_PER_GROUP == 250
    for place in ("membership", "change"):
        monkeypatch.setattr(f"messaging.actions.{place}.LEAVES_PER_GROUP", 2)
    equipped(alice, anton, bob)
    room = make_room(alice, anton)
    package = packages_of(alice, bob)
    refused = room.post_commit(alice, adds=package)
    assert (refusal(refused)[2], refused.json()["limit"]) == ("too-many-leaves", 2)
    assert room.post_commit(alice, adds=package, removes=[room.leaf_index(anton)]).status_code == 201
