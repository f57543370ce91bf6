"""Patients at the socket and at the doors in front of Django."""

import pytest

from messaging.live.outbox import SIGNED_OUT
from storage import actions
from tests.cast import Member
from tests.messaging.living import following, in_thread, sending, write
from tests.messaging.rooms import Room, make_room
from tests.messaging.sockets import Socket
from tests.patients import connected, make_patient_case
from tests.storage.asgi import Visitor
from tests.storage.folders import folder_of

MIB = 1024 * 1024


@pytest.fixture
def record(alice: Member, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return folder_of(alice)


@pytest.fixture
def erika(alice: Member, record) -> Member:
    found = connected(alice, record)
    for one in (alice, found):
        one.add_device()
    return found


@pytest.fixture
def case(alice: Member, erika: Member, record) -> Room:
    return make_patient_case(alice, record, erika)


@pytest.mark.usefixtures("async_db")
async def test_she_hears_and_sends_over_her_socket_until_her_access_ends(live, case, alice, erika, record):
    async with Socket(erika) as socket:
        await following(socket, case)
        await write(live, alice, case)
        assert [entry["seq"] for entry in await socket.hear_entries(1)] == [2]
        socket.say(**sending(case))
        assert (await socket.hear("sent"))["seq"] == 3
        await in_thread(
            actions.end_patient_access, by=alice.actor, patient_id=record.patient_id, reason="patients-wish"
        )
        assert await socket.closed() == SIGNED_OUT
    async with Socket(erika) as again:
        assert await again.closed() == SIGNED_OUT


@pytest.mark.usefixtures("async_db")
async def test_a_conversation_that_she_is_not_in_stays_silent(live, case, alice, erika):
    other = await in_thread(make_room, alice)
    async with Socket(erika) as socket:
        await socket.hear("ready")
        socket.resume(other)
        assert (await socket.hear())["op"] == "refused"
        await write(live, alice, other)
        assert await socket.silent()
        socket.say(**sending(other))
        assert (await socket.hear("refused"))["problem"]["code"] == "not-found"


@pytest.mark.django_db(transaction=True)
def test_she_puts_files_into_her_case_and_nowhere_else(case, alice, erika, record):
    browser = Visitor.of(erika)
    begun = browser.begin(5, kind="attachment", group=case.id)
    assert begun.status == 201
    path = begun.headers["location"]
    assert browser.patch(path, 0, b"hello").status == 204
    attachment = f"/api/v1/attachments/{path.rpartition('/')[2]}"
    for one in (alice, erika):
        assert Visitor.of(one).ask("GET", attachment).status == 200
    other = make_room(alice)
    assert browser.begin(5, kind="attachment", group=other.id).status == 404
    assert browser.begin(5, kind="finding", patient=record.patient_id).status == 404
    assert Visitor.of(alice).begin(5, kind="finding", patient=record.patient_id).status == 201
