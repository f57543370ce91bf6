"""Findings that are documents: which are taken, what is refused, and how they are shown and handed out."""

import pytest

from medicus.lib.errors import Conflict, NotFound
from storage import actions
from storage.actions import Document, NotExamined, add_document, digest_of_own, put_document
from storage.dicom.reasons import Reason, Refused
from storage.documents import READ_BYTES, UNTYPED, check_document, media_type_of
from storage.models import Finding
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState
from tests.storage.folders import examine, folder_of, receive, seen, share

PDF = b"%PDF-1.7\n% an echo\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0 a photograph"
FHIR = b'{"resourceType":"Bundle"}'


@pytest.mark.parametrize(
    ("media_type", "content", "served"),
    [
        ("application/pdf", PDF, "application/pdf"),
        ("image/jpeg", JPEG, "image/jpeg"),
        ("application/fhir+json", FHIR, "application/fhir+json"),
        ("text/plain", "Größe 1,80 m".encode(), "text/plain"),
        ("application/octet-stream", b"\x00\x01", "application/octet-stream"),
    ],
)
def test_a_document_is_examined_and_handed_out_as_what_it_is(alice, media_type, content, served):
    finding = receive(alice, folder_of(alice), content, name="Echo 4711.pdf", media_type=media_type)
    found = examine(finding)
    assert (found.state, found.attributes.modality, found.attributes.description) == (
        "clean",
        "DOC",
        "Echo 4711",
    )
    answer = alice.client.get(f"/api/v1/findings/{finding.pk}/file")
    assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (content, served)
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert alice.client.get(f"/api/v1/findings/{finding.pk}/preview").status_code == 404


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("application/pdf", b"<html>"),
        ("application/pdf", PDF[:4]),
        ("image/png", JPEG),
        ("application/fhir+json", b"[]"),
        ("application/fhir+json", b"{"),
        ("text/plain", b"\x00binary"),
        ("text/plain", b"\xff\xfe"),
    ],
)
def test_a_file_of_another_type_than_it_says_is_refused(alice, media_type, content):
    found = examine(receive(alice, folder_of(alice), content, media_type=media_type))
    assert (found.state, found.reason) == ("rejected", "not-its-type")
    assert alice.client.get(f"/api/v1/findings/{found.finding_id}/file").status_code == 404


def test_only_types_that_no_browser_runs_are_known():
    assert media_type_of("application/PDF; charset=x") == "application/pdf"
    for said in ("text/html", "image/svg+xml", "application/javascript", "", "pdf"):
        assert media_type_of(said) == UNTYPED


def test_an_upload_says_whether_it_is_a_document(alice):
    patient = folder_of(alice)
    for metadata, media_type in (
        ({}, "application/dicom"),
        ({"document": "application/pdf"}, "application/pdf"),
        ({"document": "text/html"}, UNTYPED),
    ):
        arrived = sealed.write(
            organisation_id=alice.organisation.id,
            kind=ObjectKind.FINDING,
            chunks=[PDF],
            state=ObjectState.QUARANTINE,
        )
        told = {"patient": str(patient.patient_id), "name": "a.pdf"} | metadata
        actions.receive_finding(by=alice.actor, kind="finding", object_id=arrived.id, metadata=told)
        assert Finding.objects.get(pk=arrived.id).media_type == media_type


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("application/fhir+json", b'{"a":"' + b"x" * (8 << 20) + b'"}'),
        ("text/plain", b"x" * ((16 << 20) + 1)),
    ],
)
def test_what_is_read_to_its_end_is_no_larger_than_that_permits(media_type, content):
    check_document([content[: READ_BYTES[media_type] - 2] + content[-2:]], media_type=media_type)
    with pytest.raises(Refused) as refused:
        check_document([content], media_type=media_type)
    assert refused.value.reason == Reason.TOO_EXPENSIVE


def test_its_page_shows_a_document_and_the_folder_names_it(alice):
    patient = folder_of(alice)
    finding = receive(alice, patient, PDF, name="Echo.pdf", media_type="application/pdf")
    examine(finding)
    assert "Document · Echo" in alice.client.get(f"/patients/{patient.patient_id}/").content.decode()
    page = alice.client.get(f"/findings/{finding.pk}/").content.decode()
    assert ("<medicus-document" in page, "medicus-dicom-viewer" in page) == (True, False)
    assert f'type="application/pdf" size="{len(PDF)}"' in page
    assert "Echo" in page
    told = alice.api.get(f"/api/v1/findings/{finding.pk}").json()
    assert (told["kind"], told["media_type"]) == ("document", "application/pdf")


def test_it_is_shared_like_every_finding(alice, bob):
    finding = receive(alice, folder_of(alice), PDF, name="Echo.pdf", media_type="application/pdf")
    examine(finding)
    assert bob.client.get(f"/findings/{finding.pk}/").status_code == 404
    share(alice, finding.pk, bob)
    assert "<medicus-document" in bob.client.get(f"/findings/{finding.pk}/").content.decode()


def test_a_document_of_the_service_goes_the_same_way(alice, bob):
    patient = folder_of(alice)
    document = Document("Sheet.pdf", "application/pdf", PDF)
    with pytest.raises(NotFound):
        put_document(by=bob.actor, patient_id=patient.patient_id, document=document)
    written = put_document(by=alice.actor, patient_id=patient.patient_id, document=document)
    told = {"patient_id": patient.patient_id, "document": written}
    finding = Finding.objects.get(pk=add_document(by=alice.actor, **told))
    assert seen(finding).state == "quarantine"
    assert examine(finding).clean
    with pytest.raises(NotFound):
        add_document(by=bob.actor, **told)


def test_the_digest_is_told_to_who_has_put_the_file_there(alice, anton, bob):
    patient = folder_of(alice)
    finding = receive(alice, patient, PDF, media_type="application/pdf")
    told = {"patient_id": patient.patient_id, "finding_id": finding.pk, "at_most_bytes": len(PDF)}
    with pytest.raises(NotExamined) as waiting:
        digest_of_own(by=alice.actor, **told)
    assert isinstance(waiting.value, Conflict)
    examine(finding)
    assert digest_of_own(by=alice.actor, **told).size_bytes == len(PDF)
    other = folder_of(alice, identifier="4712")
    for by, changed in (
        (anton, {}),
        (bob, {}),
        (alice, {"patient_id": other.patient_id}),
        (alice, {"at_most_bytes": len(PDF) - 1}),
    ):
        with pytest.raises(NotFound):
            digest_of_own(by=by.actor, **(told | changed))
