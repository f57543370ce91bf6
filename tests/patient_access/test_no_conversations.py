"""Patients take part in patient cases and in no other conversation: what leads to one is closed to them."""

import uuid

import pytest

from identity.access import devices_of
from identity.models import Membership
from identity.states import Function
from messaging.models import Group, GroupMember, KeyPackage
from tests.cast import Member
from tests.messaging.rooms import claim, leave_packages, make_room, unb64
from tests.patients import make_patient_case


def become_patient(one: Member) -> None:
    """What no action does: somebody who has a device turns into a patient of the hospital."""
    Membership.objects.filter(id=one.membership.id).update(function=Function.PATIENT)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "groups"),
        ("post", "device-approvals"),
        ("get", "directory"),
        ("get", "patients"),
        ("get", "urgent"),
        ("get", "roles"),
        ("get", "me/blocks"),
        ("post", "me/blocks"),
        ("get", "me/reports"),
        ("post", "me/reports"),
        ("get", "history-backup"),
        ("post", "history-backup"),
    ],
)
def test_what_leads_to_other_conversations_is_absent_to_her(erika, method, path):
    erika.add_device()
    answer = getattr(erika.api, method)(f"/api/v1/{path}")
    absent = getattr(erika.api, method)(f"/api/v1/{uuid.uuid4()}")
    assert answer.status_code == absent.status_code == 404
    assert answer.content == absent.content


@pytest.mark.parametrize("kind", ["direct", "team", "case", "patient"])
def test_she_makes_no_conversation_of_any_kind(erika, record, kind):
    erika.add_device()
    sent = {"id": str(uuid.uuid4()), "kind": kind, "patient_id": str(record.patient_id)}
    assert erika.api.post("/api/v1/groups", sent).status_code == 404
    assert not Group.objects.exists()


def test_a_conversation_that_she_is_not_in_is_absent_too(erika, alice, anton):
    for one in (alice, anton, erika):
        one.add_device()
    room = make_room(alice, anton)
    room.leaves[erika.device.id] = 0
    for path in (room.path, f"{room.path}/entries", f"{room.path}/acknowledgements"):
        assert erika.api.get(path).status_code == 404
        assert alice.api.get(path).status_code == 200
    assert erika.api.post(f"{room.path}/commits", room.commit(erika)).status_code == 404
    assert room.post(erika).status_code == 404
    assert erika.api.post(f"{room.path}/receipts", {"delivered": 1, "seen": 1}).status_code == 404


@pytest.mark.parametrize("kind", ["direct", "team", "case"])
def test_nobody_brings_her_into_a_conversation_of_another_kind(erika, alice, record, kind):
    for one in (alice, erika):
        one.add_device()
    leave_packages(erika)
    package = unb64(claim(alice, erika)["claimed"][0]["key_package"])
    room = make_room(alice, kind=kind)
    answer = room.post_commit(alice, adds=[package])
    assert (answer.status_code, answer.json()["reason"]) == (400, "device-not-active")
    assert not GroupMember.objects.filter(person=erika.person).exists()
    # the permission beside the refusal: the same package brings her into the case that is about her
    case = make_patient_case(alice, record)
    assert case.post_commit(alice, adds=[package]).status_code == 201


def test_no_key_package_of_a_patient_without_a_record_is_given_out(alice, anton):
    for one in (alice, anton):
        one.add_device()
    leave_packages(anton)
    assert [found.person_id for found in devices_of(by=alice.actor, person_ids=[anton.person.id])] == [
        anton.person.id
    ]
    become_patient(anton)
    assert devices_of(by=alice.actor, person_ids=[anton.person.id]) == []
    assert claim(alice, anton) == {"claimed": [], "without_device": [str(anton.person.id)]}
    assert not KeyPackage.objects.exclude(claimed_at=None).exists()


@pytest.mark.parametrize("kind", ["direct", "team", "case"])
def test_a_commit_with_a_package_from_before_brings_no_patient_in(alice, anton, kind):
    for one in (alice, anton):
        one.add_device()
    leave_packages(anton)
    package = unb64(claim(alice, anton)["claimed"][0]["key_package"])
    become_patient(anton)
    room = make_room(alice, kind=kind)
    answer = room.post_commit(alice, adds=[package])
    assert (answer.status_code, answer.json()["reason"]) == (400, "device-not-active")
    assert not GroupMember.objects.filter(group=room.id, person=anton.person).exists()
