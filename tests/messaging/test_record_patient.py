"""What a patient wrote in a patient case is taken into the record as the patient's own words."""

import io

import pytest
from fhir.resources.R4B.bundle import Bundle
from pypdf import PdfReader

from messaging.models import RecordExport
from storage.models import Finding
from storage.objects import sealed
from tests.cast import Member
from tests.messaging.recording import Paper, marked, written
from tests.messaging.rooms import Room
from tests.patients import connected, make_patient_case
from tests.storage.folders import examine, folder_of


@pytest.fixture
def sheet(alice, bob, settings, tmp_path) -> Paper:
    """A message of Erika and one of Alice, both marked by Alice."""
    settings.VAR_DIR = tmp_path
    patient = folder_of(alice)
    erika = connected(alice, patient)
    for one in (alice, bob, erika):
        one.add_device()
    room = make_patient_case(alice, patient, erika, bob)
    hers, answer = written(room, erika), written(room, alice)
    marked(room, alice, hers, answer)
    return Paper(alice, room, patient, [hers, answer], of_patient={hers})


def take(by: Member, room: Room, sent: dict[str, str]):
    return by.api.post(f"{room.path}/case/exports", sent)


def test_her_message_stands_in_the_record_as_hers(sheet, alice):
    page = alice.api.get(f"{sheet.room.path}/case").json()
    assert [one["is_patient"] for one in page["marked"]] == [True, False]
    assert page["names_record"] is False
    assert take(alice, sheet.room, sheet.signed()).status_code == 200
    export = RecordExport.objects.get()
    document = Bundle.model_validate_json(content_of(export.bundle))
    senders = [each.resource.sender.reference for each in document.entry if hasattr(each.resource, "sender")]
    assert senders[0] == f"urn:uuid:{sheet.patient.patient_id}"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content_of(export.sheet))).pages)
    assert "Erika Muster, the patient" in text
    assert "Alice Ahrens, Hospital A" in text


def content_of(finding) -> bytes:
    examine(finding)
    return b"".join(sealed.read(Finding.objects.get(pk=finding.pk).stored_object))


@pytest.mark.parametrize("of_patient", [set(), "both"])
def test_nobody_elses_words_are_hers_and_hers_are_no_practitioners(sheet, alice, of_patient):
    sheet.of_patient = set(sheet.messages) if of_patient else set()
    answer = take(alice, sheet.room, sheet.signed())
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not RecordExport.objects.exists()


def test_neither_she_nor_the_other_hospital_takes_anything_into_the_record(sheet, bob, alice):
    sent = sheet.signed()
    assert take(bob, sheet.room, sent).status_code == 404
    assert take(alice, sheet.room, sent).status_code == 200
