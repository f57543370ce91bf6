"""A finding arrives, is examined, is opened: what Alice and her colleagues can do, and nobody else."""

import io
from datetime import date, time

import pydicom
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import AsyncClient
from django.utils import timezone

from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import Conflict, NotFound
from medicus.lib.ids import new_id
from storage import actions
from storage.dicom.reasons import Reason
from storage.models import DicomHeader, Finding
from storage.objects import sealed
from storage.states import MalwareScan, ObjectState
from tests.cast import Member
from tests.storage import dicom_files as files
from tests.storage.folders import clean, examine, folder_of, receive, seen, share

pytestmark = [pytest.mark.usefixtures("quick_child"), pytest.mark.django_db]


def events(event: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(event=event))


def test_alices_ct_becomes_clean_and_is_described(alice: Member) -> None:
    patient = folder_of(alice, family_name="CompressedSamples", given_name="CT1", identifier="1CT1")
    arrived = receive(alice, patient, files.sample("CT_small.dcm"))
    assert seen(arrived).state == ObjectState.QUARANTINE
    found = examine(arrived)
    assert (found.state, found.reason) == (ObjectState.CLEAN, "")
    assert found.attributes is not None
    assert found.attributes.modality == "CT"
    assert (found.study_on, found.study_time) == (date(2004, 1, 19), time(7, 27, 30))
    assert found.attributes.timezone_offset == "-0500"  # which shifts nothing
    assert found.malware_scan is MalwareScan.OFF
    assert len(events("finding:receive")) == len(events("finding:clean")) == 1
    assert events("finding:clean")[0].organisation_id == alice.organisation.id


def test_nothing_that_identifies_the_patient_stands_in_the_rows(alice: Member) -> None:
    found = clean(alice)
    row = Finding.objects.get(pk=found.finding_id)
    header = DicomHeader.objects.get(finding=row)
    for sealed_value in (
        row.sealed_attributes,
        header.sealed_json,
        header.sealed_frames,
        row.patient.sealed_demographics,
        row.sealed_name,
    ):
        assert b"Muster" not in bytes(sealed_value)
        assert b"1964" not in bytes(sealed_value)
    assert row.patient.identifier_index != b"4711"


REFUSED = {
    "other name": (files.meta() + files.header(family_name="Anders"), Reason.OTHER_PATIENT),
    "no name": (files.meta() + files.header(family_name="").replace(b"^Erika", b"^     "), Reason.NO_PATIENT),
    "no file": (b"Sehr geehrte Frau Kollegin, " * 20, Reason.NOT_DICOM),
    "deflate bomb": (files.deflate_bomb(1000), Reason.INFLATES_TOO_FAR),
    "a path": (files.meta(instance="../../x") + files.header(instance="../../x"), Reason.BAD_UID),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_must_not_come_in_is_rejected_with_its_reason(
    alice: Member, content: bytes, reason: Reason
) -> None:
    found = examine(receive(alice, folder_of(alice), content))
    assert (found.state, found.reason) == (ObjectState.REJECTED, reason)
    assert found.attributes is None
    with pytest.raises(NotFound):
        actions.open_file(by=alice.actor, finding_id=found.finding_id)
    rejected = events("finding:reject")[0].canonical
    assert reason.encode() in bytes(rejected)
    assert b"Anders" not in bytes(rejected)
    assert b"Muster" not in bytes(rejected)


def test_alice_reads_through_the_api_what_became_of_her_file(alice: Member) -> None:
    rejected = examine(receive(alice, folder_of(alice), REFUSED["other name"][0]))
    body = alice.api.get(f"/api/v1/findings/{rejected.finding_id}").json()
    assert body["state"] == "rejected"
    assert body["reason"] == "other-patient"
    assert body["reason_text"] == "The name or date of birth in the file are those of another patient."
    assert body["instance"] is None


def test_the_api_shows_a_clean_finding(alice: Member) -> None:
    found = clean(alice)
    answer = alice.api.get(f"/api/v1/findings/{found.finding_id}")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(found.finding_id),
        "patient": {
            "id": str(found.patient.patient_id),
            "family_name": "Muster",
            "given_name": "Erika",
            "born_on": "1964-08-12",
            "identifier": "4711",
            "organisation": {"id": str(alice.organisation.id), "name": "Hospital A"},
        },
        "state": "clean",
        "reason": "",
        "reason_text": "",
        "kind": "dicom",
        "media_type": "application/dicom",
        "name": "IM000001.dcm",
        "modality": "CT",
        "description": "",
        "study_on": None,
        "study_time": None,
        "timezone_offset": "",
        "instance": {"rows": 4, "columns": 4, "frames": 1},
        "malware_scan": "off",
        "size_bytes": len(files.sound()),
        "received_at": found.received_at.astimezone(timezone.get_default_timezone()).isoformat(),
        "shares": [],
        "share": None,
    }


def test_alice_reads_which_file_it_was_and_bob_does_not(alice: Member, bob: Member) -> None:
    patient = folder_of(alice)
    found = examine(receive(alice, patient, name="C:/CD/Muster Erika\x1b.dcm"))
    share(alice, found.finding_id, bob)
    address = f"/api/v1/findings/{found.finding_id}"
    assert alice.api.get(address).json()["name"] == "Muster Erika.dcm"
    assert bob.api.get(address).json()["name"] == ""


# the file


def test_the_file_comes_out_byte_for_byte(alice: Member) -> None:
    found = clean(alice)
    answer = alice.api.get(f"/api/v1/findings/{found.finding_id}/file")
    assert answer.status_code == 200
    assert answer.getvalue() == files.sound()
    assert answer["Content-Type"] == "application/dicom"
    assert answer["Content-Disposition"] == f'attachment; filename="{found.finding_id}.dcm"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Length"] == str(len(files.sound()))
    assert answer["Cache-Control"] == "no-store"


RANGES = [
    ("bytes=0-131", 0, 132),
    ("bytes=128-", 128, None),
    ("bytes=-16", -16, None),
    ("bytes=100-99999", 100, None),
]


@pytest.mark.parametrize(("asked", "start", "end"), RANGES)
def test_a_range_of_the_file_is_exactly_that_range(
    alice: Member, asked: str, start: int, end: int | None
) -> None:
    found = clean(alice)
    answer = alice.api.get(f"/api/v1/findings/{found.finding_id}/file", headers={"range": asked})
    expected = files.sound()[start:end]
    first = files.sound().index(expected) if start < 0 else start
    assert answer.status_code == 206
    assert answer.getvalue() == expected
    assert answer["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(files.sound())}"


def test_a_range_behind_the_end_is_refused(alice: Member) -> None:
    found = clean(alice)
    answer = alice.api.get(f"/api/v1/findings/{found.finding_id}/file", headers={"range": "bytes=999999-"})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(files.sound())}"


def test_head_tells_the_size_without_the_bytes(alice: Member) -> None:
    found = clean(alice)
    answer = alice.api.head(f"/api/v1/findings/{found.finding_id}/file")
    assert (answer.status_code, answer.getvalue()) == (200, b"")
    assert answer["Content-Length"] == str(len(files.sound()))


@pytest.mark.django_db(transaction=True)
def test_under_asgi_a_large_file_comes_piece_by_piece(alice: Member) -> None:
    content = files.meta() + files.header() + files.image(rows=2048, columns=2048)
    content += files.pixels(bytes(2048 * 2048))
    found = examine(receive(alice, folder_of(alice), content))
    client = AsyncClient()
    client.cookies[settings.SESSION_COOKIE_NAME] = alice.session_key

    async def pieces() -> list[bytes]:
        answer = await client.get(f"/api/v1/findings/{found.finding_id}/file")
        assert answer.is_async
        return [bytes(piece) async for piece in answer.streaming_content]

    received = async_to_sync(pieces)()
    assert len(received) > 3
    assert b"".join(received) == content


def test_the_preview_is_a_small_picture(alice: Member) -> None:
    found = clean(alice)
    answer = alice.api.get(f"/api/v1/findings/{found.finding_id}/preview")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_pydicom_reads_what_was_downloaded(alice: Member) -> None:
    patient = folder_of(
        alice,
        family_name="CompressedSamples",
        given_name="MR1",
        born_on=date(1950, 1, 1),
    )
    found = examine(receive(alice, patient, files.sample("MR_small.dcm")))
    answer = alice.api.get(f"/api/v1/findings/{found.finding_id}/file")
    assert pydicom.dcmread(io.BytesIO(answer.getvalue())).Modality == "MR"


def test_a_file_changed_in_the_store_is_rejected_not_shown(alice: Member) -> None:
    from storage.objects import store

    arrived = receive(alice, folder_of(alice))
    key = arrived.stored_object.parts.get().store_key
    size = store().stat(key).size_bytes
    content = bytearray(b"".join(store().get_range(key, 0, size)))
    content[-20] ^= 1
    store().delete(key)
    store().put_stream(key, [bytes(content)])
    found = examine(arrived)
    assert (found.state, found.reason) == (ObjectState.REJECTED, Reason.DAMAGED)


# who may


@pytest.mark.parametrize("path", ["", "/file", "/preview"])
def test_anton_of_the_same_hospital_may_open_it_and_outsiders_may_not(
    alice: Member, anton: Member, bob: Member, charlie: Member, adam: Member, path: str
) -> None:
    address = f"/api/v1/findings/{clean(alice).finding_id}{path}"
    unknown = f"/api/v1/findings/{new_id()}{path}"
    assert anton.api.get(address).status_code == 200
    for stranger in (bob, charlie, adam):
        forbidden, absent = stranger.api.get(address), stranger.api.get(unknown)
        assert forbidden.status_code == absent.status_code == 404
        assert forbidden.content == absent.content
        assert sorted(forbidden.items()) == sorted(absent.items())


def test_a_finding_in_quarantine_shows_its_state_and_nothing_else(alice: Member) -> None:
    arrived = receive(alice, folder_of(alice))
    assert alice.api.get(f"/api/v1/findings/{arrived.pk}").json()["state"] == "quarantine"
    assert alice.api.get(f"/api/v1/findings/{arrived.pk}/file").status_code == 404
    assert alice.api.get(f"/api/v1/findings/{arrived.pk}/preview").status_code == 404


def test_nobody_adds_findings_to_another_hospitals_patient(alice: Member, bob: Member) -> None:
    patient = folder_of(alice)
    with pytest.raises(NotFound):
        receive(bob, patient)
    with pytest.raises(NotFound):
        actions.receive_finding(
            by=bob.actor, kind="finding", object_id=new_id(), metadata={"patient": str(patient.patient_id)}
        )


def test_people_do_not_do_the_work_of_the_service(alice: Member) -> None:
    with pytest.raises(NotFound):
        actions.ingest(by=alice.actor, job_id=new_id())
    with pytest.raises(NotFound):
        actions.reap(by=alice.actor)
    with pytest.raises(NotFound):
        actions.expire_shares(by=alice.actor)
    with pytest.raises(NotFound):
        actions.shred_rejected(by=alice.actor)


# the record of reading


def test_opening_is_recorded_once_however_many_ranges_are_read(alice: Member, anton: Member) -> None:
    address = f"/api/v1/findings/{clean(alice).finding_id}"
    for start in range(0, 300, 100):
        anton.api.get(f"{address}/file", headers={"range": f"bytes={start}-{start + 99}"})
    anton.api.get(address)
    assert [event.organisation_id for event in events("finding:read")] == [alice.organisation.id]
    alice.api.get(address)
    assert len(events("finding:read")) == 2


def test_without_the_audit_row_nothing_is_opened(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    found = clean(alice)

    def away(*args: object, **keywords: object) -> None:
        raise RuntimeError("the log is away")

    monkeypatch.setattr("audit.actions.record", away)
    for opening in (actions.open_finding, actions.open_file, actions.open_preview):
        with pytest.raises(RuntimeError):
            opening(by=alice.actor, finding_id=found.finding_id)
    monkeypatch.undo()
    actions.open_finding(by=alice.actor, finding_id=found.finding_id)
    assert len(events("finding:read")) == 1


def test_without_the_audit_row_nothing_is_received_or_accepted(
    alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = folder_of(alice)
    arrived = receive(alice, patient)

    def away(*args: object, **keywords: object) -> None:
        raise RuntimeError("the log is away")

    monkeypatch.setattr("audit.actions.record", away)
    with pytest.raises(RuntimeError):
        receive(alice, patient)
    with pytest.raises(RuntimeError):
        examine(arrived)
    assert Finding.objects.count() == 1
    assert seen(arrived).state == ObjectState.QUARANTINE
    assert not DicomHeader.objects.exists()


# the end


def test_a_rejected_file_is_shredded_after_a_week(alice: Member) -> None:
    from datetime import timedelta

    from medicus.lib.clock import now

    rejected = examine(receive(alice, folder_of(alice), b"x" * 200))
    assert actions.shred_rejected(by=SYSTEM) == 0
    Finding.objects.update(examined_at=now() - timedelta(days=7))
    assert actions.shred_rejected(by=SYSTEM) == 1
    row = Finding.objects.select_related("stored_object").get(pk=rejected.finding_id)
    assert row.stored_object.state == ObjectState.SHREDDED
    assert row.stored_object.wrapped_key is None
    assert len(events("finding:shred")) == 1
    assert actions.shred_rejected(by=SYSTEM) == 0


def test_a_clean_finding_is_not_rejected_any_more(alice: Member) -> None:
    found = clean(alice)
    row = Finding.objects.select_related("stored_object").get(pk=found.finding_id)
    with pytest.raises(Conflict):
        sealed.move(row.stored_object, to=ObjectState.REJECTED)
