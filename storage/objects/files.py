"""Objects as files of this machine: the store of the first start, and of tests."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from storage.errors import Damaged, StoreAway, StoreFull
from storage.objects.store import ObjectStat, checked_key, checked_prefix, is_key

_PIECE_BYTES = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FileStore:
    """One file per object, mode 0600. A file appears whole (written aside, synced, renamed) or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> int:
        path = self._path(key)
        with _mapped_errors():
            self._make_folder(path.parent)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            size = _write(aside, chunks)
            with _mapped_errors():
                aside.rename(path)
                _sync_folder(path.parent)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        return size

    def get_range(self, key: str, start: int, length: int) -> Iterator[bytes]:
        with _mapped_errors(), self._path(key).open("rb", buffering=0) as file:
            file.seek(start)
            while length:
                piece = file.read(min(_PIECE_BYTES, length))
                if not piece:
                    raise Damaged(f"{key} is shorter than it was")
                length -= len(piece)
                yield piece

    def stat(self, key: str) -> ObjectStat | None:
        path = self._path(key)
        with _mapped_errors():
            return ObjectStat(key, path.stat().st_size) if path.is_file() else None

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _mapped_errors():
            if path.is_file():
                path.unlink(missing_ok=True)
                _sync_folder(path.parent)

    def list(self, prefix: str = "") -> Iterator[ObjectStat]:
        start = self.root / checked_prefix(prefix)
        for folder, _, names in os.walk(start):
            for name in names:
                key = Path(folder, name).relative_to(self.root).as_posix()
                if is_key(key) and (found := self.stat(key)):  # else it was deleted just now
                    yield found

    def remove_unfinished(self, *, before: datetime, folder: str = "*") -> int:
        """Remove what a crash left half-written in the folders of this name; return how many files."""
        left = [
            path for path in self.root.glob(f"*/{folder}/.*") if path.stat().st_mtime < before.timestamp()
        ]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _path(self, key: str) -> Path:
        return self.root / checked_key(key)

    def _make_folder(self, folder: Path) -> None:
        """Make the folder so that it survives a power cut: each parent is synced after its new entry."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    size = 0
    descriptor = _create(path)
    try:
        for chunk in chunks:
            _write_all(descriptor, chunk)
            size += len(chunk)
        _sync(descriptor)
    finally:
        os.close(descriptor)
    return size


@contextmanager
def _mapped_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Damaged(f"{error.filename} is missing") from error
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise StoreAway(f"files: {error}") from error


@_mapped_errors()
def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


@_mapped_errors()
def _write_all(descriptor: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


@_mapped_errors()
def _sync(descriptor: int) -> None:
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
