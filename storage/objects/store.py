"""What every object store does: five verbs on opaque, encrypted bytes.

A store sees keys and ciphertext. A key is `<organisation>/<two hex digits>/<uuid7>`: unguessable, and nothing
in it speaks of a patient. No store is trusted to keep bytes whole or secret; see `storage.encryption`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from medicus.lib.ids import new_id

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = re.compile(rf"{_UUID}/[0-9a-f]{{2}}/{_UUID}")
_PREFIX = re.compile(rf"(?:{_UUID}/(?:[0-9a-f]{{2}}/)?)?")


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """`size_bytes`: of the stored (encrypted) bytes."""

    key: str
    size_bytes: int


class ObjectStore(Protocol):
    """Every method raises `StoreAway` when the store is away or answers wrongly."""

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> int:
        """Store `chunks` durably under a new key; return their size.

        All or nothing: if this raises, also because `chunks` does, the object is whole or not there. Nobody
        knows its key then, so it does not matter which: `storage.objects.orphans` finds it.

        Raises:
            StoreFull: no room is left.
        """
        ...

    def get_range(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """Give exactly `length` bytes from `start`; the first piece is fetched when it is asked for.

        Raises:
            Damaged: the object is not there, or shorter than that.
        """
        ...

    def stat(self, key: str) -> ObjectStat | None:
        """Size of the object; None if it is not there."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; one that is not there is no error."""
        ...

    def list(self, prefix: str = "") -> Iterator[ObjectStat]:
        """All objects below `prefix`: "", `<organisation>/` or `<organisation>/<two hex digits>/`."""
        ...


def new_key(organisation_id: UUID) -> str:
    """A fresh key in the organisation's part of the store."""
    name = str(new_id())
    return f"{organisation_id}/{name[-2:]}/{name}"


def checked_key(key: str) -> str:
    """The key, if it is one; a store lets nothing else through, so no key leaves its root.

    Raises:
        ValueError: this is not a key of `new_key`.
    """
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of the object store")
    return key


def checked_prefix(prefix: str) -> str:
    if not _PREFIX.fullmatch(prefix):
        raise ValueError("not a prefix of the object store")
    return prefix


def is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


def made_at(key: str) -> datetime:
    """When `new_key` made this key: its last part is a UUIDv7."""
    milliseconds = UUID(key.rsplit("/", 1)[1]).int >> 80
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
