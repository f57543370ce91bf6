"""Commits: who may change a group, and that exactly one of many at once does."""

import threading
from collections import Counter

import pytest
from django.db import connection, connections

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.ids import new_id
from messaging.models import Entry, Group, GroupDevice, GroupMember, KeyPackage
from tests.cast import b64
from tests.messaging import forge
from tests.messaging.rooms import Room, acquaint, claim, leaf_of, leave_packages, make_room, unb64


def package_of(member, by):
    leave_packages(member)
    return unb64(claim(by, member)["claimed"][0]["key_package"])


def refusal(answer):
    return answer.status_code, answer.json()["code"], answer.json().get("reason")


def test_a_commit_opens_the_next_epoch_and_is_an_entry_of_the_stream(room: Room, alice, bob):
    answer = room.post_commit(alice)
    assert answer.json() == {"seq": 2, "epoch": 2}
    (entry,) = room.entries(bob, since=1).json()["entries"]
    assert (entry["kind"], entry["epoch"], entry["sender_device"]) == ("commit", 1, str(alice.device.id))


def test_a_commit_in_a_past_epoch_is_told_the_present_one(room: Room, alice, bob):
    room.post_commit(alice)
    answer = room.post_commit(bob)
    assert (answer.status_code, answer.json()["code"], answer.json()["epoch"]) == (409, "stale-epoch", 2)


def test_a_commit_in_a_future_epoch_is_stale_too(room: Room, alice):
    answer = room.post_commit(alice, epoch=5)
    assert (answer.status_code, answer.json()["epoch"]) == (409, 1)


def test_a_commit_that_is_repeated_gets_the_same_answer(room: Room, alice):
    commit = room.commit(alice)
    first, second = (alice.api.post(f"{room.path}/commits", commit) for _ in range(2))
    assert first.json() == second.json() == {"seq": 2, "epoch": 2}
    assert Entry.objects.count() == 2


def test_an_id_that_names_another_commit_is_refused(room: Room, alice, bob):
    commit = room.commit(alice)
    alice.api.post(f"{room.path}/commits", commit)
    room.epoch = 2
    other = room.commit(alice, id=commit["id"])
    assert refusal(alice.api.post(f"{room.path}/commits", other)) == (409, "id-reused", None)
    others = room.commit(bob, id=commit["id"])
    assert refusal(bob.api.post(f"{room.path}/commits", others)) == (409, "id-reused", None)


@pytest.mark.django_db(transaction=True)
def test_of_ten_commits_at_once_exactly_one_wins(alice, anton, bob, equipped):
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory database serves one thread")
    equipped(alice, anton, bob)
    room = make_room(alice, anton, bob)
    commits = [(member, room.commit(member)) for member in (alice, anton, bob) for _ in range(4)][:10]
    answers = []
    begin = threading.Barrier(len(commits))

    def post(member, commit) -> None:
        try:
            begin.wait()
            answers.append(member.api.post(f"{room.path}/commits", commit))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=pair) for pair in commits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}
    assert {answer.json()["epoch"] for answer in answers} == {2}
    assert Entry.objects.filter(group=room.id, epoch=1).count() == 1


def test_an_outsider_cannot_commit(room: Room, charlie, equipped):
    equipped(charlie)
    assert room.post_commit(charlie, sender_leaf=0).status_code == 404


def test_a_second_device_of_a_member_cannot_commit_before_it_is_a_leaf(room: Room, alice, equipped):
    equipped(alice)  # a new device, now attached to the session
    assert room.post_commit(alice, sender_leaf=0).status_code == 404


def test_nobody_commits_without_a_device(room: Room, charlie):
    assert refusal(room.post_commit(charlie, sender_leaf=0, path_by=None)) == (409, "device-needed", None)


def test_nobody_commits_in_the_name_of_another_leaf(room: Room, alice, bob):
    assert refusal(room.post_commit(bob, sender_leaf=1)) == (400, "commit-refused", "sender-leaf")


def test_nobody_takes_over_another_identity_with_the_own_leaf(room: Room, alice, bob):
    as_alice = forge.Leaf(bob.browser.mls_key, alice.mls_identity)
    assert refusal(room.post_commit(bob, path_by=as_alice)) == (400, "commit-refused", "leaf-identity")
    other_key = forge.Leaf(alice.browser.mls_key, bob.mls_identity)
    assert refusal(room.post_commit(bob, path_by=other_key)) == (400, "commit-refused", "leaf-identity")


def test_a_leaf_that_was_signed_for_another_place_is_refused(room: Room, alice):
    content = forge.commit(room.id, 1, 1, path_by=leaf_of(alice))
    moved = content.replace(b"\x01" + (1).to_bytes(4), b"\x01" + (0).to_bytes(4), 1)
    assert refusal(room.post_commit(alice, content=moved)) == (400, "envelope-refused", "bad-signature")


def test_a_commit_of_another_group_or_epoch_is_refused(room: Room, alice):
    foreign = forge.commit(new_id(), 1, 0, path_by=leaf_of(alice))
    assert refusal(room.post_commit(alice, content=foreign)) == (400, "envelope-refused", "foreign-group")
    late = forge.commit(room.id, 9, 0, path_by=leaf_of(alice))
    assert refusal(room.post_commit(alice, content=late)) == (400, "envelope-refused", "epoch-mismatch")


# Adding


def test_bob_is_added_gets_his_welcome_and_reads_from_there(alice, bob, equipped):
    equipped(alice, bob)
    room = make_room(alice)
    room.post(alice)
    room.add(alice, bob)
    (welcome,) = bob.api.get("/api/v1/welcomes").json()["welcomes"]
    assert (welcome["group_id"], welcome["seq"], welcome["epoch"]) == (str(room.id), 2, 1)
    assert alice.api.get("/api/v1/welcomes").json() == {"welcomes": []}
    assert room.entries(bob).json() == {"entries": [], "last_seq": 2}
    assert room.post(bob).json()["seq"] == 3


def test_an_addition_is_recorded_for_both_hospitals(alice, bob, equipped):
    equipped(alice, bob)
    make_room(alice, bob)
    events = AuditEvent.objects.filter(event=Event.GROUP_COMMIT)
    assert {event.organisation_id for event in events} == {alice.organisation.id, bob.organisation.id}


def test_a_key_package_that_was_not_claimed_adds_nobody(alice, bob, equipped):
    equipped(alice, bob)
    room = make_room(alice)
    (package,) = leave_packages(bob)
    assert refusal(room.post_commit(alice, adds=[package])) == (
        400,
        "commit-refused",
        "key-package-not-claimed",
    )
    never_left = forge.key_package(leaf_of(bob))
    assert refusal(room.post_commit(alice, adds=[never_left]))[2] == "key-package-not-claimed"
    assert bob.api.get("/api/v1/groups").json() == {"groups": []}


def test_a_key_package_adds_once(alice, bob, equipped):
    equipped(alice, bob)
    package = package_of(bob, alice)
    room, other = make_room(alice), make_room(alice)
    assert room.post_commit(alice, adds=[package]).status_code == 201
    assert refusal(other.post_commit(alice, adds=[package]))[2] == "key-package-not-claimed"


def test_a_commit_that_lost_may_use_its_claimed_package_in_the_next(room: Room, alice, charlie, equipped):
    equipped(charlie)
    package = package_of(charlie, alice)
    assert room.post_commit(alice, adds=[package], epoch=0).status_code == 409
    assert room.post_commit(alice, adds=[package]).status_code == 201


def test_a_last_resort_package_adds_again_and_again(alice, bob, equipped):
    equipped(alice, bob)
    leave_packages(bob, 0, last_resort=True)
    for _ in range(2):
        package = unb64(claim(alice, bob)["claimed"][0]["key_package"])
        assert make_room(alice).post_commit(alice, adds=[package]).status_code == 201
    assert KeyPackage.objects.get().spent_at is None


def test_a_device_that_was_revoked_after_the_claim_is_not_added(alice, bob, equipped):
    equipped(alice, bob)
    package = package_of(bob, alice)
    bob.api.post(f"/api/v1/devices/{bob.device.id}/revoke")
    answer = make_room(alice).post_commit(alice, adds=[package])
    assert refusal(answer) == (400, "commit-refused", "key-package-not-claimed")


def test_a_device_of_a_hospital_that_is_no_longer_verified_is_not_added(alice, bob, equipped):
    equipped(alice, bob)
    package = package_of(bob, alice)
    type(bob.organisation).objects.filter(id=bob.organisation.id).update(verified_at=None)
    assert refusal(make_room(alice).post_commit(alice, adds=[package]))[2] == "device-not-active"


def test_a_device_is_added_once(room: Room, alice, bob):
    package = package_of(bob, alice)
    assert refusal(room.post_commit(alice, adds=[package]))[2] == "already-a-leaf"


def test_a_device_may_be_replaced_in_one_commit(room: Room, alice, bob):
    package = package_of(bob, alice)
    answer = room.post_commit(alice, adds=[package], removes=[room.leaf_index(bob)])
    assert answer.status_code == 201
    leaf = GroupDevice.objects.get(group=room.id, device=bob.device.id, left_seq=None)
    assert leaf.leaf_index == 2
    assert GroupMember.objects.filter(group=room.id, person=bob.person.id).count() == 1


def test_a_welcome_is_there_exactly_if_somebody_is_added(room: Room, alice, charlie, equipped):
    equipped(charlie)
    package = package_of(charlie, alice)
    mismatch = (400, "envelope-refused", "welcome-mismatch")
    assert refusal(room.post_commit(alice, adds=[package], welcome=None)) == mismatch
    other = b64(forge.welcome([forge.key_package(leaf_of(charlie))]))
    assert refusal(room.post_commit(alice, adds=[package], welcome=other)) == mismatch
    assert refusal(room.post_commit(alice, welcome=other)) == mismatch
    twice = b64(forge.welcome([package, package]))
    assert refusal(room.post_commit(alice, adds=[package], welcome=twice)) == mismatch


def test_a_colleague_may_be_added_by_any_member_a_foreigner_only_by_an_owner(
    alice, anton, bob, charlie, equipped
):
    equipped(alice, anton, bob, charlie)
    room = make_room(alice, anton)
    package = package_of(charlie, anton)
    acquaint(alice, charlie)
    assert refusal(room.post_commit(anton, adds=[package]))[2] == "owner-needed"
    assert room.post_commit(alice, adds=[package]).status_code == 201


def test_anton_adds_a_colleague_of_his_own_hospital(alice, anton, equipped, hospital_a):
    from tests.conftest import member

    anna = member(hospital_a, "Anna", "Auer")
    equipped(alice, anton, anna)
    room = make_room(alice, anton)
    room.add(anton, anna)
    assert anna.api.get(room.path).status_code == 200


def test_a_direct_conversation_takes_two_people(alice, anton, bob, equipped):
    equipped(alice, anton, bob)
    room = make_room(alice, bob, kind="direct")
    package = package_of(anton, alice)
    assert refusal(room.post_commit(alice, adds=[package]))[2] == "direct-is-full"


def test_a_second_device_of_a_member_joins_the_same_membership(room: Room, alice, bob, equipped):
    equipped(bob)
    room.add(alice, bob)
    assert GroupMember.objects.filter(group=room.id, person=bob.person.id).count() == 1
    assert GroupDevice.objects.filter(group=room.id, device__person=bob.person.id).count() == 2
    assert len(alice.api.get(room.path).json()["members"]) == 3


# Removing


def test_bob_is_removed_reads_that_and_nothing_after_it(room: Room, alice, bob):
    room.post(alice)
    room.remove(alice, bob)
    room.post(alice)
    read = room.entries(bob).json()
    assert [entry["kind"] for entry in read["entries"]] == ["application", "commit"]
    assert read["last_seq"] == 3
    assert room.post(bob).status_code == 404
    assert room.post_commit(bob, sender_leaf=2).status_code == 404


def test_a_removal_is_recorded_for_both_hospitals(room: Room, alice, bob):
    room.remove(alice, bob)
    events = AuditEvent.objects.filter(event=Event.GROUP_LEAVE_BEHIND)
    assert {event.organisation_id for event in events} == {alice.organisation.id, bob.organisation.id}


def test_who_comes_back_reads_both_stays_and_nothing_between(room: Room, alice, bob):
    room.post(alice)  # 2
    room.remove(alice, bob)  # 3
    room.post(alice)  # 4
    room.add(alice, bob)  # 5
    room.post(alice)  # 6
    assert [entry["seq"] for entry in room.entries(bob).json()["entries"]] == [2, 3]
    assert [entry["seq"] for entry in room.entries(bob, since=3).json()["entries"]] == [6]


def test_only_an_owner_removes_others(room: Room, alice, anton, bob):
    assert refusal(room.post_commit(anton, removes=[2])) == (400, "commit-refused", "owner-needed")
    assert room.post_commit(bob, removes=[1]).status_code == 201


def test_anton_removes_his_own_lost_device(room: Room, anton, equipped, alice):
    lost = room.leaf_index(anton)
    equipped(anton)
    room.add(alice, anton)
    assert room.post_commit(anton, removes=[lost]).status_code == 201
    assert anton.api.get(room.path).status_code == 200


def test_anybody_removes_the_leaf_of_a_revoked_device(room: Room, anton, bob):
    bob.api.post(f"/api/v1/devices/{bob.device.id}/revoke")
    assert room.post_commit(anton, removes=[2]).status_code == 201


def test_nobody_removes_the_own_leaf_or_one_that_is_not_there(room: Room, alice):
    assert refusal(room.post_commit(alice, removes=[0]))[2] == "own-leaf"
    assert refusal(room.post_commit(alice, removes=[9]))[2] == "no-such-leaf"
    assert refusal(room.post_commit(alice, removes=[2, 2]))[2] == "no-such-leaf"


def test_a_freed_leaf_is_the_next_newcomers(room: Room, alice, anton, charlie, equipped):
    equipped(charlie)
    room.remove(alice, anton)
    room.add(alice, charlie)
    assert GroupDevice.objects.get(group=room.id, device=charlie.device.id).leaf_index == 1


def test_a_hospital_without_its_owner_gets_its_longest_member_as_owner(room: Room, alice, anton, bob):
    room.remove(bob, alice)
    owners = {member["name"]: member["owner"] for member in bob.api.get(room.path).json()["members"]}
    assert owners == {"Anton Albrecht": True, "Bob Becker": True}


def test_a_commit_that_is_refused_leaves_no_trace(room: Room, alice):
    before = AuditEvent.objects.count()
    room.post_commit(alice, removes=[9])
    group = Group.objects.get(id=room.id)
    assert (group.epoch, group.last_seq) == (1, 1)
    assert AuditEvent.objects.count() == before


def test_nobody_adds_the_own_device_of_another_person_by_a_false_credential(alice, bob, charlie, equipped):
    equipped(alice, bob, charlie)
    package = package_of(bob, alice)
    ghost = package.replace(str(bob.person.id).encode(), str(charlie.person.id).encode())
    answer = make_room(alice).post_commit(alice, adds=[ghost])
    assert refusal(answer)[2] == "key-package-not-claimed"
