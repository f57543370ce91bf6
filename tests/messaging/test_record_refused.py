"""Taking messages into the record: what is refused, and what changes meanwhile."""

# ruff: noqa: F811 - two fixtures are shared

import datetime as dt
import json

import pytest
import rfc8785
from django.db import connection

from identity.models import Device, Membership
from medicus.lib.ids import new_id
from messaging.models import Case, GroupMember, Mark, RecordExport
from messaging.record.sheet import write_sheet
from storage.models import Finding
from tests.messaging.recording import Paper, filed, marked, paper, sign, written
from tests.messaging.rooms import make_room
from tests.messaging.test_record import PDF, case, nothing_happened, refused, sheet, take  # noqa: F401 - two are fixtures
from tests.storage.folders import examine, folder_of, guarded_folder, receive


class TestRefusals:
    def test_a_changed_byte(self, sheet, case, alice):
        sent = sheet.signed()
        changed = sent | {"bundle": sent["bundle"].replace("Coarctation", "Coarctatiom")}
        assert refused(alice, case, changed) == (400, "invalid")
        assert nothing_happened()

    def test_the_device_of_somebody_else_and_another_one_of_the_own(self, sheet, case, alice, anton):
        text = rfc8785.dumps(sheet.body())
        for signature in (
            sign(anton, text),
            sign(alice, text, key=anton.browser.device_key),
            sign(alice, text, chain=[]),
            sign(alice, text).replace("..", ".e30."),
            "no.signature",
        ):
            sent = {"bundle": text.decode(), "signature": signature}
            assert refused(alice, case, sent) == (400, "invalid"), signature
        before = alice.browser.device_key
        alice.add_device()
        sent = {"bundle": text.decode(), "signature": sign(alice, text, key=before)}
        assert take(alice, case, sent).status_code == 400
        assert nothing_happened()

    def test_a_revoked_device(self, sheet, case, alice):
        sent = sheet.signed()
        Device.objects.filter(id=alice.device.id).update(revoked_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        assert refused(alice, case, sent)[0] in {404, 409}
        assert nothing_happened()

    def test_a_message_of_another_case_and_one_of_another_author(self, sheet, case, alice, bob):
        other = make_room(alice, kind="case")
        foreign = written(other, alice)
        marked(other, alice, foreign)
        sheet.messages = [*sheet.messages, foreign]
        assert take(alice, case, sheet.signed()).status_code == 400
        sheet.messages, sheet.about = sheet.messages[:2], {"sender": bob}
        assert take(alice, case, sheet.signed()).status_code == 400
        assert nothing_happened()

    def test_one_that_is_not_marked_or_was_waived(self, sheet, case, alice, bob):
        unmarked = written(case, alice)
        marked(case, bob, unmarked)  # by another hospital
        sheet.messages = [*sheet.messages, unmarked]
        assert refused(alice, case, sheet.signed()) == (409, "not-marked")
        sheet.messages = sheet.messages[:2]
        alice.api.post(f"{case.path}/marks/{sheet.messages[0]}/waive", {"reason": "mistake"})
        assert refused(alice, case, sheet.signed()) == (409, "not-marked")
        assert nothing_happened()
        assert Mark.objects.filter(state="marked").count() == 2

    def test_strangers_other_hospitals_and_who_does_not_treat(
        self, sheet, case, alice, bob, charlie, equipped
    ):
        equipped(charlie)
        for member in (bob, charlie):
            theirs = Paper(member, case, sheet.patient, sheet.messages)
            assert take(member, case, theirs.signed()).status_code == 404
        sent = sheet.signed()
        Membership.objects.filter(id=alice.membership.id).update(function="it")
        assert take(alice, case, sent).status_code == 404
        assert nothing_happened()

    def test_a_colleague_who_is_not_in_the_case(self, alice, anton, bob, equipped):
        equipped(alice, anton, bob)
        room = make_room(alice, bob, kind="case")
        theirs = paper(alice, room)
        theirs.by = anton
        assert take(anton, room, theirs.signed()).status_code == 404

    def test_a_case_without_a_record_and_a_protected_one(self, sheet, case, alice):
        Case.objects.update(patient=None)
        assert refused(alice, case, sheet.signed()) == (409, "record-unnamed")
        guarded = guarded_folder(alice.organisation)
        Case.objects.update(patient=guarded.patient_id)
        assert take(alice, case, sheet.signed()).status_code == 404
        assert nothing_happened()

    def test_another_patient_than_the_case_s(self, sheet, case, alice, bob):
        other = folder_of(alice, identifier="4713")
        theirs = folder_of(bob)
        for patient in (other, theirs):
            sheet.patient = patient
            assert take(alice, case, sheet.signed()).status_code == 400
        assert nothing_happened()

    @pytest.mark.parametrize(
        ("kind", "forged"),
        [
            ("Practitioner", {"name": [{"text": "Prof. Dr. Zoe Ziegler"}]}),
            ("Organization", {"name": "Charité"}),
            ("Communication", {"sent": "2020-03-02T08:15:00.000Z"}),
            ("Patient", {"birthDate": "1901-01-01"}),
            ("Patient", {"name": [{"family": "Mustermann", "given": ["Erika"]}]}),
        ],
    )
    def test_a_name_a_hospital_a_time_or_a_patient_that_is_forged(self, sheet, case, alice, kind, forged):
        sheet.forged = {kind: forged}
        assert refused(alice, case, sheet.signed()) == (400, "invalid")
        assert nothing_happened()

    def test_the_hospital_is_that_of_the_device_it_was_sent_from(self, sheet, case, alice, bob):
        Device.objects.filter(id=alice.device.id).update(organisation=bob.organisation)
        assert take(alice, case, sheet.signed()).status_code != 200
        assert nothing_happened()

    @pytest.mark.parametrize("changed", ["patient", "device", "membership", "marks"])
    def test_what_changes_while_it_is_written_is_seen_before_it_is_kept(
        self, sheet, case, alice, monkeypatch, changed
    ):
        other = folder_of(alice, identifier="4713")

        def meanwhile(taken):
            if changed == "patient":
                Case.objects.update(patient=other.patient_id)
            elif changed == "device":
                Device.objects.filter(id=alice.device.id).update(
                    revoked_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
                )
            elif changed == "membership":
                GroupMember.objects.filter(person=alice.person).update(left_seq=1_000)
            else:
                path = f"{case.path}/marks/{sheet.messages[0]}/waive"
                assert alice.api.post(path, {"reason": "mistake"}).status_code == 200
            return write_sheet(taken)

        discarded: list[object] = []
        monkeypatch.setattr("messaging.actions.record.write_sheet", meanwhile)
        monkeypatch.setattr("storage.objects.sealed.discard", discarded.append)
        assert take(alice, case, sheet.signed()).status_code in {400, 404, 409}
        assert nothing_happened()
        assert len(discarded) == 2

    def test_the_loser_of_a_race_leaves_nothing_behind(self, sheet, case, alice, monkeypatch):
        sent = sheet.signed()
        raced: list[bool] = []
        discarded: list[object] = []

        def meanwhile(taken):
            if not raced:
                raced.append(True)
                assert take(alice, case, sent).status_code == 200
            return write_sheet(taken)

        monkeypatch.setattr("messaging.actions.record.write_sheet", meanwhile)
        monkeypatch.setattr("storage.objects.sealed.discard", discarded.append)
        assert take(alice, case, sent).status_code == 200
        assert (RecordExport.objects.count(), len(discarded)) == (1, 2)
        assert Finding.objects.count() == 2

    def test_nothing_is_written_while_something_is_locked(self, sheet, case, alice, monkeypatch):
        depths = []

        def counted(taken):
            depths.append(len(connection.savepoint_ids))
            return write_sheet(taken)

        monkeypatch.setattr("messaging.actions.record.write_sheet", counted)
        outside = len(connection.savepoint_ids)
        assert take(alice, case, sheet.signed()).status_code == 200
        assert depths == [outside]

    def test_more_than_one_sheet_holds(self, sheet, case, alice, monkeypatch):
        monkeypatch.setattr("messaging.record.sheet.SHEET_CHARACTERS", 20)
        sheet.texts = dict.fromkeys(sheet.messages, "👍")  # [U+1F44D] each
        assert take(alice, case, sheet.signed()).status_code == 200
        marked(case, alice, *sheet.messages)
        sheet.texts = dict.fromkeys(sheet.messages, "👍 👍")
        answer = take(alice, case, sheet.signed())
        assert (answer.status_code, "fewer messages" in answer.json()["errors"]["bundle"]) == (400, True)

    @pytest.mark.parametrize("about", [{"group": new_id()}, {"device": new_id()}])
    def test_another_case_or_device_than_it_says(self, sheet, case, alice, about):
        sheet.about = about
        assert take(alice, case, sheet.signed()).status_code == 400

    def test_a_file_that_is_not_the_one_in_the_findings(self, sheet, case, alice, anton):
        message = sheet.messages[0]
        finding = filed(alice, sheet.patient, PDF)
        sheet.files = {message: (finding, PDF + b"x")}
        assert take(alice, case, sheet.signed()).status_code == 400
        elsewhere = filed(alice, folder_of(alice, identifier="4714"), PDF)
        colleagues = filed(anton, sheet.patient, PDF)
        for foreign in (elsewhere, colleagues):
            sheet.files = {message: (foreign, PDF)}
            assert take(alice, case, sheet.signed()).status_code == 404
        assert not RecordExport.objects.exists()

    def test_files_that_are_too_much_and_one_that_comes_twice_are_not_read(
        self, sheet, case, alice, monkeypatch
    ):
        finding = filed(alice, sheet.patient, PDF)

        def unread(**_told):
            raise AssertionError("was read")

        monkeypatch.setattr("messaging.actions.record.filing.digest_of_own", unread)
        sheet.files = dict.fromkeys(sheet.messages, (finding, PDF))
        assert refused(alice, case, sheet.signed()) == (400, "invalid")
        sheet.files = {sheet.messages[0]: (finding, PDF)}
        monkeypatch.setattr("messaging.actions.record.FILES_BYTES", len(PDF) - 1)
        answer = take(alice, case, sheet.signed())
        assert (answer.status_code, "200 MB" in answer.json()["errors"]["bundle"]) == (400, True)
        alice.api.post(f"{case.path}/marks/{sheet.messages[0]}/waive", {"reason": "mistake"})
        monkeypatch.setattr("messaging.actions.record.FILES_BYTES", len(PDF))
        assert refused(alice, case, sheet.signed()) == (409, "not-marked")

    def test_the_same_again_reads_no_file_again(self, sheet, case, alice, monkeypatch):
        sheet.files = {sheet.messages[0]: (filed(alice, sheet.patient, PDF), PDF)}
        sent = sheet.signed()
        assert take(alice, case, sent).status_code == 200
        monkeypatch.setattr("messaging.actions.record.filing.digest_of_own", None)
        assert take(alice, case, sent).status_code == 200

    def test_a_file_that_is_still_examined_or_was_refused(self, sheet, case, alice):
        message = sheet.messages[0]
        waiting = receive(alice, sheet.patient, PDF, name="Echo.pdf", media_type="application/pdf")
        sheet.files = {message: (waiting, PDF)}
        assert refused(alice, case, sheet.signed()) == (409, "not-examined")
        assert examine(waiting).clean
        assert take(alice, case, sheet.signed()).status_code == 200

    @pytest.mark.parametrize(
        "wrong",
        [
            {"type": "collection"},
            {"resourceType": "Parameters"},
            {"entry": []},
            {"more": 1},
            {"timestamp": "yesterday"},
            {"timestamp": "2026-03-02T08:00:00"},
        ],
    )
    def test_what_is_no_document_of_messages(self, sheet, case, alice, wrong):
        assert take(alice, case, sheet.signed(**wrong)).status_code == 400

    def test_what_is_signed_but_not_canonical(self, sheet, case, alice):
        text = json.dumps(sheet.body()).encode()
        assert take(alice, case, {"bundle": text.decode(), "signature": sign(alice, text)}).status_code == 400

    def test_more_than_fits(self, sheet, case, alice):
        sent = sheet.signed() | {"bundle": "x" * 2_000_001}
        assert take(alice, case, sent).status_code == 400

    def test_nothing_is_noted_where_the_store_is_away(self, sheet, case, alice, monkeypatch):
        from storage.errors import StoreAway

        def away(*_told, **_more):
            raise StoreAway("no answer")

        monkeypatch.setattr("storage.objects.sealed.put_part", away)
        assert take(alice, case, sheet.signed()).status_code == 503
        assert nothing_happened()
        assert Mark.objects.filter(state="marked").count() == 2
