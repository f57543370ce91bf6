"""Alice sends attachments and findings by tus: whole, cut, twice, too large, and into what is not hers."""

import asyncio
import base64
import hashlib
import os
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync

from audit.events import Event
from medicus.lib import callbacks
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Invalid
from medicus.lib.ids import new_id
from storage.errors import StoreAway
from storage.models import ObjectPart, Upload
from storage.objects import sealed, store
from storage.states import ObjectState
from storage.uploads import actions, receiving
from storage.uploads.tus import CHUNK_TYPE
from tests.storage.asgi import Visitor, Wire, frames
from tests.storage.log import recorded
from tests.storage.rooms import CONTENT, MARKER, MIB, object_of, send_rest, stored_everywhere, whole

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_file_in_chunks_arrives_whole_and_the_store_holds_noise(browser, path, alice):
    assert send_rest(browser, path) == 3
    assert browser.offset(path) == len(CONTENT)
    assert object_of(path).state == ObjectState.CLEAN
    assert whole(path) == CONTENT
    assert MARKER not in stored_everywhere()
    assert recorded(Event.ATTACHMENT_STORE) == [
        (f"attachment/{object_of(path).id}", alice.person.id, alice.organisation.id)
    ]


def test_the_same_works_on_every_store(alice, room, configured_store):
    browser = Visitor.of(alice)
    path = browser.begin(len(CONTENT), kind="attachment", group=room).headers["location"]
    send_rest(browser, path)
    assert whole(path) == CONTENT


def test_the_answers_say_what_tus_wants(browser, path):
    made = browser.tus("HEAD", path).headers
    assert made["tus-resumable"] == "1.0.0"
    assert made["upload-length"] == str(len(CONTENT))
    assert made["upload-offset"] == "0"
    assert made["cache-control"] == "no-store"
    assert made["upload-expires"].endswith("GMT")
    assert base64.b64encode("Müller.pdf".encode()).decode() in made["upload-metadata"]
    assert browser.patch(path, 0, CONTENT[: 2 * MIB]).headers["upload-offset"] == str(2 * MIB)


def test_options_tell_what_the_server_can(browser):
    headers = browser.ask("OPTIONS", "/api/v1/uploads").headers
    assert headers["tus-version"] == "1.0.0"
    assert headers["tus-extension"] == "creation,expiration,termination,checksum"
    assert headers["tus-max-size"] == str(2 * 1024**3)
    assert headers["tus-checksum-algorithm"] == "sha1,sha256"


def test_the_name_of_a_file_is_not_in_the_database_in_plaintext(path):
    row = Upload.objects.get()
    assert b"Muller" not in bytes(row.sealed_metadata)
    assert base64.b64encode("Müller.pdf".encode()) not in bytes(row.sealed_metadata)


def test_a_chunk_that_is_cut_at_half_is_resumed_from_what_arrived(browser, path):
    assert browser.patch(path, 0, CONTENT[: 3 * MIB + 17], cut=True)
    assert browser.offset(path) == 3 * MIB + 17
    send_rest(browser, path)
    assert whole(path) == CONTENT


def test_a_chunk_that_is_cut_at_once_stores_nothing(browser, path):
    browser.patch(path, 0, CONTENT[: MIB - 1], cut=True)
    assert browser.offset(path) == 0
    assert list(store().list()) == []


def test_a_cut_chunk_with_a_checksum_stores_nothing(browser, path):
    digest = base64.b64encode(hashlib.sha256(CONTENT[: 8 * MIB]).digest()).decode()
    browser.patch(path, 0, CONTENT[: 4 * MIB], cut=True, upload_checksum=f"sha256 {digest}")
    assert browser.offset(path) == 0


def test_a_sender_who_falls_silent_is_cut(browser, path, monkeypatch):
    monkeypatch.setattr(receiving, "SILENCE_SECONDS", 0.05)
    wire = Wire(frames(CONTENT[: 2 * MIB]))
    wire._messages[-1]["more_body"] = True
    headers = {"tus-resumable": "1.0.0", "content-type": CHUNK_TYPE, "upload-offset": 0}
    async_to_sync(browser.sends)("PATCH", path, wire, **headers)
    assert browser.offset(path) == 2 * MIB


def test_a_chunk_that_is_sent_again_is_not_stored_again(browser, path):
    assert browser.patch(path, 0, CONTENT[:MIB]).status == 204
    assert browser.patch(path, 0, CONTENT[:MIB]).status == 409
    assert browser.offset(path) == MIB


def test_of_two_chunks_at_once_one_is_stored_whole(browser, path):
    """Both have passed the check of the offset before either has arrived."""
    first, second = CONTENT[: 2 * MIB], os.urandom(2 * MIB)

    async def both() -> list[int]:
        barrier = asyncio.Barrier(2)
        wires = [Wire(frames(content), barrier=barrier) for content in (first, second)]
        headers = {"tus_resumable": "1.0.0", "content_type": CHUNK_TYPE, "upload_offset": 0}
        replies = await asyncio.gather(*(browser.sends("PATCH", path, wire, **headers) for wire in wires))
        return [reply.status for reply in replies]

    statuses = async_to_sync(both)()
    assert sorted(statuses) == [204, 409]
    assert browser.offset(path) == 2 * MIB
    assert ObjectPart.objects.count() == 1
    assert len(list(store().list())) == 1
    send_rest(browser, path)
    assert whole(path) == (first if statuses[0] == 204 else second) + CONTENT[2 * MIB :]


def test_an_empty_chunk_changes_nothing(browser, path):
    reply = browser.patch(path, 0, b"")
    assert (reply.status, reply.headers["upload-offset"]) == (204, "0")


def test_the_last_chunk_may_be_small_others_not(browser, path):
    assert browser.patch(path, 0, CONTENT[: MIB - 1]).status == 400
    assert browser.offset(path) == 0
    for offset in (0, 8 * MIB):
        browser.patch(path, offset, CONTENT[offset : offset + 8 * MIB])
    assert browser.patch(path, 16 * MIB, CONTENT[16 * MIB : 20 * MIB]).status == 204
    assert browser.patch(path, 20 * MIB, CONTENT[20 * MIB :]).status == 204
    assert whole(path) == CONTENT


def test_who_leaves_the_conversation_does_not_complete_the_upload(browser, path, rooms, room, alice):
    browser.patch(path, 0, CONTENT[: 8 * MIB])
    browser.patch(path, 8 * MIB, CONTENT[8 * MIB : 16 * MIB])
    rooms.members[room].clear()
    assert browser.patch(path, 16 * MIB, CONTENT[16 * MIB :]).status == 404
    assert object_of(path).state == ObjectState.RECEIVING
    assert browser.offset(path) == 16 * MIB
    assert len(list(store().list())) == 2


def test_a_finding_waits_in_quarantine_and_its_owner_hears_of_it(browser, rooms, alice):
    patient = new_id()
    rooms.patients[patient] = alice.organisation.id
    path = browser.begin(len(CONTENT), kind="finding", patient=patient, name="ct.dcm").headers["location"]
    send_rest(browser, path)
    finding = object_of(path)
    assert finding.state == ObjectState.QUARANTINE
    assert rooms.completed == [
        {
            "kind": "finding",
            "object_id": finding.id,
            "by": alice.actor,
            "metadata": {"kind": "finding", "patient": str(patient), "name": "ct.dcm"},
        }
    ]
    assert recorded(Event.ATTACHMENT_STORE) == []
    assert b"".join(sealed.read_quarantined(finding)) == CONTENT


def test_who_refuses_a_complete_upload_leaves_it_incomplete(browser, path, monkeypatch):
    def refuses(**_arguments):
        raise Invalid("no")

    monkeypatch.setitem(callbacks._registered, "upload-complete", [refuses])
    for offset in (0, 8 * MIB):
        browser.patch(path, offset, CONTENT[offset : offset + 8 * MIB])
    assert browser.patch(path, 16 * MIB, CONTENT[16 * MIB :]).status == 400
    assert browser.offset(path) == 16 * MIB
    assert object_of(path).state == ObjectState.RECEIVING
    assert len(list(store().list())) == 2


def test_an_upload_that_was_ended_is_gone_with_its_bytes(browser, path):
    browser.patch(path, 0, CONTENT[: 2 * MIB])
    assert browser.tus("DELETE", path).status == 204
    assert browser.tus("HEAD", path).status == 404
    assert browser.tus("DELETE", path).status == 404
    assert list(store().list()) == []
    assert object_of(path).state == ObjectState.SHREDDED
    assert object_of(path).wrapped_key is None


def test_a_whole_upload_cannot_be_ended_any_more(browser, path):
    send_rest(browser, path)
    assert browser.tus("DELETE", path).status == 404
    assert whole(path) == CONTENT


def test_an_untouched_upload_expires_after_a_day(browser, path):
    browser.patch(path, 0, CONTENT[: 2 * MIB])
    assert actions.expire(by=SYSTEM) == 0
    Upload.objects.update(expires_at=now() - timedelta(seconds=1))
    assert browser.tus("HEAD", path).status == 404
    assert actions.expire(by=SYSTEM) == 1
    assert list(store().list()) == []
    assert object_of(path).state == ObjectState.SHREDDED
    assert not Upload.objects.exists()


def test_the_memory_of_a_whole_upload_expires_but_not_its_object(browser, path):
    send_rest(browser, path)
    Upload.objects.update(expires_at=now() - timedelta(seconds=1))
    assert actions.expire(by=SYSTEM) == 1
    assert not Upload.objects.exists()
    assert whole(path) == CONTENT


def test_each_chunk_gives_the_upload_another_day(browser, path):
    Upload.objects.update(expires_at=now() + timedelta(minutes=1))
    browser.patch(path, 0, CONTENT[:MIB])
    assert Upload.objects.get().expires_at > now() + timedelta(hours=23)


def test_a_store_that_is_away_loses_nothing(browser, path, monkeypatch):
    browser.patch(path, 0, CONTENT[: 8 * MIB])

    class Away:
        def put_stream(self, key, chunks):
            raise StoreAway("unplugged")

    monkeypatch.setattr(actions, "store", Away)
    reply = browser.patch(path, 8 * MIB, CONTENT[8 * MIB : 16 * MIB])
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")
    assert reply.problem["detail"] == "The object store does not answer. Nothing was lost; please try again."
    monkeypatch.setattr(actions, "store", store)
    send_rest(browser, path)
    assert whole(path) == CONTENT


def test_a_post_may_stand_for_a_method_that_a_proxy_does_not_let_through(browser, path):
    reply = browser.tus(
        "POST",
        path,
        frames(CONTENT[:MIB]),
        x_http_method_override="PATCH",
        upload_offset=0,
        content_type=CHUNK_TYPE,
    )
    assert reply.status == 204
    assert browser.tus("GET", path, x_http_method_override="DELETE").status == 405
