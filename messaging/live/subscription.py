"""One socket's place at one stream: it first drains what it has missed, then follows."""

import uuid
from collections.abc import Sequence

from messaging.live import frames
from messaging.live.connection import Connection

HELD_BATCHES = 256


class Subscription:
    """`sent`: the newest entry pushed; `until`: the last one it may have, once its device was removed.

    It begins as a drain: what the hub offers is held, and nothing is pushed before the drain has been let in.
    What is too much to hold is read from the database."""

    __slots__ = ("_held", "connection", "group_id", "sent", "until")

    def __init__(self, connection: Connection, group_id: uuid.UUID, since: int) -> None:
        self.connection = connection
        self.group_id = group_id
        self.sent = since
        self.until: int | None = None
        self._held: list[tuple[int, Sequence[str]]] | None = []

    @property
    def over(self) -> bool:
        """It has all that it may ever have."""
        return self.until is not None and self.sent >= self.until

    @property
    def settled(self) -> bool:
        """It was let in, and its drain has ended."""
        return self._held is None

    def offer(self, first_seq: int, written: Sequence[str], frame: str) -> None:
        """Take entries from the hub. frame: all of them, for the usual case."""
        if self._held is not None:
            self._held.append((first_seq, written))
            del self._held[:-HELD_BATCHES]
        elif self.sent == first_seq - 1 and self.until is None:
            self.sent += len(written)
            self.connection.push(frame)
        else:
            self.push(first_seq, written)

    def push(self, first_seq: int, written: Sequence[str]) -> None:
        """Push those of the entries that are still missing and allowed."""
        end = first_seq + len(written) - 1
        if self.until is not None:
            end = min(end, self.until)
        fresh = written[max(self.sent + 1 - first_seq, 0) : max(end + 1 - first_seq, 0)]
        if fresh:
            self.sent = end
            self.connection.push(frames.entries(self.group_id, fresh, end))

    def settle(self, position: int) -> bool:
        """End the drain, if what was held closes the gap to `position`; False: more is missing, drain on."""
        held, self._held = self._held or [], []
        for first_seq, written in held:
            if first_seq > self.sent + 1:
                return False
            self.push(first_seq, written)
        if self.sent < position and not self.over:
            return False
        self._held = None
        return True
