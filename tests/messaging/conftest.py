"""Members of the cast with devices, and a room of theirs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from messaging import news
from messaging.live.service import Service, service
from tests.cast import Member
from tests.messaging.rooms import Room, make_room


@pytest.fixture
def equipped(device_of: Callable[[Member], Any]) -> Callable[..., None]:
    """Give members a device each."""

    def equip(*members: Member) -> None:
        for member in members:
            device_of(member)

    return equip


@pytest.fixture
def room(alice: Member, anton: Member, bob: Member, equipped: Callable[..., None]) -> Room:
    """Alice (owner) and Anton of Hospital A with Bob (owner) of Hospital B."""
    equipped(alice, anton, bob)
    return make_room(alice, anton, bob)


@pytest.fixture
async def async_db(transactional_db: None) -> AsyncIterator[None]:
    """A database for tests with an event loop; the connection of asgiref's thread ends with the test."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
async def live() -> AsyncIterator[Service]:
    """The service of the test's event loop; it ends with the test."""
    running = service()
    yield running
    await running.close()


@pytest.fixture
async def other_process(live: Service) -> AsyncIterator[Service]:
    """A second service that shares nothing with the first but the database."""
    other = Service(asyncio.get_running_loop())
    yield other
    await other.close()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[news.News]]:
    """What sockets will be told once the test's transaction has committed, from now on."""
    heard: list[news.News] = []
    monkeypatch.setattr(news, "tell_on_commit", heard.append)
    return lambda: heard
