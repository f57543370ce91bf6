"""The object stores: the same five verbs on files and on a real S3 server."""

import os
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from medicus.lib.clock import now
from medicus.lib.ids import new_id
from storage.errors import Damaged, StoreAway
from storage.objects.files import FileStore
from storage.objects.s3 import PART_BYTES
from storage.objects.store import ObjectStat, made_at, new_key
from tests.storage.conftest import s3_store_at

HOSPITAL = new_id()
SOME_ID = "01a2017b-cc3e-7ca5-bfc0-d3cd5ca74293"
OTHER_HOSPITAL = new_id()


def chunked(content: bytes, size: int = 700_000) -> Iterator[bytes]:
    for offset in range(0, len(content), size):
        yield content[offset : offset + size]


def read(store, key: str, start: int, length: int) -> bytes:
    return b"".join(store.get_range(key, start, length))


def test_what_was_put_can_be_read_whole_and_in_ranges(object_store):
    key, content = new_key(HOSPITAL), os.urandom(3_000_000)
    assert object_store.put_stream(key, chunked(content)) == len(content)
    assert object_store.stat(key) == ObjectStat(key, len(content))
    assert read(object_store, key, 0, len(content)) == content
    assert read(object_store, key, 1_234_567, 4096) == content[1_234_567 : 1_234_567 + 4096]
    assert read(object_store, key, len(content) - 1, 1) == content[-1:]


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 17])
def test_a_stream_of_any_size_is_kept(object_store, size):
    key, content = new_key(HOSPITAL), os.urandom(size)
    assert object_store.put_stream(key, chunked(content, 3_333_333)) == size
    assert read(object_store, key, 0, size) == content


def test_an_empty_range_is_empty(object_store):
    key = new_key(HOSPITAL)
    object_store.put_stream(key, [b"content"])
    assert read(object_store, key, 3, 0) == b""


def test_what_was_deleted_is_gone_and_may_be_deleted_again(object_store):
    key = new_key(HOSPITAL)
    object_store.put_stream(key, [b"content"])
    object_store.delete(key)
    object_store.delete(key)
    assert object_store.stat(key) is None


def test_an_absent_object_has_no_stat_and_cannot_be_read(object_store):
    key = new_key(HOSPITAL)
    assert object_store.stat(key) is None
    with pytest.raises(Damaged):
        read(object_store, key, 0, 10)


@pytest.mark.parametrize(("start", "length"), [(0, 11), (5, 6), (10, 1), (100, 1)])
def test_a_range_beyond_the_end_is_damage_not_a_short_answer(object_store, start, length):
    key = new_key(HOSPITAL)
    object_store.put_stream(key, [b"ten bytes."])
    with pytest.raises((Damaged, StoreAway)):
        read(object_store, key, start, length)


def test_the_list_of_a_hospital_has_its_own_objects_only(object_store):
    mine = {new_key(HOSPITAL): 3, new_key(HOSPITAL): 4}
    theirs = new_key(OTHER_HOSPITAL)
    for key, size in {**mine, theirs: 5}.items():
        object_store.put_stream(key, [b"x" * size])
    listed = {found.key: found.size_bytes for found in object_store.list(f"{HOSPITAL}/")}
    assert listed.items() >= mine.items()
    assert theirs not in listed
    assert theirs in {found.key for found in object_store.list()}
    one = next(iter(mine))
    assert [found.key for found in object_store.list(one[:40])] == [one]


def test_a_source_that_breaks_leaves_nothing_and_its_error_arrives(object_store):
    def broken() -> Iterator[bytes]:
        yield b"x" * (PART_BYTES + 5)
        raise ValueError("the sender's own mistake")

    key = new_key(HOSPITAL)
    with pytest.raises(ValueError, match="own mistake"):
        object_store.put_stream(key, broken())
    assert object_store.stat(key) is None


def test_two_at_once_do_not_disturb_each_other(object_store):
    contents = {new_key(HOSPITAL): os.urandom(200_000) for _ in range(12)}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda item: _put_with_retry(object_store, *item), contents.items()))
    assert all(read(object_store, key, 0, len(content)) == content for key, content in contents.items())


def _put_with_retry(store, key: str, content: bytes) -> None:
    """Rclone's S3 server races when it makes the same folder twice."""
    for attempt in range(5):
        try:
            store.put_stream(key, chunked(content))
        except StoreAway:
            if attempt == 4:
                raise
        else:
            return


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../../etc/passwd", "a/b/c", f"{SOME_ID}/../../x", f"{SOME_ID}/aa/{SOME_ID}/../x",
     f"{SOME_ID}/aa/{SOME_ID}\n", f"{SOME_ID}/AA/{SOME_ID}", f"{SOME_ID}\0/aa/{SOME_ID}"],
)  # fmt: skip
def test_no_other_key_reaches_a_store(object_store, key):
    for use in (
        lambda: object_store.put_stream(key, [b"x"]),
        lambda: read(object_store, key, 0, 1),
        lambda: object_store.stat(key),
        lambda: object_store.delete(key),
        lambda: list(object_store.list(key or "..")),
    ):
        with pytest.raises(ValueError, match="not a"):
            use()


def test_a_key_is_fresh_says_nothing_and_knows_its_time():
    keys = {new_key(HOSPITAL) for _ in range(1000)}
    assert len(keys) == 1000
    assert all(abs(made_at(key) - now()) < timedelta(seconds=30) for key in keys)
    assert all(key.startswith(f"{HOSPITAL}/") for key in keys)


def test_files_are_readable_by_nobody_else(tmp_path):
    store, key = FileStore(tmp_path / "objects"), new_key(HOSPITAL)
    store.put_stream(key, [b"x"])
    for path in (tmp_path / "objects").rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    """While it is written, no reader finds it under its key, nor in the list."""
    store, key = FileStore(tmp_path), new_key(HOSPITAL)
    half, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[bytes]:
        yield b"first half, "
        half.set()
        assert go_on.wait(10)
        yield b"second half"

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(store.put_stream, key, slow())
        assert half.wait(10)
        assert store.stat(key) is None
        assert list(store.list()) == []
        go_on.set()
        assert writing.result(10) == 23
    assert read(store, key, 0, 23) == b"first half, second half"


def test_files_are_synced_before_they_get_their_name(tmp_path, monkeypatch):
    """The order that a power cut needs: content, then name, then the folder."""
    done: list[str] = []
    real_fsync, real_rename = os.fsync, os.rename

    def fsync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "content")
        real_fsync(descriptor)

    def rename(source, target, **options) -> None:
        done.append("name")
        real_rename(source, target, **options)

    store, key = FileStore(tmp_path), new_key(HOSPITAL)
    store.put_stream(key, [b"the folders exist now"])
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    store.put_stream(key[:-4] + "0000", [b"x"])
    assert done == ["content", "name", "folder"]


def test_a_wrong_secret_is_refused_by_the_server_and_said_plainly(s3_server):
    store = s3_store_at(s3_server.url, secret_key="not-the-secret")
    with pytest.raises(StoreAway, match="object store"):
        store.put_stream(new_key(HOSPITAL), [b"x"])


def test_nothing_of_an_object_stands_in_its_metadata(s3_server):
    store, key = s3_store_at(s3_server.url), new_key(HOSPITAL)
    store.put_stream(key, [b"x"])
    found = store.client.stat_object(store.bucket, key)
    assert found.content_type == "application/octet-stream"
    ours = [name for name in found.metadata or {} if name.lower().startswith("x-amz-meta")]
    assert [name for name in ours if "mtime" not in name.lower()] == []
