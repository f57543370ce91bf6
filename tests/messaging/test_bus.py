"""News between processes while Redis comes and goes: what is kept, told again, let go of, and what ends with the bus."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from messaging.live import bus
from messaging.live.bus import Bus, decode
from messaging.news import News

GROUP, OTHER, PERSON = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


class Redis:
    """What reaches Redis, as long as it is there."""

    def __init__(self) -> None:
        self.away = False
        self.tries = 0
        self.told: list[News] = []

    async def send(self, message: dict[str, Any]) -> None:
        self.tries += 1
        await asyncio.sleep(0)
        if self.away:
            raise ConnectionError("away")
        self.told.append(decode(message))

    @property
    def entries(self) -> list[dict[uuid.UUID, int]]:
        return [dict(news.entries) for news in self.told]


@pytest.fixture
def redis(monkeypatch) -> Redis:
    made = Redis()
    monkeypatch.setattr(bus, "_send", made.send)
    monkeypatch.setattr(bus, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(bus, "AGAIN_SECONDS", 0.2)
    return made


@pytest.fixture
async def running(redis) -> AsyncIterator[Bus]:
    made = Bus(lambda _told: None)
    yield made
    await made.close()


async def until(condition, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is awaited is a list
            await asyncio.sleep(0.005)


async def outage(redis: Redis, running: Bus, told: News) -> None:
    """Redis is away when this is told, and then back."""
    redis.away, tried = True, redis.tries
    running.publish(told)
    await until(lambda: redis.tries >= tried + 2)
    count = len(redis.told)
    redis.away = False
    await until(lambda: len(redis.told) > count)


async def test_what_was_told_while_redis_was_away_is_told_when_it_is_back_and_once_more(redis, running):
    await outage(redis, running, News(entries={GROUP: 3}, receipts={GROUP: frozenset({PERSON})}))
    await until(lambda: len(redis.told) == 2)
    assert redis.told[0] == redis.told[1]
    assert redis.told[0].receipts == {GROUP: frozenset({PERSON})}
    await asyncio.sleep(0.3)
    assert len(redis.told) == 2


async def test_of_two_outages_both_are_told_again_in_one(redis, running):
    await outage(redis, running, News(entries={GROUP: 3}))
    await outage(redis, running, News(entries={OTHER: 5}))
    await until(lambda: len(redis.told) == 3)
    assert redis.entries == [{GROUP: 3}, {OTHER: 5}, {GROUP: 3, OTHER: 5}]
    await asyncio.sleep(0.3)
    assert len(redis.told) == 3


async def test_a_closed_bus_tells_nothing_more(redis, running):
    await outage(redis, running, News(entries={GROUP: 3}))
    await outage(redis, running, News(entries={OTHER: 5}))
    await running.close()
    running.publish(News(entries={GROUP: 9}))
    await asyncio.sleep(0.3)
    assert redis.entries == [{GROUP: 3}, {OTHER: 5}]


async def test_what_waits_at_the_end_is_tried_once_more(redis, running):
    running.publish(News(entries={GROUP: 3}))
    await running.close()
    assert redis.entries == [{GROUP: 3}]


async def test_closing_waits_for_nobody_who_does_not_answer(redis, running, monkeypatch):
    async def silent(_message):
        await asyncio.sleep(60)

    monkeypatch.setattr(bus, "_send", silent)
    monkeypatch.setattr(bus, "CLOSE_SECONDS", 0.05)
    running.publish(News(entries={GROUP: 3}))
    async with asyncio.timeout(2):
        await running.close()
    assert redis.told == []


@pytest.mark.parametrize(("held_seconds", "kept"), [(600.0, True), (0.0, False)])
async def test_after_long_only_what_no_reader_finds_otherwise_is_kept(
    redis, running, monkeypatch, held_seconds, kept
):
    monkeypatch.setattr(bus, "HELD_SECONDS", held_seconds)
    told = News(
        entries={GROUP: 3},
        receipts={GROUP: frozenset({PERSON})},
        acknowledged={GROUP: frozenset({3})},
        people=frozenset({PERSON}),
        urgent={(GROUP, OTHER): frozenset({PERSON})},
    )
    redis.away = True
    running.publish(told)
    await until(lambda: redis.tries >= 3)
    redis.away = False
    await until(lambda: redis.told != [])
    arrived = redis.told[0]
    assert (arrived.entries, arrived.people, arrived.urgent) == (told.entries, told.people, told.urgent)
    assert (arrived.receipts == told.receipts, arrived.acknowledged == told.acknowledged) == (kept, kept)
