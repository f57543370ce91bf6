"""Clients that note what they were promised, through every failure, and the comparison with what is there."""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException

from tests.messaging.clients import message, open_socket

AWAY = (OSError, WebSocketException, TimeoutError)
ANSWER_SECONDS = 12
PAUSE_SECONDS = 0.05


@dataclass
class Sender:
    """Sends one message after the other; each is repeated under its id until it is acknowledged.

    every_seconds: the pause after each. sent_at, acknowledged_at: by message, on the clock of `time.monotonic`."""

    room: dict[str, Any]
    member: dict[str, str]
    acknowledged: list[tuple[str, int]] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    every_seconds: float = 0.0
    sent_at: dict[str, float] = field(default_factory=dict)
    acknowledged_at: dict[str, float] = field(default_factory=dict)

    async def run(self, urls: list[str], until: asyncio.Event) -> None:
        waiting: dict[str, Any] | None = None
        for url in itertools.cycle(urls):
            if until.is_set() and waiting is None:
                return
            try:
                async with open_socket(url, self.member["session"], open_timeout=5) as socket:
                    while waiting is not None or not until.is_set():
                        waiting = waiting or message(self.room)
                        await self._send(socket, waiting)
                        waiting = None
                        await asyncio.sleep(self.every_seconds)
            except AWAY as raised:
                self.failures[type(raised).__name__] += 1
                await asyncio.sleep(PAUSE_SECONDS)

    async def _send(self, socket: Any, sent: dict[str, Any]) -> None:
        self.sent_at.setdefault(sent["id"], time.monotonic())
        await socket.send(json.dumps({"op": "send", "group": self.room["id"]} | sent))
        async with asyncio.timeout(ANSWER_SECONDS):
            while (frame := json.loads(await socket.recv())).get("id") != sent["id"]:
                pass
        if frame["op"] == "refused":
            if frame["problem"]["code"] != "unavailable":
                raise AssertionError(frame)
            raise ConnectionError("unavailable")
        self.acknowledged_at[sent["id"]] = time.monotonic()
        self.acknowledged.append((sent["id"], frame["seq"]))


@dataclass
class Follower:
    """Listens to a room, and resumes where it stood."""

    room: dict[str, Any]
    member: dict[str, str]
    since: int
    heard: list[tuple[str, int]] = field(default_factory=list)
    heard_at: dict[str, float] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)

    async def run(self, urls: list[str]) -> None:
        for url in itertools.cycle(urls):
            with suppress(*AWAY):
                async with open_socket(url, self.member["session"], open_timeout=5) as socket:
                    await socket.send(json.dumps({"op": "resume", "groups": {self.room["id"]: self.since}}))
                    async for text in socket:
                        self._hear(json.loads(text))
            await asyncio.sleep(PAUSE_SECONDS)

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame["op"] == "receipts":
            self.receipts.append(frame)
        for entry in frame.get("entries", ()):
            self.heard.append((entry["id"], entry["seq"]))
            self.heard_at.setdefault(entry["id"], time.monotonic())
            self.since = entry["seq"]


Stored = list[tuple[str, str, int]]
"""(room, id, seq) of every entry in the database."""


def broken_promises(senders: Iterable[Sender], followers: Iterable[Follower], stored: Stored) -> list[str]:
    """Everything that is not as it was promised: lost, doubled, out of order, with a gap, or not heard."""
    found: list[str] = []
    place = {(room, message_id): seq for room, message_id, seq in stored}
    twice = len(stored) - len(place)
    if twice:
        found.append(f"{twice} messages are there twice")
    streams: dict[str, list[int]] = {}
    for room, _message_id, seq in sorted(stored, key=lambda one: one[2]):
        streams.setdefault(room, []).append(seq)
    for room, seqs in streams.items():
        if seqs != list(range(1, len(seqs) + 1)):
            found.append(f"the stream of {room} has gaps or doubles")
    for sender in senders:
        found += _of_sender(sender, place)
    for follower in followers:
        found += _of_follower(follower, place, streams)
    return found


def _of_sender(sender: Sender, place: dict[tuple[str, str], int]) -> list[str]:
    room = sender.room["id"]
    lost = [one for one, _seq in sender.acknowledged if (room, one) not in place]
    moved = [one for one, seq in sender.acknowledged if place.get((room, one), seq) != seq]
    seqs = [seq for _one, seq in sender.acknowledged]
    found = []
    if lost:
        found.append(f"{len(lost)} acknowledged messages are lost")
    if moved:
        found.append(f"{len(moved)} messages are elsewhere than acknowledged")
    if seqs != sorted(set(seqs)):
        found.append("the messages of one sender are out of order")
    return found


def _of_follower(
    follower: Follower, place: dict[tuple[str, str], int], streams: dict[str, list[int]]
) -> list[str]:
    room = follower.room["id"]
    heard = [seq for _one, seq in follower.heard]
    found = []
    if heard != list(range(2, len(heard) + 2)):
        found.append("a follower heard gaps, doubles or another order")
    if heard and heard[-1] != streams[room][-1]:
        found.append(f"a follower heard up to {heard[-1]} of {streams[room][-1]}")
    if any(place.get((room, one)) != seq for one, seq in follower.heard):
        found.append("a follower heard what is not there")
    return found
