"""kill -9 of everything, again and again, while ten people write: what was acknowledged is there, once, in order.

How long it writes is set by MEDICUS_FAULT_SECONDS (60). The control shows that the check can fail: with
`synchronous_commit=off` PostgreSQL acknowledges what a kill -9 then takes away.
"""

import asyncio
import bisect
import os
import random
import time
from collections.abc import Iterator

import pytest

from tests.faults.installation import Installation
from tests.faults.witnesses import Follower, Sender, Stored, broken_promises
from tests.services import Service

pytestmark = pytest.mark.faults

SECONDS = float(os.environ.get("MEDICUS_FAULT_SECONDS", "60"))
SENDERS = 10
SETTLE_SECONDS = 90
RECOVERY_SECONDS = 15
"""From the moment at which a killed part is up again to the next acknowledged message."""


@pytest.fixture
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("faults"))
    yield made
    made.stop()


@pytest.fixture
def careless_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """PostgreSQL answers before it has written."""
    folder = tmp_path_factory.mktemp("careless")
    made = Installation(folder, "synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=0")
    yield made
    made.stop()


async def _kill_and_restart(service: Service) -> float:
    """Return when it was up again, on the clock of `time.monotonic`."""
    await asyncio.to_thread(service.kill)
    await asyncio.sleep(random.uniform(0, 1))
    await asyncio.to_thread(service.start, 60)
    return time.monotonic()


async def _havoc(victims: list[Service], seconds: float, pause_seconds: float) -> list[float]:
    """Kill them in turn, in random order, for so long; return when each was up again."""
    up_again = []
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        for victim in random.sample(victims, len(victims)):
            await asyncio.sleep(random.uniform(0.2, pause_seconds))
            up_again.append(await _kill_and_restart(victim))
    return up_again


def _recoveries(up_again: list[float], senders: list[Sender]) -> list[float]:
    """Seconds from each of these moments to the next acknowledgement of anybody; none for what came after the last."""
    taken = sorted(at for one in senders for at in one.acknowledged_at.values())
    after = [(at, bisect.bisect_right(taken, at)) for at in up_again]
    return [taken[place] - at for at, place in after if place < len(taken)]


async def _write_through(installation: Installation, victims: list[Service], seconds: float) -> list[str]:
    """Ten senders and a follower in each room, while `victims` are killed; return the broken promises."""
    rooms = installation.rooms
    senders = [Sender(rooms[index % 3], rooms[index % 3]["members"][index // 3]) for index in range(SENDERS)]
    followers = [Follower(room, room["members"][5], 1) for room in rooms]
    until = asyncio.Event()
    following = [asyncio.create_task(one.run(installation.urls)) for one in followers]
    sending = [
        asyncio.create_task(one.run(installation.urls[index % 2 :] + installation.urls[: index % 2], until))
        for index, one in enumerate(senders)
    ]
    up_again = await _havoc(victims, seconds, 3)
    until.set()
    async with asyncio.timeout(SETTLE_SECONDS):
        await asyncio.gather(*sending)
        stored = await asyncio.to_thread(installation.stored)
        await _all_heard(followers, stored)
    for one in following:
        one.cancel()
    acknowledged = sum(len(one.acknowledged) for one in senders)
    recovery = max(_recoveries(up_again, senders))
    broken = broken_promises(senders, followers, stored)
    print(  # noqa: T201 - the figures of this test
        f"{acknowledged} acknowledged, {len(up_again)} killed, the next one taken within {recovery:.1f} s of a restart; "
        f"broken promises: {broken or 'none'}"
    )
    assert acknowledged > SENDERS
    assert len(up_again) >= len(victims)
    assert recovery < RECOVERY_SECONDS
    return broken


async def _all_heard(followers: list[Follower], stored: Stored) -> None:
    """Give followers the time to catch up; what is missing then is a broken promise."""
    newest = {room: max(seq for at, _one, seq in stored if at == room) for room, _one, _seq in stored}
    for _ in range(200):
        if all(one.since >= newest[one.room["id"]] for one in followers):
            return
        await asyncio.sleep(0.1)


async def test_nothing_acknowledged_is_lost_doubled_or_out_of_order(installation):
    assert await _write_through(installation, installation.services, SECONDS) == []


async def test_control_what_postgres_never_wrote_is_found_missing(careless_installation):
    promises = await _write_through(careless_installation, [careless_installation.postgres], 8)
    assert any("lost" in promise for promise in promises)


# The comparison itself


def room(number: int = 1) -> dict[str, str]:
    return {"id": f"room {number}"}


STORED: Stored = [("room 1", "commit", 1), ("room 1", "a", 2), ("room 1", "b", 3)]


def witnesses(
    *acknowledged: tuple[str, int], heard: list[tuple[str, int]] | None = None
) -> tuple[list[Sender], list[Follower]]:
    heard = [("a", 2), ("b", 3)] if heard is None else heard
    return [Sender(room(), {}, list(acknowledged))], [Follower(room(), {}, 3, heard)]


def test_promises_that_were_kept():
    assert broken_promises(*witnesses(("a", 2), ("b", 3)), STORED) == []


@pytest.mark.parametrize(
    ("acknowledged", "heard", "stored", "broken"),
    [
        ([("a", 2), ("c", 4)], None, STORED, "1 acknowledged messages are lost"),
        ([("a", 3)], None, STORED, "1 messages are elsewhere than acknowledged"),
        ([("b", 3), ("a", 2)], None, STORED, "the messages of one sender are out of order"),
        ([], None, [*STORED, ("room 1", "a", 4)], "1 messages are there twice"),
        ([], None, [*STORED, ("room 1", "c", 5)], "the stream of room 1 has gaps or doubles"),
        ([], [("b", 3), ("a", 2)], STORED, "a follower heard gaps, doubles or another order"),
        ([], [("a", 2)], STORED, "a follower heard up to 2 of 3"),
        ([], [("x", 2), ("b", 3)], STORED, "a follower heard what is not there"),
    ],
)
def test_promises_that_were_broken(acknowledged, heard, stored, broken):
    assert broken in broken_promises(*witnesses(*acknowledged, heard=heard), stored)
