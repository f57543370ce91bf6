"""Patient cases: who makes one, who is let in, and what a patient's commit may do."""

import base64
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from identity.actions import create_membership
from identity.states import Function
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import TooLarge
from messaging.models import Case, Group, GroupMember
from storage.access import PatientCard
from storage.uploads import actions as uploads
from storage.uploads import metadata
from tests.cast import Member, sign_in
from tests.conftest import member
from tests.messaging.rooms import Room, acquaint, claim, leave_packages, make_room, unb64
from tests.patients import also_connected, connected, make_patient_case, open_patient_case
from tests.storage.folders import begin, folder_of, guarded_folder, psychiatrist


@pytest.fixture(autouse=True)
def _devices(alice: Member, anton: Member, bob: Member, erika: Member) -> None:
    for one in (alice, anton, bob, erika):
        one.add_device()


def package_of(by: Member, one: Member) -> bytes:
    """A key package of somebody's only device, claimed by who may."""
    leave_packages(one)
    return unb64(claim(by, one)["claimed"][0]["key_package"])


def refused(answer: Any) -> str:
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "commit-refused"
    return str(answer.json()["reason"])


def people_in(room: Room) -> set[uuid.UUID]:
    present = GroupMember.objects.filter(group=room.id, left_seq=None)
    return set(present.values_list("person_id", flat=True))


# making one


def test_a_clinician_opens_one_about_a_record_and_the_first_commit_brings_the_patient(alice, erika, record):
    room = Room(leaves={alice.device.id: 0})
    commit = room.commit(alice, adds=[package_of(alice, erika)])
    answer = open_patient_case(alice, record, room, commit=commit)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["kind"], told["epoch"], told["case"]["state"]) == ("patient", 1, "open")
    assert told["case"]["has_patient"]
    assert told["case"]["may_close"]
    shown = {one["name"]: (one["is_patient"], one["owner"], one["function"]) for one in told["members"]}
    assert shown == {"Alice Ahrens": (False, True, "Physician"), "Erika Muster": (True, False, "Patient")}
    case = Case.objects.get(group=room.id)
    assert (case.patient_id, case.organisation_id, case.with_patient) == (
        record.patient_id,
        alice.organisation.id,
        True,
    )


def test_a_later_commit_may_bring_the_patient(alice, anton, erika, record):
    room = make_patient_case(alice, record, anton)
    room.add(anton, erika)
    assert people_in(room) == {one.person.id for one in (alice, anton, erika)}
    assert not GroupMember.objects.get(group=room.id, person=erika.person).is_owner


def test_only_who_may_open_the_folder_makes_one(alice, bob, adam, record):
    adam.add_device()
    for stranger in (bob, adam):
        assert open_patient_case(stranger, record).status_code == 404
    guarded = guarded_folder(alice.organisation)
    assert open_patient_case(alice, guarded).status_code == 404
    assert not Group.objects.exists()
    assert open_patient_case(alice, record).status_code == 201


def test_an_emergency_is_no_ground_to_write_to_a_patient(alice, hospital_a):
    petra = psychiatrist(hospital_a)
    folder = guarded_folder(hospital_a, petra)
    gesa = connected(petra, folder, "gesa@home.example")
    for one in (petra, gesa):
        one.add_device()
    leave_packages(gesa)
    begin(alice, folder)
    answer = open_patient_case(alice, folder)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert claim(alice, gesa)["claimed"] == []
    assert make_patient_case(petra, folder, gesa)


def test_a_hospital_that_is_not_verified_any_more_makes_none(alice, record):
    type(alice.organisation).objects.filter(id=alice.organisation.id).update(verified_at=None)
    answer = open_patient_case(alice, record)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not Group.objects.exists()


def test_a_record_belongs_to_that_kind_and_to_no_other(alice, record):
    for changes in ({"kind": "team"}, {"kind": "case"}, {"patient_id": None}):
        answer = open_patient_case(alice, record, **changes)
        assert answer.status_code == 400, changes
        assert "patient_id" in answer.json()["errors"]
    assert not Group.objects.exists()


def test_the_same_id_again_is_the_same_case_and_never_another_record(alice, anton, record):
    other = folder_of(alice, family_name="Anders", identifier="4712")
    room = Room()
    for _ in range(2):
        assert open_patient_case(alice, record, room).status_code == 201
    for answer in (
        open_patient_case(alice, other, room),
        open_patient_case(anton, record, room),
        alice.api.post("/api/v1/groups", {"id": str(room.id), "kind": "team"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "id-reused")


# who is let in


@pytest.fixture
def room(alice: Member, erika: Member, record: PatientCard) -> Room:
    """A case of Alice and Erika."""
    return make_patient_case(alice, record, erika)


def test_clinicians_of_both_hospitals_are_let_in_by_the_owner(alice, anton, bob, room):
    room.add(alice, anton, bob)
    assert {anton.person.id, bob.person.id} <= people_in(room)


def test_whoever_is_no_clinician_stays_outside(alice, adam, hospital_b, room):
    adam.add_device()
    clerk = member(hospital_b, "Clara", "Clerk", Function.ADMINISTRATION)
    clerk.add_device()
    for one in (adam, clerk):
        assert refused(room.post_commit(alice, adds=[package_of(alice, one)])) == "clinicians-only"
    assert len(people_in(room)) == 2


def test_another_patient_of_the_hospital_is_not_the_patient(alice, record):
    other = folder_of(alice, family_name="Anders", identifier="4712")
    paula = connected(alice, other, "paula@home.example")
    paula.add_device()
    case = make_patient_case(alice, record)
    assert refused(case.post_commit(alice, adds=[package_of(alice, paula)])) == "not-the-patient"
    assert make_patient_case(alice, other, paula)


def test_a_second_patient_beside_the_first_is_not_let_in(alice, room):
    paula = connected(alice, folder_of(alice, family_name="Anders", identifier="4712"), "paula@home.example")
    paula.add_device()
    assert refused(room.post_commit(alice, adds=[package_of(alice, paula)])) == "not-the-patient"


def test_two_patients_at_a_time_are_refused_by_the_database_and_so_is_a_patient_who_owns(alice, anton, room):
    room.add(alice, anton)
    rows = GroupMember.objects.filter(group=room.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.filter(person=anton.person).update(is_patient=True)
    with pytest.raises(IntegrityError, match="patient_is_never_owner"), transaction.atomic():
        rows.filter(is_patient=True).update(is_owner=True)


def test_a_clinician_of_another_hospital_does_not_bring_the_patient(alice, bob, erika, record):
    case = make_patient_case(alice, record, bob)
    package = package_of(alice, erika)
    assert refused(case.post_commit(bob, adds=[package])) == "device-not-active"
    # who shares another case with her sees her devices, and may not bring her in all the same
    make_patient_case(alice, record, erika, bob)
    assert refused(case.post_commit(bob, adds=[package])) == "record-hospital-needed"
    assert case.post_commit(alice, adds=[package]).status_code == 201


def test_the_same_person_as_patient_of_another_hospital_is_not_the_patient(alice, bob, erika, record):
    there = sign_in(also_connected(bob, folder_of(bob, identifier="B-1"), erika))
    there.add_device()
    case = make_patient_case(alice, record, bob)
    assert refused(case.post_commit(bob, adds=[package_of(bob, there)])) == "not-the-patient"


def test_nobody_is_a_clinician_in_their_own_case(alice, bob, erika, record):
    place = create_membership(
        by=SYSTEM,
        person_id=erika.person.id,
        organisation_id=bob.organisation.id,
        function=Function.PHYSICIAN,
    )
    as_colleague = sign_in(place)
    as_colleague.add_device()
    room = make_patient_case(alice, record, erika)
    acquaint(alice, as_colleague)
    leave_packages(as_colleague)
    asked = {"person_ids": [str(erika.person.id)], "device_ids": [str(as_colleague.device.id)]}
    claimed = alice.api.post("/api/v1/key-packages/claim", asked).json()["claimed"]
    package = unb64(claimed[0]["key_package"])
    assert refused(room.post_commit(alice, adds=[package])) == "clinicians-only"
    # the permission beside the refusal: in a case that is not about her
    other = make_patient_case(alice, folder_of(alice, family_name="Anders", identifier="4712"))
    assert other.post_commit(alice, adds=[package]).status_code == 201


# what a patient's commit may do


def test_her_commit_renews_her_keys_and_brings_in_and_takes_out_her_own_devices(erika, room):
    assert room.post_commit(erika).status_code == 201
    room.epoch += 1
    first, session = erika.device, erika.browser
    second = erika.add_device()
    leave_packages(erika)
    second_browser = erika.browser
    erika.device, erika.browser = first, session
    erika.api.post(f"/api/v1/devices/{first.id}/challenge")
    reattach(erika, first)
    claimed = claim(erika, erika)["claimed"]
    assert [one["device_id"] for one in claimed] == [str(second.id)]
    assert room.post_commit(erika, adds=[unb64(claimed[0]["key_package"])]).status_code == 201
    room.epoch += 1
    assert len(people_in(room)) == 2
    assert room.post_commit(erika, removes=[2]).status_code == 201
    assert second_browser.mls_key != session.mls_key


def reattach(one: Member, device: Any) -> None:
    """Attach a device to the session again."""
    from identity import sessions

    session = one.session()
    sessions.attach(session, device_id=device.id)
    session.save()


def test_she_adds_nobody_not_even_with_a_package_that_others_claimed(alice, anton, erika, room):
    package = package_of(alice, anton)
    assert claim(erika, anton)["claimed"] == []
    assert refused(room.post_commit(erika, adds=[package])) in {"patient-may-not", "device-not-active"}
    room.add(alice, anton)
    spare = Member(**vars(anton) | {})
    spare.add_device()
    other = package_of(alice, spare)
    assert refused(room.post_commit(erika, adds=[other])) == "patient-may-not"


def test_she_removes_nobody(alice, anton, erika, room):
    room.add(alice, anton)
    for index in (room.leaf_index(alice), room.leaf_index(anton)):
        assert refused(room.post_commit(erika, removes=[index])) == "owner-needed"
    assert refused(room.post_commit(erika, removes=[room.leaf_index(erika)])) == "own-leaf"


def test_a_revoked_device_goes_with_whatever_commit_comes_next_hers_included(alice, anton, erika, room):
    room.add(alice, anton)
    assert anton.api.post(f"/api/v1/devices/{anton.device.id}/revoke").status_code == 200
    assert refused(room.post_commit(erika)) == "revoked-leaf-stays"
    assert room.post_commit(erika, removes=[room.leaf_index(anton)]).status_code == 201


def test_only_an_owner_removes_the_patient_and_a_clinician_of_the_hospital_brings_her_back(
    alice, anton, erika, room
):
    room.add(alice, anton)
    assert refused(room.post_commit(anton, removes=[room.leaf_index(erika)])) == "owner-needed"
    room.remove(alice, erika)
    assert erika.person.id not in people_in(room)
    room.add(anton, erika)
    assert erika.person.id in people_in(room)


def test_she_is_no_owner_when_nobody_of_her_hospital_is_left(alice, bob, erika, room):
    room.add(alice, bob)
    assert room.post_commit(bob, removes=[room.leaf_index(alice)]).status_code == 201
    owners = GroupMember.objects.filter(group=room.id, left_seq=None, is_owner=True)
    assert list(owners.values_list("person_id", flat=True)) == [bob.person.id]
    # and Bob may close the case now, as nobody of the hospital's staff is in it any more
    assert bob.api.post(f"{room.path}/case/close", {"outcome": "answered"}).status_code == 200


# it stays what it is


def test_neither_kind_nor_record_nor_hospital_of_a_case_changes(alice, bob, record, room):
    other = folder_of(alice, family_name="Anders", identifier="4712")
    for patient_id in (None, str(other.patient_id)):
        path = f"{room.path}/case/record"
        assert alice.api.post(path, {"patient_id": patient_id}).status_code == 404
    rows = Case.objects.filter(group=room.id)
    for change in (
        {"patient": other.patient_id},
        {"patient": None},
        {"organisation": bob.organisation},
        {"with_patient": False},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Group.objects.filter(id=room.id).update(kind="team")
    plain = make_room(alice, kind="case")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Case.objects.filter(group=plain.id).update(patient=other.patient_id, with_patient=True)
    Case.objects.filter(group=plain.id).update(patient=other.patient_id)


def test_nothing_is_urgent_in_it(alice, erika, room):
    sent = room.post(alice).json()
    assert sent
    answer = alice.api.post(f"{room.path}/messages/{uuid.uuid4()}/urgent", {"deadline_minutes": 15})
    assert (answer.status_code, answer.json()["code"]) == (409, "not-urgent-here")
    team = make_room(alice)
    other = alice.api.post(f"{team.path}/messages/{uuid.uuid4()}/urgent", {"deadline_minutes": 15})
    assert other.status_code == 400


def test_a_patient_fills_the_store_with_a_days_share_and_no_more(alice, erika, record, monkeypatch):
    room = make_patient_case(alice, record, erika)
    header = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in {"kind": "attachment", "group": str(room.id)}.items()
    )
    monkeypatch.setattr(uploads, "PATIENT_BYTES_A_DAY", 100)
    uploads.start(by=erika.actor, size_bytes=60, metadata=metadata.parse(header))
    uploads.start(by=alice.actor, size_bytes=200, metadata=metadata.parse(header))
    with pytest.raises(TooLarge):
        uploads.start(by=erika.actor, size_bytes=41, metadata=metadata.parse(header))
    uploads.start(by=erika.actor, size_bytes=40, metadata=metadata.parse(header))
