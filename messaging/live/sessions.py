"""Who is behind a socket or a request, without asking the database for every message."""

import time
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from identity import access as identity
from identity.sessions import FullSession
from medicus.lib.actor import Actor
from messaging.live.reading import Threads

RECHECK_SECONDS = 4.0
"""How long an answer of the database holds: a revocation takes effect within five seconds."""
REMEMBERED = 10_000


class Sessions:
    """Actors by session key, for `RECHECK_SECONDS`; sockets are held against the database as often."""

    seconds = RECHECK_SECONDS

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._actors: dict[str, tuple[float, Actor]] = {}

    async def actor(self, scope: dict[str, Any]) -> Actor | None:
        """The actor behind a request, or None; the truth of at most four seconds ago."""
        key = session_key(scope)
        if key is None:
            return None
        known = self._actors.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        actor = await identity.actor_of_scope(scope)
        if actor is None:
            self._actors.pop(key, None)
        else:
            if len(self._actors) >= REMEMBERED:
                self._actors.clear()
            self._actors[key] = (time.monotonic() + RECHECK_SECONDS, actor)
        return actor

    def forget_devices(self, device_ids: Collection[Any]) -> None:
        """Ask anew about the sessions of these devices."""
        for key in [key for key, (_until, actor) in self._actors.items() if actor.device_id in device_ids]:
            del self._actors[key]

    async def still_valid(self, sessions: Collection[FullSession]) -> set[str]:
        """Of these sessions, the keys of those that still hold."""
        return await self._threads.run(identity.sessions_still_valid, sessions) if sessions else set()


def session_key(scope: dict[str, Any]) -> str | None:
    return cookies(scope).get(settings.SESSION_COOKIE_NAME) or None


def cookies(scope: dict[str, Any]) -> dict[str, str]:
    return parse_cookie(
        b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    )
