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
from medicus.lib.ids import new_id
from messaging.models import Mark, RecordExport
from storage.models import Finding
from storage.objects import sealed
from tests.messaging.ageing import START, Rows, bodies, close, events, run
from tests.messaging.recording import Paper, filed, marked, paper, written
from tests.messaging.rooms import Room, make_room
from tests.storage.folders import examine, folder_of, seen

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
