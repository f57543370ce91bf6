"""Real processes: uvicorn with PostgreSQL and Redis as in production, daphne with SQLite on one machine."""

import asyncio
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.messaging.clients import follow, hear, hear_entries, message, open_socket, request, send
from tests.messaging.processes import seed, start_migrated_postgres, start_web
from tests.services import Service, start_redis

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("processes")


@pytest.fixture(scope="module")
def postgres(folder: Path) -> Iterator[Service]:
    service = start_migrated_postgres(folder / "postgres")
    yield service
    service.stop()


@pytest.fixture(scope="module")
def redis(folder: Path) -> Iterator[Service]:
    service = start_redis(folder / "redis")
    yield service
    service.stop()


@pytest.fixture(scope="module")
def rooms(folder: Path, postgres: Service) -> Iterator[dict[str, Any]]:
    """Rooms of their own for every test here: each takes the next one."""
    return iter(seed(folder, 12, 3, database_url=postgres.url)["rooms"])


@pytest.fixture
def room(rooms: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return next(rooms)


@pytest.fixture(scope="module")
def quiet_room(rooms: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """One for everything that changes nothing."""
    return next(rooms)


@pytest.fixture(scope="module")
def pair(folder: Path, rooms: object, postgres: Service, redis: Service) -> Iterator[list[Service]]:
    """Two web processes that share a database and Redis."""
    started = [start_web(folder, database_url=postgres.url, redis_url=redis.url) for _ in range(2)]
    yield started
    for service in started:
        service.stop()


async def close_code(socket: Any, seconds: float = 10) -> int:
    async with asyncio.timeout(seconds):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


# One process


async def test_alice_and_bob_talk_over_the_network(pair, room):
    url = pair[0].url
    alice, bob, _ = room["members"]
    async with open_socket(url, alice["session"]) as hers, open_socket(url, bob["session"]) as his:
        assert await hear(hers, "ready") == {"op": "ready", "device": alice["device"]}
        await follow(his, room, 1)
        sent = await send(hers, room)
        (entry,) = await hear_entries(his, 1)
        assert (entry["id"], entry["seq"], entry["at"]) == (sent["id"], sent["seq"], sent["at"])


async def test_who_is_not_signed_in_is_closed_with_4401(pair):
    async with open_socket(pair[0].url, "nobody") as socket:
        assert await close_code(socket) == 4401


async def test_a_page_of_another_site_gets_no_socket(pair, quiet_room):
    with pytest.raises(InvalidStatus) as refused:
        async with open_socket(
            pair[0].url, quiet_room["members"][0]["session"], origin="https://evil.example"
        ):
            pass
    assert refused.value.response.status_code == 403


async def test_a_message_is_posted_past_django_and_heard(pair, room):
    url = pair[0].url
    alice, bob, _ = room["members"]
    async with open_socket(url, bob["session"]) as his:
        await follow(his, room, 1)
        posted = message(room)
        status, answer = await request(
            url, "POST", f"/api/v1/groups/{room['id']}/messages", alice["session"], posted
        )
        (entry,) = await hear_entries(his, 1)
        assert (status, answer) == (201, {"seq": entry["seq"], "at": entry["at"]})
        again = await request(url, "POST", f"/api/v1/groups/{room['id']}/messages", alice["session"], posted)
        assert again == (status, answer)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"session": "nobody"}, (401, "unauthenticated")),
        ({"X_CSRFToken": None}, (403, "forged")),
        ({"X_CSRFToken": "x" * 32}, (403, "forged")),
        ({"Origin": "https://evil.example"}, (403, "forged")),
        ({"Host": "evil.example"}, (403, "forged")),
        ({"method": "PUT"}, (405, "method-not-allowed")),
        ({"body": "no message"}, (400, "invalid")),
        ({"body": {"id": "x"}}, (400, "invalid")),
        ({"body": {"body": "x" * 200_000}}, (413, "too-large")),
    ],
)
async def test_what_may_not_be_posted(pair, quiet_room, changes, expected):
    session = changes.pop("session", quiet_room["members"][0]["session"])
    body = changes.pop("body", None) or message(quiet_room)
    method = changes.pop("method", "POST")
    path = f"/api/v1/groups/{quiet_room['id']}/messages"
    status, answer = await request(pair[0].url, method, path, session, body, **changes)
    assert (status, answer["code"]) == expected


async def test_a_refusal_speaks_the_language_of_its_sender(pair, quiet_room):
    stale = message(quiet_room | {"epoch": 0})
    path = f"/api/v1/groups/{quiet_room['id']}/messages"
    session = quiet_room["members"][0]["session"]
    titles = []
    for language in ("de", "en"):
        status, answer = await request(pair[0].url, "POST", path, session, stale, Accept_Language=language)
        assert (status, answer["code"], answer["epoch"]) == (409, "stale-epoch", 1)
        titles.append(answer["title"])
    assert titles[1] == "The conversation has moved on"
    assert titles[0] != titles[1]


async def test_a_revoked_device_is_put_out_of_every_process(pair, room):
    member = room["members"][2]
    async with (
        open_socket(pair[0].url, member["session"]) as one,
        open_socket(pair[1].url, member["session"]) as two,
    ):
        await follow(one, room, 1)
        await follow(two, room, 1)
        path = f"/api/v1/devices/{member['device']}/revoke"
        status, _ = await request(pair[0].url, "POST", path, member["session"])
        assert status == 200
        assert [await close_code(socket, 5) for socket in (one, two)] == [4401, 4401]
    path = f"/api/v1/groups/{room['id']}/messages"
    status, _ = await request(pair[0].url, "POST", path, member["session"], message(room))
    assert status in (404, 409)


async def test_whoever_signs_out_is_put_out_within_five_seconds(pair, room):
    member = room["members"][1]
    async with open_socket(pair[1].url, member["session"]) as socket:
        await follow(socket, room, 1)
        status, _ = await request(
            pair[0].url,
            "POST",
            "/sign-out/",
            member["session"],
            Content_Type="application/x-www-form-urlencoded",
        )
        assert status == 302
        assert await close_code(socket, 5.5) == 4401


async def test_a_reader_that_does_not_read_is_cut_and_catches_up(pair, room):
    url = pair[0].url
    alice, bob, _ = room["members"]
    async with (
        open_socket(url, alice["session"]) as hers,
        open_socket(url, bob["session"], max_queue=1) as his,
    ):
        await follow(his, room, 1)
        for _ in range(260):  # 20 MB: more than the outbox and the buffers of the network
            await send(hers, room, size_bytes=60_000)
        assert await close_code(his, 30) in (4408, 1006)
    async with open_socket(url, bob["session"]) as again:
        await again.send(json.dumps({"op": "resume", "groups": {room["id"]: 1}}))
        entries = await hear_entries(again, 260, 30)
        assert [entry["seq"] for entry in entries] == list(range(2, 262))


# Two processes


async def test_messages_of_two_processes_are_heard_by_all_in_one_order(pair, room):
    alice, bob, carl = room["members"]
    async with (
        open_socket(pair[0].url, alice["session"]) as hers,
        open_socket(pair[1].url, bob["session"]) as his,
        open_socket(pair[0].url, carl["session"]) as one,
        open_socket(pair[1].url, carl["session"]) as two,
    ):
        await follow(one, room, 1)
        await follow(two, room, 1)

        async def talk(socket: Any) -> None:
            for _ in range(100):
                await send(socket, room)

        heard = asyncio.gather(hear_entries(one, 200), hear_entries(two, 200))
        await asyncio.gather(talk(hers), talk(his))
        first, second = await heard  # well before the slow poll
        assert first == second
        assert [entry["seq"] for entry in first] == list(range(2, 202))


async def test_without_redis_sending_works_and_the_slow_poll_carries_it(pair, room, redis):
    alice, bob, _ = room["members"]
    async with (
        open_socket(pair[0].url, alice["session"]) as hers,
        open_socket(pair[1].url, bob["session"]) as his,
    ):
        await follow(his, room, 1)
        redis.kill()
        await send(hers, room)
        assert [entry["seq"] for entry in await hear_entries(his, 1, 20)] == [2]
        redis.start()
        async with asyncio.timeout(40):
            while not await _arrives_at_once(hers, his, room):
                pass


async def _arrives_at_once(hers: Any, his: Any, room: dict[str, Any]) -> bool:
    """Whether a message comes through faster than the slow poll could bring it, three times in a row."""
    for _ in range(3):
        sent = await send(hers, room)
        try:
            while (await hear_entries(his, 1, 1))[-1]["seq"] < sent["seq"]:
                pass
        except TimeoutError:
            await hear_entries(his, 1, 20)
            return False
    return True


async def test_a_process_that_is_told_to_end_says_goodbye(folder, postgres, redis, room):
    third = start_web(folder, database_url=postgres.url, redis_url=redis.url)
    async with open_socket(third.url, room["members"][0]["session"]) as socket:
        await hear(socket, "ready")
        assert third.process
        third.process.send_signal(signal.SIGTERM)
        assert await close_code(socket) == 1012
    third.stop()


# One machine


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("alone")
    filled = seed(folder, 1, 3)["rooms"][0]
    service = start_web(folder, server="daphne")
    yield service, filled
    service.stop()


async def test_on_one_machine_daphne_and_sqlite_do_the_same(alone):
    service, room = alone
    alice, bob, _ = room["members"]
    url = service.url
    async with open_socket(url, alice["session"]) as hers, open_socket(url, bob["session"]) as his:
        await follow(his, room, 1)
        sent = [await send(hers, room) for _ in range(20)]
        assert [entry["seq"] for entry in await hear_entries(his, 20)] == [one["seq"] for one in sent]
        path = f"/api/v1/groups/{room['id']}"
        status, answer = await request(url, "POST", f"{path}/messages", alice["session"], message(room))
        assert (status, answer["seq"]) == (201, 22)
        assert [entry["seq"] for entry in await hear_entries(his, 1)] == [22]
        status, answer = await request(url, "GET", f"{path}/entries?since=1", bob["session"])
        assert (status, len(answer["entries"])) == (200, 21)
    async with open_socket(url, bob["session"]) as again:
        await again.send(json.dumps({"op": "resume", "groups": {room["id"]: 1}}))
        assert len(await hear_entries(again, 21)) == 21
    async with open_socket(url, "nobody") as socket:
        assert await close_code(socket) == 4401
