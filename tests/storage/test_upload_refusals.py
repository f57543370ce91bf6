"""What an upload may not: too much, too little, of somebody else, forged, or in words that are not tus."""

import asyncio
import base64
import hashlib

import pytest
from asgiref.sync import async_to_sync
from django.db import IntegrityError, transaction

from medicus.lib.clock import now
from medicus.lib.ids import new_id
from storage.models import Upload
from storage.objects import store
from storage.uploads import actions, receiving
from storage.uploads.tus import CHUNK_TYPE
from tests.storage.asgi import Visitor, Wire, encoded
from tests.storage.rooms import CONTENT, MIB, object_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("offset", [1, MIB, len(CONTENT), 2**62])
def test_a_chunk_for_another_place_is_refused(browser, path, offset):
    reply = browser.patch(path, offset, CONTENT[:MIB])
    assert reply.status == 409
    assert reply.problem["offset"] == 0
    assert browser.offset(path) == 0
    assert list(store().list()) == []


@pytest.mark.parametrize("announced", [8 * MIB + 1, None])
def test_a_chunk_above_eight_mib_is_refused(browser, path, announced):
    reply = browser.patch(path, 0, CONTENT[: 8 * MIB + 1], content_length=announced)
    assert reply.status == 413
    assert browser.offset(path) == 0
    assert list(store().list()) == []


def test_who_comes_when_too_many_are_sending_comes_again(browser, path, room, monkeypatch):
    other = browser.begin(MIB, kind="attachment", group=room).headers["location"]
    monkeypatch.setattr(receiving.turnstile, "free", 1)

    async def both() -> list[int]:
        barrier = asyncio.Barrier(2)
        headers = {"tus_resumable": "1.0.0", "content_type": CHUNK_TYPE, "upload_offset": 0}
        wire = Wire([CONTENT[:MIB]], barrier=barrier)
        first = asyncio.ensure_future(browser.sends("PATCH", path, wire, **headers))
        await wire.asked.wait()
        refused = await browser.sends("PATCH", other, Wire([CONTENT[:MIB]]), **headers)
        await barrier.wait()
        await first
        again = await browser.sends("PATCH", other, Wire([CONTENT[:MIB]]), **headers)
        return [refused.status, (await first).status, again.status]

    assert async_to_sync(both)() == [503, 204, 204]
    assert receiving.turnstile.free == 1
    assert browser.offset(path) == MIB


def test_more_than_was_announced_is_refused(browser, room):
    path = browser.begin(MIB, kind="attachment", group=room).headers["location"]
    assert browser.patch(path, 0, CONTENT[: MIB + 1]).status == 413
    assert browser.offset(path) == 0
    assert list(store().list()) == []


def test_a_file_above_the_limit_is_refused_and_one_at_the_limit_begins(browser, room, settings):
    settings.UPLOAD_LIMIT_BYTES = 3 * MIB
    assert browser.begin(3 * MIB, kind="attachment", group=room).status == 201
    reply = browser.begin(3 * MIB + 1, kind="attachment", group=room)
    assert (reply.status, reply.problem["detail"]) == (413, "This file is larger than 3 MB.")


@pytest.mark.parametrize("length", ["0", "-1", "1.5", "", "²", None, "9" * 30])
def test_a_length_that_is_none_is_refused(browser, room, length):
    metadata = encoded(kind="attachment", group=room)
    reply = browser.tus("POST", "/api/v1/uploads", upload_length=length, upload_metadata=metadata)
    assert reply.status == 400
    assert not Upload.objects.exists()


SOME_ID = "01a2017b-cc3e-7ca5-bfc0-d3cd5ca74293"
BAD_METADATA = [
    "",
    "kind",
    "kind !!!",
    "kind YXR0YWNobWVudA",
    f"kind {base64.b64encode(b'music').decode()}",
    encoded(kind="attachment"),
    encoded(kind="attachment", group="x"),
    encoded(kind="finding"),
    encoded(kind="preview", group=SOME_ID),
    f"{encoded(kind='attachment', group=SOME_ID)},{encoded(kind='finding')}",
    encoded(kind="attachment", group=SOME_ID, name="x" * 5000),
    "kind /////w==",
]


@pytest.mark.parametrize("metadata", BAD_METADATA)
def test_metadata_that_makes_no_sense_is_refused(browser, rooms, metadata):
    reply = browser.tus("POST", "/api/v1/uploads", upload_length=5, upload_metadata=metadata)
    assert reply.status == 400, reply
    assert not Upload.objects.exists()


def test_nobody_sends_to_a_conversation_or_patient_that_is_not_theirs(browser, rooms, alice):
    theirs = new_id()
    rooms.patients[theirs] = new_id()
    for metadata in ({"kind": "attachment", "group": new_id()}, {"kind": "finding", "patient": theirs}):
        assert browser.begin(5, **metadata).status == 404
    assert not Upload.objects.exists()


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_the_upload_of_another_person_reads_like_one_that_does_not_exist(browser, path, anton, bob, method):
    absent = f"/api/v1/uploads/{new_id()}"
    for stranger in (Visitor.of(anton), Visitor.of(bob)):
        theirs = stranger.tus(method, path, upload_offset=0)
        nothing = stranger.tus(method, absent, upload_offset=0)
        assert (theirs.status, theirs.headers, theirs.body) == (nothing.status, nothing.headers, nothing.body)
        assert theirs.status == 404
    assert browser.tus(method, path, upload_offset=0).status in (200, 204)


def test_nobody_has_a_hundred_unfinished_uploads(browser, path, room, monkeypatch):
    monkeypatch.setattr(actions, "UNFINISHED_AT_ONCE", 1)
    reply = browser.begin(5, kind="attachment", group=room)
    assert (reply.status, reply.headers["retry-after"]) == (429, "60")
    browser.tus("DELETE", path)
    assert browser.begin(5, kind="attachment", group=room).status == 201


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_that_fits_is_accepted_and_another_refused(browser, path, algorithm):
    chunk = CONTENT[: 2 * MIB]
    digest = hashlib.new(algorithm, chunk).digest()
    wrong = base64.b64encode(digest[:-1] + b"x").decode()
    assert browser.patch(path, 0, chunk, upload_checksum=f"{algorithm} {wrong}").status == 460
    assert browser.offset(path) == 0
    assert list(store().list()) == []
    right = base64.b64encode(digest).decode()
    assert browser.patch(path, 0, chunk, upload_checksum=f"{algorithm} {right}").status == 204


@pytest.mark.parametrize("checksum", ["md5 AAAA", "sha1", "sha1 !", "", "sha1 "])
def test_a_checksum_that_cannot_be_used_is_refused(browser, path, checksum):
    assert browser.patch(path, 0, CONTENT[:MIB], upload_checksum=checksum).status == 400


def test_a_stranger_is_asked_to_sign_in(path):
    stranger = Visitor({}, {"x-csrftoken": "c" * 32})
    for method in ("HEAD", "PATCH", "DELETE"):
        assert stranger.tus(method, path, upload_offset=0).status == 401
    assert stranger.begin(5, kind="attachment").status == 401


def test_a_request_without_the_token_or_from_another_site_is_refused(browser, path):
    for forged in (
        {"x_csrftoken": None},
        {"x_csrftoken": "d" * 32},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ):
        for method in ("PATCH", "DELETE", "POST"):
            reply = browser.tus(method, path, upload_offset=0, **forged)
            assert (reply.status, reply.problem["code"]) == (403, "forged")
    assert browser.offset(path) == 0


def test_a_browser_without_the_cookie_of_the_token_is_refused(browser, path):
    browser.cookies.pop("csrf")
    assert browser.patch(path, 0, CONTENT[:MIB]).status == 403


def test_another_host_is_not_answered(browser, path):
    assert browser.tus("HEAD", path, host="evil.example").status == 400


def test_another_version_of_tus_is_not_spoken(browser, path):
    for version in ("0.2.2", None):
        reply = browser.tus("HEAD", path, tus_resumable=version)
        assert (reply.status, reply.headers["tus-version"]) == (412, "1.0.0")


def test_a_chunk_of_another_media_type_is_refused(browser, path):
    assert browser.patch(path, 0, CONTENT[:MIB], content_type="application/json").status == 415


def test_other_methods_are_refused(browser, path):
    assert browser.tus("GET", path).status == 405
    assert browser.tus("PUT", path).status == 405
    assert browser.tus("GET", "/api/v1/uploads").status == 405


def test_an_answer_can_neither_run_nor_be_kept(browser, path):
    headers = browser.tus("HEAD", path).headers
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_an_upload_never_stands_behind_its_end_nor_is_complete_before_it(path):
    for change in ({"offset_bytes": len(CONTENT) + 1}, {"offset_bytes": -1}, {"completed_at": now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Upload.objects.update(**change)


def test_a_place_does_not_show_its_key(browser, path, alice):
    place = actions.begin_chunk(by=alice.actor, upload_id=object_of(path).id, offset_bytes=0)
    assert repr(place.data_key) not in repr(place)
