"""Patients take part in no conversation: no door lets them make keys or groups, and nobody brings them in."""

import uuid

import pytest

from identity.access import devices_of
from identity.models import Device, Membership
from identity.states import Function
from messaging.models import GroupMember, KeyPackage
from tests.cast import Member
from tests.messaging.rooms import claim, leave_packages, make_room, unb64
from tests.patients import connected
from tests.storage.folders import folder_of


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def erika(alice) -> Member:
    return connected(alice, folder_of(alice))


def become_patient(one: Member) -> None:
    """What no action does: somebody who has a device turns into a patient of the hospital."""
    Membership.objects.filter(id=one.membership.id).update(function=Function.PATIENT)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "identity-keys"),
        ("post", "devices"),
        ("get", "devices"),
        ("post", "key-packages"),
        ("post", "key-packages/claim"),
        ("get", "welcomes"),
        ("get", "groups"),
        ("post", "groups"),
        ("get", "directory"),
    ],
)
def test_the_doors_of_keys_and_conversations_are_absent_to_her(erika, method, path):
    answer = getattr(erika.api, method)(f"/api/v1/{path}")
    absent = getattr(erika.api, method)(f"/api/v1/{uuid.uuid4()}")
    assert answer.status_code == absent.status_code == 404
    assert answer.content == absent.content
    assert not Device.objects.filter(person=erika.person).exists()


def test_a_conversation_that_she_is_not_in_is_absent_too(erika, alice, anton, device_of):
    for one in (alice, anton):
        device_of(one)
    room = make_room(alice, anton)
    for path in (room.path, f"{room.path}/entries"):
        assert erika.api.get(path).status_code == 404
        assert alice.api.get(path).status_code == 200
    assert erika.api.post(f"{room.path}/commits", room.commit(alice)).status_code == 404
    assert erika.api.post(f"{room.path}/messages", room.message()).status_code == 404


def test_no_key_package_of_a_patients_device_is_given_out(alice, anton, device_of):
    for one in (alice, anton):
        device_of(one)
    leave_packages(anton)
    assert [found.person_id for found in devices_of(by=alice.actor, person_ids=[anton.person.id])] == [
        anton.person.id
    ]
    become_patient(anton)
    assert devices_of(by=alice.actor, person_ids=[anton.person.id]) == []
    assert claim(alice, anton) == {"claimed": [], "without_device": [str(anton.person.id)]}
    assert not KeyPackage.objects.exclude(claimed_at=None).exists()


@pytest.mark.parametrize("kind", ["direct", "team", "case"])
def test_a_commit_with_a_package_from_before_brings_no_patient_in(alice, anton, device_of, kind):
    for one in (alice, anton):
        device_of(one)
    packages = []
    for _ in range(2):
        leave_packages(anton)
        packages.append(unb64(claim(alice, anton)["claimed"][0]["key_package"]))
    assert make_room(alice, kind=kind).post_commit(alice, adds=packages[:1]).status_code == 201
    become_patient(anton)
    room = make_room(alice, kind=kind)
    answer = room.post_commit(alice, adds=packages[1:])
    assert (answer.status_code, answer.json()["reason"]) == (400, "device-not-active")
    assert not GroupMember.objects.filter(group=room.id, person=anton.person).exists()
