"""Secret keys in files of their own, outside the database: mode 0400, made once, never overwritten."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def load_or_create(path: Path, make: Callable[[], bytes], *, may_create: bool) -> bytes:
    """Return the bytes of `path`; make and durably write them first if they are absent.

    Safe against two processes that start at once: the first to link the file wins, both read it.

    Raises:
        FileNotFoundError: absent, and `may_create` is false (production makes its keys by
            `manage.py make_keys`, never by surprise).
    """
    if not path.exists():
        if not may_create:
            raise FileNotFoundError(
                f"key file {path.name} is missing: run `manage.py make_keys`, or restore it"
            )
        _write_once(path, make())
    return path.read_bytes()


def _write_once(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink()
