"""Alice's attachment is read by those in the conversation: whole, in ranges, as a file that cannot run."""

import os
from uuid import UUID

import pytest

from audit.events import Event
from medicus.lib.ids import new_id
from storage.errors import Damaged
from storage.models import ObjectOpening, ObjectPart, StoredObject
from storage.objects import sealed, store
from storage.ranges import RangeNotSatisfiable, parse_range
from storage.states import ObjectKind, ObjectState
from tests.storage.asgi import Visitor
from tests.storage.log import recorded
from tests.storage.rooms import MIB, Rooms

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = os.urandom(3 * MIB + 21)
SIZE = len(CONTENT)


@pytest.fixture
def room(rooms: Rooms, alice, bob) -> UUID:
    """A conversation of Alice and Bob."""
    room = new_id()
    rooms.members[room] |= {alice.person.id, bob.person.id}
    return room


@pytest.fixture
def address(alice, room, settings, tmp_path) -> str:
    settings.VAR_DIR = tmp_path
    return attach(alice, room)


def attach(member, room: UUID) -> str:
    browser = Visitor.of(member)
    path = browser.begin(SIZE, kind="attachment", group=room).headers["location"]
    assert browser.patch(path, 0, CONTENT[: 2 * MIB]).status == 204
    assert browser.patch(path, 2 * MIB, CONTENT[2 * MIB :]).status == 204
    return path.replace("uploads", "attachments")


def object_at(address: str) -> StoredObject:
    return StoredObject.objects.get(id=address.rsplit("/", 1)[1])


def test_both_in_the_conversation_read_it_whole(address, alice, bob):
    for member in (alice, bob):
        reply = Visitor.of(member).ask("GET", address)
        assert (reply.status, reply.body == CONTENT, reply.ended) == (200, True, True)


def test_the_same_on_every_store(alice, bob, room, configured_store):
    assert Visitor.of(bob).ask("GET", attach(alice, room)).body == CONTENT


def test_it_is_a_file_to_save_and_can_neither_run_nor_be_cached(address, bob):
    headers = Visitor.of(bob).ask("GET", address).headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == "attachment"
    assert headers["content-length"] == str(SIZE)
    assert headers["accept-ranges"] == "bytes"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"


RANGES = [
    ("bytes=0-0", 0, 1), ("bytes=10-19", 10, 10), (f"bytes={2 * MIB - 5}-{2 * MIB + 4}", 2 * MIB - 5, 10),
    ("bytes=-7", SIZE - 7, 7), (f"bytes={SIZE - 1}-", SIZE - 1, 1), ("bytes=5-99999999999", 5, SIZE - 5),
    (f"bytes=-{SIZE + 5}", 0, SIZE),
]  # fmt: skip


@pytest.mark.parametrize(("header", "start", "length"), RANGES)
def test_a_range_is_the_slice(address, bob, header, start, length):
    reply = Visitor.of(bob).ask("GET", address, range=header)
    assert reply.status == 206
    assert reply.headers["content-range"] == f"bytes {start}-{start + length - 1}/{SIZE}"
    assert reply.headers["content-length"] == str(length)
    assert reply.body == CONTENT[start : start + length]


@pytest.mark.parametrize(
    "header", ["bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=5-4", "bytes=a-b", "", "x"]
)
def test_what_is_not_one_range_of_bytes_is_answered_with_the_whole(header):
    found = parse_range(header, SIZE)
    assert (found.start, found.length, found.partial) == (0, SIZE, False)


@pytest.mark.parametrize("header", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(address, bob, header):
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, SIZE)
    reply = Visitor.of(bob).ask("GET", address, range=header)
    assert (reply.status, reply.headers["content-range"]) == (416, f"bytes */{SIZE}")


def test_head_tells_the_size_and_sends_nothing(address, bob):
    reply = Visitor.of(bob).ask("HEAD", address)
    assert (reply.status, reply.headers["content-length"], reply.body) == (200, str(SIZE), b"")


def test_nobody_else_can_tell_it_from_one_that_does_not_exist(address, charlie, adam):
    absent = f"/api/v1/attachments/{new_id()}"
    for member in (charlie, adam):
        theirs, nothing = Visitor.of(member).ask("GET", address), Visitor.of(member).ask("GET", absent)
        assert (theirs.status, theirs.headers, theirs.body) == (404, nothing.headers, nothing.body)


def test_who_left_the_conversation_reads_it_no_more(address, bob, rooms, room):
    assert Visitor.of(bob).ask("GET", address).status == 200
    rooms.members[room].discard(bob.person.id)
    assert Visitor.of(bob).ask("GET", address).status == 404


def test_a_stranger_is_asked_to_sign_in(address):
    assert Visitor({}).ask("GET", address).status == 401


def test_an_attachment_cannot_be_changed(address, alice):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert Visitor.of(alice).ask(method, address).status == 405


def test_an_unfinished_or_shredded_attachment_does_not_exist(address, alice, room):
    browser = Visitor.of(alice)
    begun = (
        browser.begin(SIZE, kind="attachment", group=room)
        .headers["location"]
        .replace("uploads", "attachments")
    )
    assert browser.ask("GET", begun).status == 404
    sealed.shred(object_at(address))
    assert browser.ask("GET", address).status == 404


def test_a_finding_is_not_given_out_here(address, alice):
    finding = sealed.write(
        organisation_id=alice.organisation.id, kind=ObjectKind.FINDING, chunks=[b"x"], state=ObjectState.CLEAN
    )
    assert Visitor.of(alice).ask("GET", f"/api/v1/attachments/{finding.id}").status == 404


def test_many_ranges_are_one_opening_for_both_hospitals(address, alice, bob):
    browser = Visitor.of(bob)
    for start in range(0, SIZE, MIB):
        assert browser.ask("GET", address, range=f"bytes={start}-{start + MIB - 1}").status == 206
    subject = f"attachment/{object_at(address).id}"
    assert recorded(Event.ATTACHMENT_READ) == [
        (subject, bob.person.id, bob.organisation.id),
        (subject, bob.person.id, alice.organisation.id),
    ]


def test_at_home_an_opening_is_recorded_once(address, alice):
    Visitor.of(alice).ask("GET", address)
    subject = f"attachment/{object_at(address).id}"
    assert recorded(Event.ATTACHMENT_READ) == [(subject, alice.person.id, alice.organisation.id)]


def test_what_cannot_be_recorded_is_not_given_out(address, bob, monkeypatch):
    def fails(*_args, **_options):
        raise RuntimeError("the log is away")

    monkeypatch.setattr("audit.actions.record", fails)
    reply = Visitor.of(bob).ask("GET", address)
    assert (reply.status, reply.problem["code"]) == (500, "internal-error")
    assert not ObjectOpening.objects.exists()


def test_damage_at_the_begin_is_a_clear_answer(address, bob):
    _damage(ObjectPart.objects.order_by("start_bytes")[0].store_key, 100)
    reply = Visitor.of(bob).ask("GET", address)
    assert (reply.status, reply.problem["code"]) == (500, "damaged")
    assert "damaged in the object store" in reply.problem["detail"]


def test_damage_on_the_way_cuts_the_answer_and_never_ends_it_well(address, bob):
    _damage(ObjectPart.objects.order_by("start_bytes")[0].store_key, MIB + 100)
    wanted = CONTENT[: MIB - 56]
    with pytest.raises(Damaged):
        Visitor.of(bob).ask("GET", address)
    assert Visitor.of(bob).ask("GET", address, range=f"bytes=0-{len(wanted) - 1}").body == wanted


def _damage(store_key: str, position: int) -> None:
    found = store().stat(store_key)
    assert found
    content = bytearray(b"".join(store().get_range(store_key, 0, found.size_bytes)))
    content[position] ^= 1
    store().delete(store_key)
    store().put_stream(store_key, [bytes(content)])
