"""The pages of messages with patients: the way there from the folder, and what patients find."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Member
from tests.patients import connected, make_patient_case
from tests.storage.folders import begin as begin_emergency
from tests.storage.folders import guarded_folder, psychiatrist

ACTION = "Write to the patient"


@pytest.fixture
def reachable(alice, erika, device_of) -> Member:
    """Erika has opened her messages once; Alice has a device, too."""
    device_of(alice)
    device_of(erika)
    return erika


def folder(member: Member, record) -> str:
    return page(member, f"/patients/{record.patient_id}/")


def page(member: Member, address: str) -> str:
    answer = member.client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def begin(record) -> str:
    return f"/conversations/new/?patient={record.patient_id}"


class TestTheFolder:
    def test_leads_to_the_invitation_while_the_patient_has_no_access(self, alice, record):
        text = folder(alice, record)
        assert "has no access of their own yet" in text
        assert f'href="/patients/{record.patient_id}/sign-in/"' in text
        assert ACTION not in text

    def test_says_that_the_patient_must_open_their_messages_once(self, alice, record, erika):
        text = folder(alice, record)
        assert "must open “Messages” once" in text
        assert ACTION not in text

    def test_offers_to_write_once_there_is_a_device(self, alice, record, reachable):
        text = folder(alice, record)
        assert ACTION in text
        assert f'href="{begin(record)}"' in text

    def test_offers_nothing_to_who_is_there_in_an_emergency_only(self, alice, device_of):
        petra = psychiatrist(alice.organisation)
        guarded = guarded_folder(alice.organisation, petra)
        for one in (alice, connected(petra, guarded)):
            device_of(one)
        begin_emergency(alice, guarded)
        text = folder(alice, guarded)
        assert "By an emergency access nobody begins" in text
        assert ACTION not in text

    def test_leads_into_the_conversation_that_is_there_instead(self, alice, record, reachable):
        room = make_patient_case(alice, record, reachable)
        text = folder(alice, record)
        assert f'href="/conversations/{room.id}/"' in text
        assert ACTION not in text
        assert "Your cases" not in text

    def test_offers_to_write_again_after_it_was_closed(self, alice, record, reachable):
        room = make_patient_case(alice, record, reachable)
        alice.api.post(f"{room.path}/case/close", {"outcome": "answered"})
        text = folder(alice, record)
        assert f'href="/conversations/{room.id}/"' in text
        assert "closed" in text
        assert ACTION in text

    def test_asks_no_more_of_the_database_for_more_conversations(self, alice, record, reachable):
        make_patient_case(alice, record, reachable)
        folder(alice, record)
        with CaptureQueriesContext(connection) as one:
            folder(alice, record)
        for _ in range(3):
            make_patient_case(alice, record, reachable)
        with CaptureQueriesContext(connection) as four:
            folder(alice, record)
        assert len(one) == len(four)


class TestBeginning:
    def test_opens_the_dialog_with_the_patient_in_it(self, alice, record, reachable):
        text = page(alice, begin(record))
        person = reachable.person.id
        assert f'new patient-id="{record.patient_id}" patient-person="{person}" patient-name=' in text
        assert "invite=" not in text

    def test_opens_the_conversation_that_is_there_instead(self, alice, record, reachable):
        room = make_patient_case(alice, record, reachable)
        answer = alice.client.get(begin(record))
        assert (answer.status_code, answer["Location"]) == (302, f"/conversations/{room.id}/")

    def test_goes_to_the_folder_where_there_are_several(self, alice, record, reachable):
        for _ in range(2):
            make_patient_case(alice, record, reachable)
        answer = alice.client.get(begin(record))
        assert answer["Location"] == f"/patients/{record.patient_id}/#correspondence"

    def test_goes_to_the_folder_where_nobody_can_be_reached(self, alice, record, erika):
        answer = alice.client.get(begin(record))
        assert answer["Location"] == f"/patients/{record.patient_id}/#correspondence"

    @pytest.mark.parametrize("who", ["bob", "adam"])
    def test_is_absent_to_who_does_not_open_the_folder(self, request, who, record, reachable):
        answer = request.getfixturevalue(who).client.get(begin(record))
        assert answer.status_code == 404

    @pytest.mark.parametrize("wanted", ["", "nobody", str(uuid.UUID(int=7))])
    def test_is_absent_for_no_patient(self, alice, wanted):
        assert alice.client.get("/conversations/new/", {"patient": wanted}).status_code == 404


class TestThePatient:
    def test_is_told_first_what_setting_up_means(self, erika):
        text = page(erika, "/conversations/")
        assert "Set up this browser" in text
        assert "call 112" in text
        assert 'href="/conversations/?begin"' in text
        assert "<medicus-conversations" not in text

    def test_begins_by_the_button_and_is_never_asked_again(self, erika, device_of):
        assert f'<medicus-conversations person="{erika.person.id}" reader="patient">' in page(
            erika, "/conversations/?begin"
        )
        device_of(erika)
        text = page(erika, "/conversations/")
        assert 'reader="patient"' in text
        assert "no recovery kit yet" in text

    def test_finds_every_conversation_at_its_address(self, erika, device_of):
        device_of(erika)
        assert 'reader="patient"' in page(erika, f"/conversations/{uuid.uuid4()}/")

    def test_begins_no_conversation_and_sees_no_page_of_staff(self, erika, record, device_of):
        device_of(erika)
        for absent in ("/conversations/new/", begin(record), "/account/blocked/", "/directory/"):
            assert erika.client.get(absent).status_code == 404

    def test_finds_messages_on_their_first_page_and_starts_nothing_before_they_are_set_up(
        self, erika, device_of
    ):
        text = page(erika, "/")
        assert 'href="/conversations/"' in text
        assert "<medicus-own-messages>" not in text
        device_of(erika)
        assert "<medicus-own-messages>" in page(erika, "/")

    def test_sees_their_devices_and_their_kit_but_no_blocks_and_no_backup(self, erika, device_of):
        device_of(erika)
        text = page(erika, "/account/")
        assert f"/account/devices/{erika.device.id}/revoke/" in text
        assert 'href="/account/recovery-kit/"' in text
        for absent in ("Blocked people", "medicus-history-backup", "IT service desk"):
            assert absent not in text

    def test_revokes_a_device_of_theirs(self, erika, device_of):
        device_of(erika)
        address = f"/account/devices/{erika.device.id}/revoke/"
        assert "Revoke this device?" in page(erika, address)
        assert erika.client.post(address).status_code == 302
        assert "Revoke<span" not in page(erika, "/account/")

    def test_reads_on_every_page_of_keys_whom_to_call(self, erika, device_of):
        device_of(erika)
        for address in ("/account/recovery-kit/", "/account/recovery-kit/use/", "/conversations/"):
            text = page(erika, address)
            assert 'data-reader="patient"' in text
            assert "IT service desk" not in text


def test_staff_have_no_mark_of_patients(alice):
    assert "data-reader" not in page(alice, "/conversations/")
