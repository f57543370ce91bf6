"""Taking marked messages of a case into the record: who may, what is signed, what is stored, and what is refused."""

import base64
import datetime as dt
import hashlib
import io
import json
from pathlib import Path

import pytest
import rfc8785
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from fhir.resources.R4B.bundle import Bundle
from joserfc import jws
from joserfc.jwk import ECKey
from pypdf import PdfReader

from audit.events import Event
from audit.models import AuditEvent
from identity import pki
from identity.models import Device, Membership
from medicus.lib.ids import new_id
from messaging.models import Case, GroupMember, Mark, RecordExport
from messaging.record.sheet import write_sheet
from storage.models import Finding
from storage.objects import sealed
from tests.messaging.ageing import START, Rows, bodies, close, events, run
from tests.messaging.recording import Paper, filed, marked, paper, sign, written
from tests.messaging.rooms import Room, make_room
from tests.storage.folders import examine, folder_of, guarded_folder, receive, seen

PDF = b"%PDF-1.7\n% an echo\n%%EOF\n"


@pytest.fixture
def case(alice, anton, bob, equipped) -> Room:
    """Alice and Anton of Hospital A with Bob of Hospital B; the case is Hospital A's."""
    equipped(alice, anton, bob)
    return make_room(alice, anton, bob, kind="case")


@pytest.fixture
def sheet(alice, case) -> Paper:
    """Two messages of Alice that are marked, of a case that names a record."""
    return paper(alice, case)


def take(by, room, sent):
    return by.api.post(f"{room.path}/case/exports", sent)


def refused(by, room, sent):
    answer = take(by, room, sent)
    return answer.status_code, answer.json().get("code")


def nothing_happened():
    stored = Finding.objects.filter(media_type__in=["application/fhir+json", "application/pdf"])
    return not RecordExport.objects.exists() and stored.count() == 0


def content_of(finding_id):
    return b"".join(sealed.read(Finding.objects.get(pk=finding_id).stored_object))


def examined(export):
    for finding in (export.bundle, export.sheet):
        examine(finding)
    export.refresh_from_db()


class TestTaking:
    def test_a_document_and_a_sheet_come_into_the_findings(self, sheet, case, alice, anton, bob):
        sent = sheet.signed()
        told = take(alice, case, sent)
        assert told.status_code == 200, told.content
        export = RecordExport.objects.get()
        assert bytes(export.digest) == hashlib.sha256(sent["bundle"].encode()).digest()
        assert (export.device_id, export.exported_by_id) == (alice.device.id, alice.person.id)
        assert [seen(each).state for each in (export.bundle, export.sheet)] == ["quarantine", "quarantine"]
        examined(export)
        cards = [seen(each) for each in (export.bundle, export.sheet)]
        assert [(card.state, card.attributes.modality) for card in cards] == [
            ("clean", "DOC"),
            ("clean", "DOC"),
        ]
        assert {each["message_id"] for each in told.json()["recorded"]} == set(sheet.messages)
        for member, finding_id in ((anton, str(export.sheet_id)), (bob, None)):
            recorded = member.api.get(case.path).json()["recorded"]
            assert {each["finding_id"] for each in recorded} == {finding_id}
            assert {(each["by"], each["organisation"]) for each in recorded} == {
                (alice.person.name, alice.organisation.name)
            }

    def test_whoever_has_the_root_can_check_the_stored_document(self, sheet, case, alice):
        sent = sheet.signed()
        take(alice, case, sent)
        export = RecordExport.objects.get()
        examined(export)
        stored = json.loads(content_of(export.bundle_id))
        Bundle.model_validate(stored)
        signature = base64.b64decode(stored.pop("signature")["data"]).decode()
        content = rfc8785.dumps(stored)
        assert content.decode() == sent["bundle"]
        header = json.loads(base64.urlsafe_b64decode(signature.split(".")[0] + "=="))
        device = pki.read_certificate(base64.b64decode(header["x5c"][0]))
        key = ECKey.import_key(pki.spki(pki.p256(device.public_key())))
        registry = jws.JWSRegistry(algorithms=["ES256"])
        registry.max_header_length = 65_536
        assert jws.deserialize_compact(signature, key, registry=registry, payload=content)
        assert len(header["x5c"]) == 4

    def test_the_sheet_says_what_who_with_which_device_and_what_it_is_not(self, sheet, case, alice):
        first, second = sheet.messages
        sheet.texts = {first: "Gradient 31 mmHg 👍 Łódź", second: "Transfer tomorrow"}
        take(alice, case, sheet.signed())
        export = RecordExport.objects.get()
        examined(export)
        path = Path("/dev/shm") / f"{new_id()}.pdf"
        path.write_bytes(content_of(export.sheet_id))
        pages = PdfReader(path).pages
        path.unlink()
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        for told in (
            "Gradient 31 mmHg [U+1F44D] Łódź",
            "Transfer tomorrow",
            "Muster, Erika",
            alice.person.name,
            str(alice.device.id),
            pki.certificate_hash(bytes(alice.device.certificate)),
            bytes(export.digest).hex(),
            "not a qualified electronic signature",
            f"1/{len(pages)}",
        ):
            assert told in text, told

    def test_what_a_message_says_is_indented_and_cannot_look_like_the_head_of_another(
        self, sheet, case, alice
    ):
        first, second = sheet.messages
        forged = f"{alice.person.name}, {alice.organisation.name}"
        sheet.texts = {first: f"Yes\n{forged}\nNo", second: "Second"}
        take(alice, case, sheet.signed())
        export = RecordExport.objects.get()
        examined(export)
        places = []

        def visit(text, _cm, matrix, _font, _size):
            if text.strip():
                places.append((text.strip(), matrix[4]))

        page = PdfReader(io.BytesIO(content_of(export.sheet_id))).pages[0]
        page.extract_text(visitor_text=visit)
        found = [round(x, 1) for text, x in places if text == forged]
        body = next(round(x, 1) for text, x in places if text == "Second")
        assert (found.count(min(found)), found.count(body)) == (2, 1), places
        assert body > min(found)

    def test_the_page_of_the_case_says_what_such_a_document_has_to_say(self, sheet, case, alice, bob):
        theirs = written(case, bob)
        marked(case, alice, theirs)
        told = alice.api.get(f"{case.path}/case").json()["marked"]
        assert [each["message_id"] for each in told] == [*sheet.messages, theirs]
        assert told[2]["author"] == {
            "person_id": str(bob.person.id),
            "name": bob.person.name,
            "organisation": {"id": str(bob.organisation.id), "name": bob.organisation.name},
        }
        assert bob.api.get(f"{case.path}/case").json()["marked"] == []

    def test_it_is_recorded_for_each_hospital_with_the_patient_for_its_own(self, sheet, case, alice, bob):
        take(alice, case, sheet.signed())
        assert events(Event.MESSAGE_EXPORT, alice.organisation) == 1
        assert events(Event.MESSAGE_EXPORT, bob.organisation) == 1
        export = RecordExport.objects.get()
        for member, finding in ((alice, f"{export.bundle_id} {export.sheet_id}"), (bob, None)):
            row = AuditEvent.objects.get(event="message:export", organisation_id=member.organisation.id)
            details = json.loads(bytes(row.canonical))["details"]
            assert (details.get("finding"), details["message"]) == (finding, " ".join(sheet.messages))
        assert events(Event.FINDING_RECEIVE, alice.organisation) == 2

    def test_the_same_again_is_the_same_answer(self, sheet, case, alice):
        sent = sheet.signed()
        first = take(alice, case, sent).json()
        again = take(alice, case, sent)
        assert (again.status_code, again.json()) == (200, first)
        assert RecordExport.objects.count() == 1
        assert events(Event.MESSAGE_EXPORT, alice.organisation) == 1
        assert refused(alice, case, sheet.signed()) == (409, "not-marked")

    def test_messages_of_others_and_a_file(self, sheet, case, alice, bob):
        message = written(case, bob)
        marked(case, alice, message)
        finding = filed(alice, sheet.patient, PDF)
        sheet.messages, sheet.files, sheet.about = [message], {message: (finding, PDF)}, {"sender": bob}
        assert take(alice, case, sheet.signed()).status_code == 200
        assert Mark.objects.get(message_id=message).state == "exported"
        assert Mark.objects.filter(state="marked").count() == 2

    def test_a_colleague_of_the_hospital_may_and_a_second_mark_makes_a_second_document(
        self, sheet, case, alice, anton
    ):
        take(alice, case, sheet.signed())
        marked(case, anton, sheet.messages[0])
        one = Paper(anton, case, sheet.patient, sheet.messages[:1], about={"sender": alice})
        assert take(anton, case, one.signed()).status_code == 200
        assert RecordExport.objects.count() == 2


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

        discarded = []
        monkeypatch.setattr("messaging.actions.record.write_sheet", meanwhile)
        monkeypatch.setattr("storage.objects.sealed.discard", discarded.append)
        assert take(alice, case, sheet.signed()).status_code in {400, 404, 409}
        assert nothing_happened()
        assert len(discarded) == 2

    def test_the_loser_of_a_race_leaves_nothing_behind(self, sheet, case, alice, monkeypatch):
        sent = sheet.signed()
        raced, discarded = [], []

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


class TestRetention:
    @pytest.fixture(autouse=True)
    def clock(self):
        with time_machine.travel(START, tick=False):
            yield Rows()

    def test_what_is_in_the_record_expires_once_it_can_be_read_there(self, sheet, case, alice, bob, clock):
        take(alice, case, sheet.signed())
        assert len(bob.api.get(case.path).json()["marks"]) == 2
        close(case, alice)
        clock.shift(dt.timedelta(days=31))
        assert (run(), bodies(case)) == (0, [True, True])
        examined(RecordExport.objects.get())
        assert bob.api.get(case.path).json()["marks"] == []
        assert (run(), run(), bodies(case)) == (2, 0, [False, False])
        assert len(bob.api.get(case.path).json()["recorded"]) == 2

    def test_a_mark_of_another_hospital_still_holds_it_back_and_a_legal_hold(
        self, sheet, case, alice, bob, clock
    ):
        kept = sheet.messages[0]
        marked(case, bob, kept)
        take(alice, case, sheet.signed())
        examined(RecordExport.objects.get())
        assert alice.api.get(case.path).json()["marks"] == [{"message_id": kept, "own": False}]
        close(case, alice)
        clock.shift(dt.timedelta(days=31))
        assert (run(), bodies(case)) == (1, [True, False])

    def test_a_legal_hold_keeps_it(self, sheet, case, alice, adam, clock):
        take(alice, case, sheet.signed())
        examined(RecordExport.objects.get())
        adam.stay_fresh()
        told = adam.api.post(
            "/api/v1/administration/legal-holds", {"group_id": str(case.id), "reason": "Court order"}
        )
        assert told.status_code == 201, told.json()
        close(case, alice)
        clock.shift(dt.timedelta(days=31))
        assert (run(), bodies(case)) == (0, [True, True])

    def test_an_exported_mark_is_not_waived_and_the_database_holds_what_it_is(self, sheet, case, alice):
        take(alice, case, sheet.signed())
        path = f"{case.path}/marks/{sheet.messages[0]}/waive"
        assert alice.api.post(path, {"reason": "mistake"}).status_code == 404
        for wrong in ({"state": "marked"}, {"export": None}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Mark.objects.update(**wrong)


def test_as_many_queries_for_five_messages_as_for_two(alice, bob, equipped):
    equipped(alice, bob)
    counts = []
    for number, count in enumerate((2, 5)):
        room = make_room(alice, bob, kind="case")
        sheet = paper_of(alice, room, count, f"47{number}")
        sent = sheet.signed()
        with CaptureQueriesContext(connection) as counted:
            assert take(alice, room, sent).status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1]


def paper_of(member, room, count, identifier):
    patient = folder_of(member, identifier=identifier)
    member.api.post(f"{room.path}/case/record", {"patient_id": str(patient.patient_id)})
    messages = [written(room, member) for _each in range(count)]
    marked(room, member, *messages)
    return Paper(member, room, patient, messages)
