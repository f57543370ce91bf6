"""How long an offboarding takes until nothing of the person is alive: real processes, sockets and pages.

The leaver has two devices with a socket each, on two processes, and a third session with a page alone. The time
runs from Ada's click, from the word of the hospital's identity management, or from the date of the end, until the
last of them is dead. The bar is 60 s; by hand and by identity management at most 6 s are expected."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.messaging.clients import follow, hear, hear_entries, message, open_socket, request, send
from tests.messaging.processes import PYTHON, run, start_migrated_postgres, start_web
from tests.services import Service, start_redis

pytestmark = pytest.mark.services
BAR_SECONDS, EXPECTED_SECONDS = 60.0, 6.0
Ended = tuple[float, float]
"""When access ended, by the monotonic clock, and when the service had answered."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], list[Service]]]:
    folder = tmp_path_factory.mktemp("offboarding")
    postgres, redis = start_migrated_postgres(folder / "postgres"), start_redis(folder / "redis")
    started: list[Service] = []
    try:
        seeded = run([PYTHON, "-m", "tests.messaging.seed_leaver"], folder, postgres.url)
        started = [start_web(folder, database_url=postgres.url, redis_url=redis.url) for _ in range(2)]
        yield json.loads(seeded), started
    finally:
        for service in [*started, redis, postgres]:
            service.stop()


async def closed(socket: Any) -> tuple[int, float]:
    """The code with which a socket ends, and when."""
    async with asyncio.timeout(60):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as ended:
            return (ended.rcvd.code if ended.rcvd else 1006), time.monotonic()


async def dead(url: str, session: str) -> float:
    """When a page of this session is refused: it says so, or leads to the sign-in."""
    async with asyncio.timeout(60):
        while (status := (await request(url, "GET", "/conversations/", session))[0]) == 200:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # it is another process
    assert status in {302, 401}
    return time.monotonic()


async def by_hand(url: str, world: dict[str, Any], membership: str) -> Ended:
    clicked = time.monotonic()
    path = f"/api/v1/administration/people/{membership}/offboarding"
    status, sheet = await request(url, "POST", path, world["ada"], {"reason": "left"})
    assert status == 201, sheet
    assert max(line["seconds"] for line in sheet["lines"]) <= EXPECTED_SECONDS
    return clicked, time.monotonic()


async def by_identity_management(url: str, world: dict[str, Any], membership: str) -> Ended:
    told = time.monotonic()
    change = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": False}],
    }
    key: dict[str, str | None] = {"Cookie": None, "Origin": None, "X_CSRFToken": None}
    key |= {"Authorization": f"Bearer {world['token']}", "Content_Type": "application/scim+json"}
    status, person = await request(url, "PATCH", f"/scim/v2/Users/{membership}", "", change, **key)
    assert (status, person["active"]) == (200, False)
    return told, time.monotonic()


async def by_date(url: str, world: dict[str, Any], membership: str) -> Ended:
    """A date in a moment: nobody does anything when it comes."""
    now, wait = datetime.now(UTC), timedelta(seconds=3)
    place = {
        "function": "physician", "department_id": None, "is_admin": False,
        "valid_from": (now - timedelta(days=1)).isoformat(), "valid_until": (now + wait).isoformat(),
    }  # fmt: skip
    began = time.monotonic()
    path = f"/api/v1/administration/people/{membership}"
    status, person = await request(url, "PUT", path, world["ada"], place)
    assert status == 200, person
    ends = began + wait.total_seconds()
    return ends, ends


WAYS = {"by-hand": by_hand, "by-identity-management": by_identity_management, "by-date": by_date}


@pytest.mark.parametrize("way", WAYS)
async def test_everything_of_a_leaver_is_dead_in_time(servers, way):
    world, (one, other) = servers
    leaver = world["leavers"][way]
    room, sessions = leaver["room"], leaver["sessions"]
    async with (
        open_socket(one.url, world["bo"]) as his,
        open_socket(one.url, sessions[0]) as first,
        open_socket(other.url, sessions[1]) as second,
    ):
        for socket in (his, first):
            await follow(socket, room, 1)
        assert (await hear(second, "ready"))["op"] == "ready"
        sent = await send(his, room)
        assert [entry["id"] for entry in await hear_entries(first, 1)] == [sent["id"]]
        for session in sessions:
            assert (await request(one.url, "GET", "/conversations/", session))[0] == 200

        ended, answered = await WAYS[way](other.url, world, leaver["membership"])
        ends = await asyncio.gather(closed(first), closed(second))
        pages = await asyncio.gather(*(dead(one.url, session) for session in sessions))

        assert [code for code, _ in ends] == [4401] * 2
        # a send is refused, and what Bo writes is delivered to nobody of theirs
        posted = message(room)
        group = f"/api/v1/groups/{room['id']}"
        for session in sessions:
            assert (await request(one.url, "POST", f"{group}/messages", session, posted))[0] == 401
            assert (await request(other.url, "GET", f"{group}/entries?since=0", session))[0] == 401
        keys = await told_ended(one.url, group, world["bo"])
        assert await hear(his, "groups") == {"op": "groups"}
        await send(his, room)

    measured = {
        "the answer": answered - ended,
        "the sockets of both devices": max(at for _, at in ends) - ended,
        "all pages": max(pages) - ended,
        "the devices": keys - ended,
    }
    for name, seconds in measured.items():
        sys.stdout.write(f"offboarding {way}, {name}: {seconds:.2f} s\n")
    keep(way, measured)
    assert max(measured.values()) <= (BAR_SECONDS if way == "by-date" else EXPECTED_SECONDS)


async def told_ended(url: str, group: str, session: str) -> float:
    """When the others in the room are told that the leaver's devices are no more."""
    async with asyncio.timeout(60):
        while True:
            members = (await request(url, "GET", group, session))[1]["members"]
            if [member["ended"] for member in members] == [False, True]:
                return time.monotonic()
            await asyncio.sleep(0.05)


def keep(way: str, measured: dict[str, float]) -> None:
    """Write the figures where `MEDICUS_MEASURED` names a folder."""
    if folder := os.environ.get("MEDICUS_MEASURED"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        rounded = {name: round(seconds, 2) for name, seconds in measured.items()}
        (Path(folder) / f"offboarding-{way}.json").write_text(json.dumps(rounded, indent=1))
