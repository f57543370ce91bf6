"""A patient's keys and devices, whom they see, and who sees them."""

from datetime import timedelta
from typing import Any

from audit import actions as audit
from identity.access import stale_devices
from identity.models import Device, DeviceApproval, Membership
from identity.states import Function
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from tests.cast import Browser, Member, b64, sign_in
from tests.conftest import member
from tests.identity.devices import (
    APPROVAL_NEEDED,
    Newcomer,
    approve,
    certify,
    codes_of,
    demand_approval,
    register,
    register_newcomer,
)
from tests.messaging.rooms import claim, leave_packages
from tests.patients import also_connected, connected, make_patient_case
from tests.storage.folders import folder_of, guarded_folder, psychiatrist

KIT = {"sealed_key": b64(bytes(200))}


def seen_by(one: Member, *others: Member) -> list[str]:
    """Whose devices of these somebody is shown."""
    query = "&".join(f"person={other.person.id}" for other in others)
    answer = one.api.get(f"/api/v1/devices?{query}")
    assert answer.status_code == 200, answer.content
    return sorted(each["person_id"] for each in answer.json()["devices"])


def ids(*others: Member) -> list[str]:
    return sorted(str(other.person.id) for other in others)


# her own


def test_she_makes_her_key_and_a_device_and_says_who_she_is(erika):
    assert certify(erika).status_code == 201
    assert certify(erika).json()["code"] == "identity-key-exists"
    assert register(erika).status_code == 201
    told = erika.api.get("/api/v1/me").json()
    assert (told["person_id"], told["roles"]) == (str(erika.person.id), ["patient"])
    assert told["device_id"] is not None
    assert seen_by(erika, erika) == ids(erika)


def test_no_policy_of_the_hospital_binds_her(alice, adam, hospital_a, erika):
    member(hospital_a, "Ada", "Adler", Function.IT, is_admin=True)
    demand_approval(alice.organisation)
    assert codes_of(certify(alice)) == [APPROVAL_NEEDED]
    assert erika.api.get("/api/v1/me").json()["new_devices"] == "own"
    assert certify(erika).status_code == 201
    assert register(erika).status_code == 201
    assert not DeviceApproval.objects.exists()


def test_her_second_browser_joins_by_the_first_and_both_can_be_ended(erika):
    erika.add_device()
    newcomer = Newcomer(sign_in(erika.membership))
    join_id = newcomer.ask().json()["id"]
    assert approve(erika, newcomer, join_id).status_code == 200
    assert Device.objects.filter(person=erika.person).count() == 2
    answer = erika.api.post(f"/api/v1/devices/{newcomer.device_id}/revoke")
    assert (answer.status_code, answer.json()["revoked_at"] is None) == (200, False)


def test_her_recovery_kit_brings_her_key_to_a_new_browser(erika):
    erika.add_device()
    assert erika.api.post("/api/v1/recovery-kit", KIT).status_code == 204
    other = sign_in(erika.membership)
    assert other.api.post("/api/v1/recovery-kit/fetch").json() == KIT
    keys = Browser(identity_key=erika.browser.identity_key)
    assert register_newcomer(Newcomer(other, keys), keys.identity_key).status_code == 201
    assert erika.api.delete("/api/v1/recovery-kit").status_code == 204


def test_her_key_log_is_hers_and_names_her_device(alice, erika):
    erika.add_device()
    alice.add_device()
    audit.seal(by=SYSTEM)
    rows = erika.api.get("/api/v1/me/key-events").json()["events"]
    told = [str(row) for row in rows]
    assert len(told) == 2
    assert all(str(alice.person.id) not in row for row in told)


# whom she sees


def test_she_sees_the_people_of_her_cases_and_nobody_else(alice, anton, bob, erika, record):
    for one in (alice, anton, bob, erika):
        one.add_device()
    assert seen_by(erika, alice, anton, bob, erika) == ids(erika)
    room = make_patient_case(alice, record, anton)
    room.remove(alice, anton)
    room.add(alice, erika, bob)
    assert seen_by(erika, alice, anton, bob, erika) == ids(alice, bob, erika)
    room.remove(alice, bob)  # after she came: messages of his may still be on the way to her
    assert seen_by(erika, alice, anton, bob) == ids(alice, bob)
    room.remove(alice, erika)
    assert seen_by(erika, alice, anton, bob) == []


def test_a_clinician_who_catches_up_sees_the_devices_of_a_patient_who_has_left(alice, bob, erika, record):
    for one in (alice, bob, erika):
        one.add_device()
    room = make_patient_case(alice, record, erika, bob)
    leave_packages(erika)
    room.remove(alice, erika)
    assert seen_by(bob, erika) == ids(erika)
    assert claim(bob, erika)["claimed"] == []
    assert len(claim(alice, erika)["claimed"]) == 1


def test_in_her_case_she_is_told_no_more_of_a_member_than_their_place(alice, bob, erika, record):
    for one in (alice, bob, erika):
        one.add_device()
    room = make_patient_case(alice, record, erika, bob)
    assert room.post(alice, id="01930000-0000-7000-8000-000000000000").status_code == 201
    marked = alice.api.post(f"{room.path}/marks", {"message_id": "01930000-0000-7000-8000-000000000000"})
    assert len(marked.json()["marks"]) == 1
    told = erika.api.get(room.path).json()
    assert (told["marks"], told["recorded"], told["case"]["may_close"]) == ([], [], False)
    (hers,) = [one for one in told["members"] if one["person_id"] == str(bob.person.id)]
    assert hers.keys() == {
        "person_id", "name", "function", "organisation", "owner", "is_patient", "ended", "deputy", "left", "receipts",
    }  # fmt: skip
    assert (hers["name"], hers["organisation"]["name"], hers["deputy"]) == ("Bob Becker", "Hospital B", "")
    assert bob.person.email not in str(told)
    alice.api.post(f"{room.path}/case/close", {"outcome": "answered"})
    assert alice.api.get(room.path).json()["case"]["closed_by"] == "Alice Ahrens"
    assert erika.api.get(room.path).json()["case"]["closed_by"] == ""


# who sees her


def test_who_opens_her_folder_or_is_in_a_case_with_her_sees_her_devices(
    alice, anton, adam, bob, charlie, erika, record
):
    for one in (alice, anton, adam, bob, charlie, erika):
        one.add_device()
    for one in (alice, anton):
        assert seen_by(one, erika) == ids(erika)
    for one in (adam, bob, charlie):
        assert seen_by(one, erika) == []
    make_patient_case(alice, record, erika, bob)
    assert seen_by(bob, erika) == ids(erika)
    for one in (adam, charlie):
        assert seen_by(one, erika) == []


def test_a_protected_folder_protects_her_devices_too(alice, hospital_a):
    petra = psychiatrist(hospital_a)
    gesa = connected(petra, guarded_folder(hospital_a, petra), "gesa@home.example")
    for one in (alice, petra, gesa):
        one.add_device()
    assert (seen_by(petra, gesa), seen_by(alice, gesa)) == (ids(gesa), [])
    leave_packages(gesa)
    assert claim(alice, gesa)["without_device"] == ids(gesa)
    assert len(claim(petra, gesa)["claimed"]) == 1


def test_her_key_packages_are_given_to_who_has_to_do_with_her(alice, adam, bob, erika, record):
    for one in (alice, adam, bob, erika):
        one.add_device()
    leave_packages(erika, 5)
    for one in (adam, bob):
        assert claim(one, erika) == {"claimed": [], "without_device": ids(erika)}
    assert len(claim(alice, erika)["claimed"]) == 1
    make_patient_case(alice, record, erika, bob)
    assert len(claim(bob, erika)["claimed"]) == 1
    leave_packages(alice)
    assert claim(erika, alice) == {"claimed": [], "without_device": ids(alice)}


def test_nobody_learns_at_which_other_hospital_she_signs_in(alice, bob, erika, record):
    there = sign_in(also_connected(bob, folder_of(bob, identifier="B-1"), erika))
    for one in (alice, bob, erika, there):
        one.add_device()
    assert seen_by(alice, erika) == ids(erika)
    devices = alice.api.get(f"/api/v1/devices?person={erika.person.id}").json()["devices"]
    assert [one["id"] for one in devices] == [str(erika.device.id)]
    Membership.objects.filter(id=erika.membership.id).update(valid_from=now() - timedelta(days=9))
    case = make_patient_case(bob, folder_of(bob, identifier="B-2"))
    other = make_patient_case(alice, record, erika, bob)
    assert case
    shown = {one["name"]: one["organisation"]["name"] for one in bob.api.get(other.path).json()["members"]}
    assert shown["Erika Muster"] == "Hospital A"


def test_administrators_see_no_device_of_hers_among_those_of_their_people(alice, adam, erika):
    for one in (alice, erika):
        one.add_device()
    Device.objects.update(last_seen_at=now() - timedelta(days=60))
    assert [one.person for one in stale_devices(by=adam.actor).devices] == ["Alice Ahrens"]
    path = f"/administration/devices/{erika.device.id}/revoke/"
    assert adam.client.post(path).status_code == 404
    assert adam.api.post(f"/api/v1/devices/{erika.device.id}/revoke").status_code == 404
    assert adam.client.post(f"/administration/devices/{alice.device.id}/revoke/").status_code == 302


# correspondence


def correspondence(one: Member, record: Any) -> Any:
    return one.api.get(f"/api/v1/patients/{record.patient_id}/correspondence")


def test_correspondence_tells_whether_she_can_be_written_to(alice, anton, record):
    assert correspondence(alice, record).json() == {
        "person_id": None,
        "name": "Erika Muster",
        "reachable": False,
        "conversations": [],
    }
    erika = connected(alice, record)
    told = correspondence(alice, record).json()
    assert (told["person_id"], told["reachable"]) == (str(erika.person.id), False)
    for one in (alice, anton, erika):
        one.add_device()
    assert correspondence(alice, record).json()["reachable"]
    rooms = [make_patient_case(alice, record, erika) for _ in range(2)]
    alice.api.post(f"{rooms[0].path}/case/close", {"outcome": "answered"})
    told = correspondence(alice, record).json()["conversations"]
    assert [(one["group_id"], one["state"]) for one in told] == [
        (str(rooms[1].id), "open"),
        (str(rooms[0].id), "closed"),
    ]
    assert told[0]["opened_at"] > told[1]["opened_at"]
    assert correspondence(anton, record).json()["conversations"] == []


def test_correspondence_is_for_who_opens_the_folder_and_is_a_look_at_the_record(
    alice, adam, bob, erika, record
):
    for one in (adam, bob, erika):
        answer = correspondence(one, record)
        assert answer.status_code == 404
    log = erika.api.get("/api/v1/me/access-log").json()["accesses"]
    assert all(one["what"] != "Opened your record" for one in log)
    for _ in range(2):
        assert correspondence(alice, record).status_code == 200
    log = erika.api.get("/api/v1/me/access-log").json()["accesses"]
    assert [one["what"] for one in log].count("Opened your record") == 1


# what her log says


def test_her_log_says_what_was_done_about_conversations_in_plain_words(alice, anton, erika, record):
    for one in (alice, anton, erika):
        one.add_device()
    room = make_patient_case(alice, record, erika, anton)
    room.post(erika)
    room.remove(alice, erika)
    alice.api.post(f"{room.path}/case/close", {"outcome": "answered"})
    log = erika.api.get("/api/v1/me/access-log").json()["accesses"]
    told = [(one["who"], one["what"]) for one in log]
    for what in (
        "Opened a conversation with you",
        "Brought you into a conversation",
        "Removed you from a conversation",
        "Closed a conversation with you",
    ):
        assert told.count(("Alice Ahrens", what)) == 1, what
    assert [what for _who, what in told].count("Set up a browser for encrypted conversations") == 1


# counted


def test_the_number_of_queries_does_not_grow_with_cases_and_members(
    alice, anton, bob, erika, record, django_assert_num_queries, django_assert_max_num_queries
):
    for one in (alice, anton, bob, erika):
        one.add_device()
    make_patient_case(alice, record, erika)
    with django_assert_num_queries(11):
        assert len(erika.api.get("/api/v1/groups").json()["groups"]) == 1
    for _ in range(2):
        make_patient_case(alice, record, erika, anton, bob)
    with django_assert_num_queries(11):
        assert len(erika.api.get("/api/v1/groups").json()["groups"]) == 3
    with django_assert_max_num_queries(8):
        seen_by(erika, alice, anton, bob)
    with django_assert_max_num_queries(16):
        correspondence(alice, record)
