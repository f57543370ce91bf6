"""Cases: who closes them, opens them again, names the record, and sees which patient one is about."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.events import Event
from audit.models import AuditEvent
from identity.models import Membership
from messaging.models import Case
from messaging.states import CASE_TRANSITIONS, CaseState
from tests.messaging.rooms import Room, make_room
from tests.storage.folders import clean, folder_of, guarded_folder, share


@pytest.fixture
def case(alice, anton, bob, equipped) -> Room:
    """Alice of Hospital A has begun a case with Anton of hers and Bob of Hospital B."""
    equipped(alice, anton, bob)
    return make_room(alice, anton, bob, kind="case")


def post(member, room, path, **said):
    return member.api.post(f"{room.path}/{path}", said)


def shown(member, room):
    return member.api.get(room.path).json()


def code(answer):
    return answer.status_code, answer.json()["code"]


def events(event, organisation):
    return AuditEvent.objects.filter(event=event, organisation_id=organisation.id).count()


class TestClosing:
    def test_a_case_is_open_when_it_is_begun(self, case, alice, bob):
        told = shown(bob, case)["case"]
        assert (told["state"], told["organisation"]["name"]) == ("open", alice.organisation.name)
        assert (told["may_close"], shown(alice, case)["case"]["may_close"]) == (False, True)

    def test_other_groups_are_none(self, alice, bob, equipped):
        equipped(alice, bob)
        room = make_room(alice, bob)
        assert shown(alice, room)["case"] is None
        assert post(alice, room, "case/close", outcome="answered").status_code == 404

    def test_a_clinician_of_its_hospital_closes_it_and_everybody_sees(self, case, alice, anton, bob):
        told = post(anton, case, "case/close", outcome="answered").json()
        assert told["retention"]["ends_at"] is not None
        for member in (alice, bob):
            seen = shown(member, case)["case"]
            assert (seen["state"], seen["outcome"], seen["closed_by"]) == (
                "closed",
                "answered",
                anton.person.name,
            )
        for organisation in (alice.organisation, bob.organisation):
            assert events(Event.CASE_CLOSE, organisation) == 1

    def test_nobody_else_does(self, case, alice, bob, charlie, equipped):
        equipped(charlie)
        Membership.objects.filter(id=alice.membership.id).update(function="it")
        for member in (alice, bob, charlie):
            assert post(member, case, "case/close", outcome="answered").status_code == 404
            assert post(member, case, "case/reopen").status_code == 404
        assert Case.objects.get().state == "open"

    def test_where_its_hospital_has_nobody_left_the_others_do(self, case, alice, anton, bob):
        case.remove(bob, alice, anton)
        assert shown(bob, case)["case"]["may_close"] is True
        assert post(bob, case, "case/close", outcome="not-needed").status_code == 200

    def test_closing_it_twice_changes_nothing_with_another_outcome_is_refused(self, case, alice):
        first = post(alice, case, "case/close", outcome="answered").json()
        assert post(alice, case, "case/close", outcome="answered").json() == first
        assert post(alice, case, "case/close", outcome="unanswered").status_code == 409
        assert post(alice, case, "case/close", outcome="cured").status_code == 400
        assert events(Event.CASE_CLOSE, alice.organisation) == 1

    def test_nobody_writes_in_a_closed_case_until_it_is_open_again(self, case, alice, bob):
        before = case.message()
        assert bob.api.post(f"{case.path}/messages", before).status_code == 201
        post(alice, case, "case/close", outcome="answered")
        assert code(case.post(bob)) == (409, "case-closed")
        assert bob.api.post(f"{case.path}/messages", before).status_code == 201  # the same answer as then
        reopened = post(alice, case, "case/reopen").json()
        assert (reopened["case"]["state"], reopened["retention"]["ends_at"]) == ("open", None)
        assert post(alice, case, "case/reopen").json() == reopened
        assert case.post(bob).status_code == 201
        assert events(Event.CASE_REOPEN, bob.organisation) == 1

    def test_members_of_a_closed_case_can_still_be_removed(self, case, alice, bob):
        post(alice, case, "case/close", outcome="answered")
        case.remove(alice, bob)
        assert bob.api.get(case.path).status_code == 404

    def test_everybody_is_told_by_a_hint_without_content(self, case, alice, anton, bob, told):
        post(alice, case, "case/close", outcome="answered")
        (news,) = told()
        assert news.people == {alice.person.id, anton.person.id, bob.person.id}
        assert (news.entries, news.welcomes, news.revoked) == ({}, frozenset(), frozenset())

    def test_the_table_is_whole_and_the_database_holds_it(self, case, alice):
        assert set(CASE_TRANSITIONS) == set(CaseState)
        for wrong in ({"state": "closed"}, {"outcome": "answered"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Case.objects.update(**wrong)


class TestTheRecord:
    def test_its_hospital_says_whose_record_it_is_about(self, case, alice, bob):
        patient = folder_of(alice)
        told = post(alice, case, "case/record", patient_id=str(patient.patient_id)).json()
        assert told["case"]["has_patient"] is True
        page = alice.api.get(f"{case.path}/case").json()
        assert page["patient"]["family_name"] == "Muster"
        assert (page["patient"]["identifier"], page["names_record"], page["folder"]) == ("4711", True, True)
        assert events(Event.CASE_NAME_RECORD, alice.organisation) == 1
        assert events(Event.PATIENT_READ, alice.organisation) == 1
        assert post(alice, case, "case/record", patient_id=None).json()["case"]["has_patient"] is False

    def test_nobody_else_does_nor_with_another_record(self, case, alice, bob, charlie, equipped):
        equipped(charlie)
        ours, theirs = folder_of(alice), folder_of(bob)
        for member in (bob, charlie):
            assert post(member, case, "case/record", patient_id=str(theirs.patient_id)).status_code == 404
            assert post(member, case, "case/record", patient_id=str(ours.patient_id)).status_code == 404
        assert post(alice, case, "case/record", patient_id=str(theirs.patient_id)).status_code == 404
        assert not Case.objects.get().patient_id

    def test_a_protected_record_only_by_who_opens_it(self, case, alice):
        guarded = guarded_folder(alice.organisation)
        assert post(alice, case, "case/record", patient_id=str(guarded.patient_id)).status_code == 404
        Case.objects.update(patient=guarded.patient_id)
        page = alice.api.get(f"{case.path}/case").json()
        assert (page["patient"], page["findings"]) == (None, [])
        assert post(alice, case, "case/record", patient_id=None).status_code == 404

    def test_others_see_the_patient_only_while_a_finding_is_shared_with_them(self, case, alice, anton, bob):
        patient = folder_of(alice)
        finding = clean(alice, patient)
        post(alice, case, "case/record", patient_id=str(patient.patient_id))
        page = bob.api.get(f"{case.path}/case").json()
        assert (page["patient"], page["findings"], page["names_record"]) == (None, [], False)
        assert alice.api.get(f"{case.path}/case").json()["findings"] == []
        shared = share(alice, finding.finding_id, bob)
        for member in (alice, anton, bob):
            page = member.api.get(f"{case.path}/case").json()
            assert page["patient"]["given_name"] == "Erika"
            assert [each["id"] for each in page["findings"]] == [str(finding.finding_id)]
        assert bob.api.get(f"{case.path}/case").json()["folder"] is False
        assert events(Event.PATIENT_READ, bob.organisation) == 1
        alice.api.post(f"/api/v1/shares/{shared.share_id}/revoke")
        assert bob.api.get(f"{case.path}/case").json()["patient"] is None

    def test_strangers_see_nothing(self, case, charlie, equipped):
        equipped(charlie)
        assert charlie.api.get(f"{case.path}/case").status_code == 404

    def test_the_folder_lists_the_cases_to_who_sees_both(self, case, alice, bob, charlie):
        patient = folder_of(alice)
        post(alice, case, "case/record", patient_id=str(patient.patient_id))
        page = alice.client.get(f"/patients/{patient.patient_id}/").content.decode()
        assert f"/conversations/{case.id}/" in page
        assert bob.person.name in page
        case.remove(alice, bob)
        post(alice, case, "case/close", outcome="answered")
        page = alice.client.get(f"/patients/{patient.patient_id}/").content.decode()
        assert (bob.person.name in page, "closed on" in page) == (False, True)

    def test_not_to_a_colleague_who_is_not_in_it(self, alice, anton, bob, equipped):
        equipped(alice, bob)
        room, patient = make_room(alice, bob, kind="case"), folder_of(alice)
        post(alice, room, "case/record", patient_id=str(patient.patient_id))
        page = anton.client.get(f"/patients/{patient.patient_id}/").content.decode()
        assert "Muster" in page
        assert str(room.id) not in page


def test_the_list_of_groups_takes_as_many_queries_for_one_case_as_for_five(
    alice, bob, equipped, django_assert_num_queries
):
    equipped(alice, bob)
    make_room(alice, bob, kind="case")
    with CaptureQueriesContext(connection) as one:
        assert len(alice.api.get("/api/v1/groups").json()["groups"]) == 1
    count = len(one)
    for _each in range(4):
        make_room(alice, bob, kind="case")
    with django_assert_num_queries(count):
        assert len(alice.api.get("/api/v1/groups").json()["groups"]) == 5
