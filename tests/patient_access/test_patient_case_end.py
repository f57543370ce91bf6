"""With a patient's access end their key, their devices and every delivery to them, at once."""

from typing import Any

import pytest

from audit.models import AuditEvent
from identity.models import Device, IdentityKey
from messaging.models import GroupDevice, KeyPackage, PushSubscription, WelcomeDelivery
from storage import actions
from storage.access import PatientCard
from tests.cast import Browser, Member, sign_in
from tests.messaging.rooms import Room, claim, leave_packages, unb64
from tests.patients import also_connected, connected, make_patient_case


@pytest.fixture
def room(alice: Member, anton: Member, erika: Member, record: PatientCard) -> Room:
    for one in (alice, anton, erika):
        one.add_device()
    return make_patient_case(alice, record, erika, anton)


def end(alice: Member, record: PatientCard) -> None:
    actions.end_patient_access(by=alice.actor, patient_id=record.patient_id, reason="patients-wish")


def refused(answer: Any) -> str:
    assert answer.status_code == 400, answer.content
    return str(answer.json()["reason"])


def test_key_devices_packages_and_welcomes_end_with_the_access(alice, erika, record, room):
    leave_packages(erika, 3)
    assert room.post(erika).status_code == 201
    assert WelcomeDelivery.objects.filter(device=erika.device).exists()
    end(alice, record)
    assert not IdentityKey.objects.filter(person=erika.person, revoked_at=None).exists()
    assert not Device.objects.filter(person=erika.person, revoked_at=None).exists()
    assert not KeyPackage.objects.filter(device=erika.device, spent_at=None).exists()
    assert not WelcomeDelivery.objects.filter(device=erika.device).exists()
    assert not PushSubscription.objects.filter(device=erika.device).exists()
    assert claim(alice, erika) == {"claimed": [], "without_device": [str(erika.person.id)]}
    ended = AuditEvent.objects.filter(event="device:revoke", organisation_id=alice.organisation.id)
    assert ended.count() == 1


def test_she_reads_and_sends_nothing_any_more(alice, erika, record, room):
    end(alice, record)
    for path in ("/api/v1/groups", room.path, f"{room.path}/entries"):
        assert erika.api.get(path).status_code == 401
    assert room.post(erika).status_code == 401
    assert room.post_commit(erika).status_code == 401
    leaf = GroupDevice.objects.get(group=room.id, device=erika.device)
    assert leaf.revoked_at is not None


def test_the_next_commit_takes_her_out_and_none_goes_without(alice, anton, erika, record, room):
    end(alice, record)
    (hers,) = [one for one in anton.api.get(room.path).json()["members"] if one["is_patient"]]
    assert (hers["ended"], hers["left"]) == (True, True)
    assert refused(room.post_commit(anton)) == "revoked-leaf-stays"
    room.remove(anton, erika)
    shown = anton.api.get(room.path).json()
    assert not any(one["is_patient"] for one in shown["members"])
    assert room.post(anton).status_code == 201


def test_a_package_that_was_claimed_before_brings_nobody_in_after(alice, erika, record, room):
    leave_packages(erika)
    package = unb64(claim(alice, erika)["claimed"][0]["key_package"])
    case = make_patient_case(alice, record)
    end(alice, record)
    assert refused(case.post_commit(alice, adds=[package])) == "key-package-not-claimed"


def test_the_same_account_invited_anew_begins_with_a_new_key_and_comes_back_into_the_case(
    alice, anton, erika, record, room
):
    end(alice, record)
    room.remove(anton, erika)
    again = sign_in(also_connected(alice, record, erika))
    again.browser = Browser()
    again.add_device()
    assert again.device.identity_key_id != erika.device.identity_key_id
    assert again.api.get(room.path).status_code == 404
    room.add(alice, again)
    assert again.api.get(room.path).json()["first_seq"] == room.epoch + 1


def test_whoever_comes_back_before_a_commit_took_them_out_sees_nothing_of_the_case(
    alice, anton, erika, record, room
):
    assert erika.api.get("/api/v1/groups").json()["groups"]
    end(alice, record)
    again = sign_in(also_connected(alice, record, erika))
    again.browser = Browser()
    again.add_device()
    assert again.api.get("/api/v1/groups").json()["groups"] == []
    for path in (room.path, f"{room.path}/acknowledgements", f"{room.path}/entries"):
        assert again.api.get(path).status_code == 404
    assert again.api.get(f"/api/v1/devices?person={anton.person.id}").json()["devices"] == []


def test_a_device_that_came_in_while_it_was_revoked_is_taken_out_by_anybody(
    alice, anton, erika, record, room
):
    end(alice, record)
    GroupDevice.objects.filter(device=erika.device).update(revoked_at=None)
    assert refused(room.post_commit(anton)) == "revoked-leaf-stays"
    room.remove(anton, erika)
    assert not any(one["is_patient"] for one in anton.api.get(room.path).json()["members"])


def test_another_account_of_the_same_record_comes_into_new_cases_only(alice, anton, erika, record, room):
    end(alice, record)
    room.remove(anton, erika)
    again = connected(alice, record, "erika.muster@home.example")
    again.add_device()
    leave_packages(again)
    package = unb64(claim(alice, again)["claimed"][0]["key_package"])
    assert refused(room.post_commit(alice, adds=[package])) == "not-the-patient"
    case = make_patient_case(alice, record)
    assert case.post_commit(alice, adds=[package]).status_code == 201


def test_only_who_may_end_it_ends_it(alice, anton, adam, bob, erika, record, room):
    path = f"/api/v1/patients/{record.patient_id}/sign-in/end"
    for stranger in (adam, bob, erika):
        assert stranger.api.post(path, {"reason": "mistake"}).status_code == 404
    assert Device.objects.filter(person=erika.person, revoked_at=None).exists()
    assert anton.api.post(path, {"reason": "mistake"}).status_code == 204
    assert not Device.objects.filter(person=erika.person, revoked_at=None).exists()


def test_a_legal_hold_is_told_to_clinicians_and_not_to_the_patient(alice, adam, erika, room):
    placed = adam.api.post(
        "/api/v1/administration/legal-holds", {"group_id": str(room.id), "reason": "A complaint of 3 May"}
    )
    assert placed.status_code == 201, placed.content
    assert len(alice.api.get(room.path).json()["retention"]["holds"]) == 1
    assert erika.api.get(room.path).json()["retention"]["holds"] == []
