"""Who holds the root key: the one key that is in no database and no backup of it."""

import os
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from medicus.lib.keyfiles import load_or_create
from storage.errors import Damaged
from storage.keys import xaes

_ID_BYTES = 8
_ROOT_BYTES = 32


class KeyProvider(Protocol):
    """Wraps and unwraps organisations' secrets with a root key that never leaves it."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt `key`, bound to `context`."""
        ...

    def unwrap(self, wrapped_key: bytes, context: bytes) -> bytes:
        """Decrypt what `wrap` made, with the same context.

        Raises:
            Damaged: the bytes or the context is wrong, or the root that wrapped it is gone.
        """
        ...


class LocalKeyProvider:
    """The root is the file `storage-root.key` (32 bytes, mode 0400). While roots change, the one before
    lies beside it as `storage-root.previous.key`: it still opens, and wraps nothing any more."""

    def __init__(self, folder: Path, *, may_create: bool) -> None:
        current = load_or_create(
            folder / "storage-root.key", lambda: os.urandom(_ROOT_BYTES), may_create=may_create
        )
        roots = [current, *_read(folder / "storage-root.previous.key")]
        if any(len(root) != _ROOT_BYTES for root in roots):
            raise ImproperlyConfigured(f"a root key of the storage has not {_ROOT_BYTES} bytes: restore it")
        self._current = _root_id(current)
        self._roots = {_root_id(root): root for root in roots}

    def wrap(self, key: bytes, context: bytes) -> bytes:
        return self._current + xaes.seal(self._roots[self._current], key, context)

    def unwrap(self, wrapped_key: bytes, context: bytes) -> bytes:
        root = self._roots.get(wrapped_key[:_ID_BYTES])
        if root is None:
            raise Damaged("the root key that wrapped an organisation's key is not here")
        return xaes.unseal(root, wrapped_key[_ID_BYTES:], context)


def provider() -> KeyProvider:
    """The provider of this installation."""
    return _local(settings.KEYS_DIR, settings.MAY_CREATE_KEYS)


@cache
def _local(folder: Path, may_create: bool) -> LocalKeyProvider:  # noqa: FBT001 - a setting, passed on
    return LocalKeyProvider(folder, may_create=may_create)


def _root_id(root: bytes) -> bytes:
    return sha256(b"medicus storage root\0" + root).digest()[:_ID_BYTES]


def _read(path: Path) -> list[bytes]:
    return [path.read_bytes()] if path.exists() else []
