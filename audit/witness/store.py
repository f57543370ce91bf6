"""What a witness saw last of each log: one SQLite file of its own."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit.checkpoint import TreeHead

_TABLE = """
CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL)
"""
_KEEP = """
INSERT INTO seen (origin, size, root, note) VALUES (?, ?, ?, ?)
ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note
"""
BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """The latest tree head that was cosigned; size 0: none yet."""

    size: int
    root: bytes


class Rows:
    """The rows within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def latest(self, origin: str) -> Seen:
        found = self._connection.execute("SELECT size, root FROM seen WHERE origin = ?", [origin]).fetchone()
        return Seen(*found) if found else Seen(0, b"")

    def keep(self, head: TreeHead, note: str) -> None:
        self._connection.execute(_KEEP, [head.origin, head.size, head.root, note])


@dataclass(frozen=True, slots=True)
class Store:
    path: Path

    @contextmanager
    def writing(self) -> Iterator[Rows]:
        """One transaction that no other runs beside; on the disk when this ends, undone when it raises."""
        with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.execute(_TABLE)
                yield Rows(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
