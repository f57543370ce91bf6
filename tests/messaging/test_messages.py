"""Messages and entries through the API that Django answers; the lane has the same rules (`test_lane`)."""

import base64

import pytest
from django.db import IntegrityError, transaction

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from messaging.models import Entry, Group
from tests.messaging import forge
from tests.messaging.rooms import Room


def refusal(answer):
    return answer.status_code, answer.json()["code"], answer.json().get("reason")


def test_alice_sends_and_bob_reads_exactly_what_she_sent(room: Room, alice, bob):
    message = room.message()
    answer = alice.api.post(f"{room.path}/messages", message)
    assert answer.status_code == 201
    sent = answer.json()
    (entry,) = room.entries(bob, since=1).json()["entries"]
    assert entry == {
        "seq": 2,
        "id": message["id"],
        "kind": "application",
        "epoch": 1,
        "sender_device": str(alice.device.id),
        "sender_person": str(alice.person.id),
        "body": message["body"],
        "at": sent["at"],
    }
    assert sent["seq"] == 2
    assert sent["at"].endswith("Z")


def test_the_own_entries_are_read_too(room: Room, alice):
    room.post(alice)
    assert [entry["seq"] for entry in room.entries(alice).json()["entries"]] == [1, 2]


def test_a_message_is_recorded_without_a_word_of_it(room: Room, alice):
    message = room.message()
    alice.api.post(f"{room.path}/messages", message)
    (event,) = AuditEvent.objects.filter(event=Event.MESSAGE_ACCEPT)
    assert event.organisation_id == alice.organisation.id
    assert str(room.id).encode() in bytes(event.canonical)
    assert message["body"].encode() not in bytes(event.canonical)


def test_the_same_message_again_gets_the_same_answer(room: Room, alice):
    message = room.message()
    first, second = (alice.api.post(f"{room.path}/messages", message) for _ in range(2))
    assert first.json() == second.json()
    assert Entry.objects.filter(message_id=message["id"]).count() == 1
    assert AuditEvent.objects.filter(event=Event.MESSAGE_ACCEPT).count() == 1


def test_the_same_message_again_is_answered_even_after_the_epoch_has_changed(room: Room, alice, bob):
    message = room.message()
    first = bob.api.post(f"{room.path}/messages", message)
    room.post_commit(alice)
    assert bob.api.post(f"{room.path}/messages", message).json() == first.json()


def test_the_same_id_with_another_body_is_refused(room: Room, alice, bob):
    message = room.message()
    alice.api.post(f"{room.path}/messages", message)
    other = room.message(id=message["id"])
    assert refusal(alice.api.post(f"{room.path}/messages", other)) == (409, "id-reused", None)
    assert refusal(bob.api.post(f"{room.path}/messages", message)) == (409, "id-reused", None)


def test_the_same_id_in_another_group_is_another_message(room: Room, alice):
    from tests.messaging.rooms import make_room

    message = room.message()
    alice.api.post(f"{room.path}/messages", message)
    other = make_room(alice)
    again = other.message(id=message["id"])
    assert alice.api.post(f"{other.path}/messages", again).status_code == 201


def test_a_message_of_another_epoch_is_stale(room: Room, alice):
    answer = room.post(alice, epoch=0)
    assert (answer.status_code, answer.json()["code"], answer.json()["epoch"]) == (409, "stale-epoch", 1)
    assert room.post(alice, epoch=2).status_code == 409
    assert room.post(alice, epoch=2**62).status_code == 409


def test_the_envelope_must_say_the_same_as_the_request(room: Room, alice):
    foreign = room.message(content=forge.application(new_id(), 1))
    assert refusal(alice.api.post(f"{room.path}/messages", foreign)) == (
        400,
        "envelope-refused",
        "foreign-group",
    )
    past = room.message(content=forge.application(room.id, 0))
    assert refusal(alice.api.post(f"{room.path}/messages", past)) == (
        400,
        "envelope-refused",
        "epoch-mismatch",
    )
    commit = room.message(content=forge.commit(room.id, 1, 0))
    assert refusal(alice.api.post(f"{room.path}/messages", commit))[2] == "wrong-wire-format"
    huge = room.message(content=forge.application(room.id, 1, 65_500))
    assert alice.api.post(f"{room.path}/messages", huge).status_code == 400


def test_an_outsider_neither_sends_nor_reads(room: Room, charlie, equipped):
    equipped(charlie)
    assert room.post(charlie).status_code == 404
    assert room.entries(charlie).status_code == 404
    absent = charlie.api.get(f"/api/v1/groups/{new_id()}/entries")
    assert absent.content == room.entries(charlie).content


def test_without_a_device_nobody_sends_or_reads(room: Room, charlie):
    assert refusal(room.post(charlie)) == (409, "device-needed", None)
    assert refusal(room.entries(charlie)) == (409, "device-needed", None)


def test_a_revoked_device_neither_sends_nor_reads(room: Room, bob):
    bob.api.post(f"/api/v1/devices/{bob.device.id}/revoke")
    assert room.post(bob).status_code == 409
    assert room.entries(bob).status_code == 409
    from medicus.lib.errors import NotFound
    from messaging.access import read

    with pytest.raises(NotFound):  # and its leaf has no rights of its own
        read(by=bob.actor, group_id=room.id, since=0, limit=10)


def test_entries_come_in_pages(room: Room, alice, bob):
    for _ in range(5):
        room.post(alice)
    first = room.entries(bob, since=1, limit=2).json()
    assert [entry["seq"] for entry in first["entries"]] == [2, 3]
    assert first["last_seq"] == 6
    rest = room.entries(bob, since=3).json()
    assert [entry["seq"] for entry in rest["entries"]] == [4, 5, 6]


def test_a_page_ends_when_it_grows_large(room: Room, alice, bob, monkeypatch):
    monkeypatch.setattr("messaging.access.stream.PAGE_BYTES", 150_000)
    for _ in range(4):
        room.post(alice, content=forge.application(room.id, 1, 60_000))
    page = room.entries(bob, since=1).json()
    assert [entry["seq"] for entry in page["entries"]] == [2, 3]
    monkeypatch.setattr("messaging.access.stream.PAGE_BYTES", 10)
    assert [entry["seq"] for entry in room.entries(bob, since=1).json()["entries"]] == [2]


@pytest.mark.parametrize("query", ["since=-1", "limit=0", "limit=1001", "since=x", f"since={2**63}"])
def test_a_page_that_cannot_be_is_refused(room: Room, bob, query):
    answer = bob.api.get(f"{room.path}/entries?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_reading_a_page_takes_few_queries(room: Room, alice, bob, django_assert_max_num_queries):
    for _ in range(10):
        room.post(alice)
    with django_assert_max_num_queries(6):
        room.entries(bob)


@pytest.mark.parametrize(
    "changes",
    [{"seq": 0}, {"seq": 1}, {"body": b""}, {"body": bytes(300_000)}, {"message_id": "first"}],
    ids=["seq from 1", "seq once", "empty", "too large", "id once"],
)
def test_the_database_itself_holds_what_an_entry_must_be(room: Room, alice, changes):
    first = Entry.objects.get(group=room.id, seq=1)
    values = {"seq": 2, "message_id": new_id(), "body": b"x"} | changes
    if values["message_id"] == "first":
        values["message_id"] = first.message_id
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            group_id=room.id,
            kind="application",
            epoch=1,
            device=alice.device,
            person=alice.person,
            at=now(),
            **values,
        )


def test_the_database_itself_keeps_the_counter_ahead_of_the_epoch(room: Room):
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.filter(id=room.id).update(epoch=5)


def test_what_went_in_comes_out_byte_for_byte(room: Room, alice, bob):
    content = forge.application(room.id, 1, 30_000)
    room.post(alice, content=content)
    (entry,) = room.entries(bob, since=1).json()["entries"]
    assert base64.b64decode(entry["body"]) == content
