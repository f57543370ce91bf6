"""Redis is gone for a while, under talk between two web processes: sending works on, messages come by the slow poll, and
when Redis is back everything is live again, without anything lost, doubled or out of order.

How long it is away is set by MEDICUS_REDIS_AWAY_SECONDS (15)."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from messaging.live.service import POLL_SECONDS
from tests.faults.installation import Installation
from tests.faults.witnesses import Follower, Sender, broken_promises
from tests.messaging.clients import request
from tests.messaging.processes import ROOT

pytestmark = pytest.mark.faults

AWAY_SECONDS = float(os.environ.get("MEDICUS_REDIS_AWAY_SECONDS", "15"))
BEFORE_SECONDS = 4.0
LIVE_SECONDS = 2.0
"""What no poll brings in reliably, and every hint does."""
BACK_SECONDS = 15.0
"""From the moment at which Redis answers again until messages are live."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("away"))
    yield made
    made.stop()


class Talk:
    """In each room two people who write to the first web process, and one who listens to the second."""

    def __init__(self, installation: Installation) -> None:
        self.installation, rooms = installation, installation.rooms
        self.senders = [
            Sender(room, room["members"][each], every_seconds=0.2) for room in rooms for each in (0, 1)
        ]
        self.followers = [Follower(room, room["members"][5], 1) for room in rooms]

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        here, there = self.installation.urls
        until = asyncio.Event()
        following = [asyncio.create_task(one.run([there])) for one in self.followers]
        sending = [asyncio.create_task(one.run([here], until)) for one in self.senders]
        yield
        until.set()
        await asyncio.gather(*sending)
        await asyncio.sleep(POLL_SECONDS + 2)
        for one in following:
            one.cancel()

    def delays(self, begin: float, end: float) -> list[tuple[float, float]]:
        """Of each message taken in this time: when, and how many seconds later the listener had it."""
        heard = {one: at for follower in self.followers for one, at in follower.heard_at.items()}
        taken = [(at, heard[one] - at) for each in self.senders for one, at in each.acknowledged_at.items()]
        return sorted(pair for pair in taken if begin <= pair[0] < end)

    def answers(self, begin: float, end: float) -> list[float]:
        """Of each message sent in this time: seconds to its acknowledgement."""
        return [
            at - each.sent_at[one]
            for each in self.senders
            for one, at in each.acknowledged_at.items()
            if begin <= each.sent_at[one] < end
        ]


def live_since(delays: list[tuple[float, float]]) -> float:
    """When the first of twenty messages in a row that came at once was taken."""
    for place in range(len(delays) - 20):
        if max(delay for _at, delay in delays[place : place + 20]) < LIVE_SECONDS:
            return delays[place][0]
    raise AssertionError("never live again")


async def test_while_redis_is_away_all_is_sent_and_comes_later_and_then_all_is_live(installation):
    talk = Talk(installation)
    async with talk.going_on():
        await asyncio.sleep(BEFORE_SECONDS)
        gone_at = time.monotonic()
        await asyncio.to_thread(installation.redis.kill)
        await asyncio.sleep(AWAY_SECONDS / 2)
        await _confirm(installation)
        await asyncio.sleep(AWAY_SECONDS / 2)
        await asyncio.to_thread(installation.redis.start)
        back_at = time.monotonic()
        await asyncio.sleep(BACK_SECONDS + 5)
        end = time.monotonic()
    stored = await asyncio.to_thread(installation.stored)
    assert broken_promises(talk.senders, talk.followers, stored) == []
    assert [dict(one.failures) for one in talk.senders] == [{}] * len(talk.senders)
    away, after = talk.delays(gone_at, back_at), talk.delays(back_at, end)
    answers, live_again = talk.answers(gone_at, back_at), live_since(after) - back_at
    slowest = max(delay for _at, delay in away)
    print(  # noqa: T201 - the figures of this test
        f"Redis away for {back_at - gone_at:.0f} s: {len(away)} of {len(stored)} messages sent meanwhile, answered in "
        f"{1000 * statistics.median(answers):.0f} ms (median, at most {1000 * max(answers):.0f} ms), delivered after "
        f"{slowest:.1f} s at most; live again {live_again:.1f} s after its return; none lost, doubled or out of order"
    )
    assert len(away) > AWAY_SECONDS
    assert statistics.median(answers) < LIVE_SECONDS
    assert slowest < POLL_SECONDS + LIVE_SECONDS
    assert live_again < BACK_SECONDS
    confirmed = installation.rooms[0]["members"][2]["person"]
    assert any(frame["person"] == confirmed for frame in talk.followers[0].receipts)


async def _confirm(installation: Installation) -> None:
    """Somebody confirms what they have, at the first web process: the second one knows it from a hint alone."""
    room = installation.rooms[0]
    path, said = f"/api/v1/groups/{room['id']}/receipts", {"delivered": 2, "seen": 2}
    status, _answer = await request(installation.urls[0], "POST", path, room["members"][2]["session"], said)
    assert status == 204


async def test_the_worker_takes_jobs_again(installation):
    await asyncio.to_thread(installation.redis.kill)
    await asyncio.sleep(3)
    await asyncio.to_thread(installation.redis.start)
    await asyncio.to_thread(_ask_for_a_count, installation)
    assert await asyncio.to_thread(_counted_within, installation, 30)


def _ask_for_a_count(installation: Installation) -> None:
    command = [sys.executable, "-m", "celery", "-A", "medicus", "call", "messaging.tasks.count"]
    settings = os.environ | installation.worker.environment
    subprocess.run(command, env=settings, cwd=ROOT, check=True, capture_output=True)


def _counted_within(installation: Installation, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    counted = "SELECT count(*) FROM messaging_messagingday WHERE stored_bytes > 0"
    with psycopg.connect(installation.postgres.url, autocommit=True) as connection:
        while time.monotonic() < deadline:
            found = connection.execute(counted).fetchone()
            if found and found[0]:
                return True
            time.sleep(0.2)
    return False
