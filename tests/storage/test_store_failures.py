"""A store that is down, full or lying: a clear error in good time, nothing lost, nothing half-stored."""

import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from medicus.lib.ids import new_id
from storage.errors import Damaged, StoreAway, StoreFull
from storage.objects import s3, sealed
from storage.objects.files import FileStore
from storage.objects.store import new_key
from storage.states import ObjectKind
from tests.services import start_rclone
from tests.storage.asgi import Visitor
from tests.storage.conftest import CREDENTIALS, s3_store_at
from tests.storage.evil import evil_server, hangs_up, says, stays_silent
from tests.storage.rooms import MIB, Rooms

HOSPITAL = new_id()
XML = {"Content_Type": "application/xml"}
HEAD_OK = {"ETag": '"x"', "Last_Modified": "Sun, 22 Nov 2026 04:15:58 GMT"}


def error_xml(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>m</Message></Error>".encode()


@pytest.fixture
def quick(monkeypatch) -> None:
    """The same timeouts and retries, ten times faster."""
    monkeypatch.setattr(s3, "_TIMEOUT", urllib3.Timeout(connect=0.5, read=0.5))
    monkeypatch.setattr(s3, "_RETRIES", s3._RETRIES.new(backoff_factor=0.02))


def uses(store) -> dict[str, Callable[[], object]]:
    key = new_key(HOSPITAL)
    return {
        "put": lambda: store.put_stream(key, [b"content"]),
        "get": lambda: b"".join(store.get_range(key, 0, 7)),
        "stat": lambda: store.stat(key),
        "delete": lambda: store.delete(key),
        "list": lambda: list(store.list()),
    }


@pytest.mark.parametrize("use", ["put", "get", "stat", "delete", "list"])
def test_a_store_that_is_down_is_a_clear_error_in_good_time(quick, use):
    begin = time.monotonic()
    with pytest.raises(StoreAway) as raised:
        uses(s3_store_at("http://127.0.0.1:1"))[use]()
    assert raised.value.status == 503
    assert raised.value.detail == "The object store does not answer. Nothing was lost; please try again."
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("use", ["put", "get", "stat", "delete", "list"])
@pytest.mark.parametrize(
    "answer",
    [hangs_up, stays_silent, says(500), says(503, b"<html>"), says(403, error_xml("AccessDenied"), **XML),
     says(200, b"\xff\xfe not what was asked for"), says(301, Location="http://127.0.0.1:1/"), says(418)],
    ids=["hangs up", "silent", "500", "503", "403", "nonsense", "redirect", "teapot"],
)  # fmt: skip
def test_a_store_that_answers_wrongly_is_an_error_never_an_answer(quick, request, use, answer):
    if request.node.callspec.id.startswith("nonsense") and use in ("stat", "delete"):
        return  # their answers have no content that could be wrong
    server = evil_server(GET=answer, PUT=answer, HEAD=answer, POST=answer, DELETE=answer)
    with server as url, pytest.raises((StoreAway, Damaged)):
        uses(s3_store_at(url))[use]()


FORGETFUL = {
    "the object is not there": says(404),
    "the object is shorter": says(200, Content_Length="3", **HEAD_OK),
    "the object is longer": says(200, Content_Length="8", **HEAD_OK),
}


@pytest.mark.parametrize("said", FORGETFUL)
def test_a_put_that_was_answered_but_not_done_is_noticed(quick, said):
    server = evil_server(PUT=says(200, ETag='"x"'), HEAD=FORGETFUL[said], DELETE=says(204))
    with server as url, pytest.raises(StoreAway, match="Nothing was lost"):
        s3_store_at(url).put_stream(new_key(HOSPITAL), [b"content"])


LIARS = {
    "no range known": says(200, b"content and more of it", ETag='"x"'),
    "another range": says(206, b"ontent ", Content_Range="bytes 1-7/22"),
    "shorter": says(206, b"con", Content_Range="bytes 0-2/3"),
    "cut on the way": says(206, b"con", Content_Range="bytes 0-6/22", Content_Length="7"),
    "less than said": says(206, b"con", Content_Range="bytes 0-6/22"),
    "more than said": says(206, b"content and", Content_Range="bytes 0-6/22"),
    "gone": says(404, error_xml("NoSuchKey"), **XML),
}


@pytest.mark.parametrize("lie", LIARS)
def test_a_range_that_is_not_what_was_asked_for_is_noticed(quick, lie):
    with evil_server(GET=LIARS[lie]) as url, pytest.raises((StoreAway, Damaged)):
        b"".join(s3_store_at(url).get_range(new_key(HOSPITAL), 0, 7))


@pytest.mark.parametrize("code", ["InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"])
def test_a_full_s3_store_says_so(quick, code):
    server = evil_server(PUT=says(507, error_xml(code), **XML), DELETE=says(204))
    with server as url, pytest.raises(StoreFull, match="full"):
        s3_store_at(url).put_stream(new_key(HOSPITAL), [b"content"])


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """The kernel refuses to let any file of this process grow beyond `size`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_says_so_and_leaves_nothing(tmp_path):
    store, key = FileStore(tmp_path), new_key(HOSPITAL)
    with no_file_above(MIB), pytest.raises(StoreFull, match="full"):
        store.put_stream(key, [bytes(MIB), bytes(MIB)])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert store.put_stream(key, [bytes(2 * MIB)]) == 2 * MIB


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("may not mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.django_db(transaction=True)
def test_an_upload_onto_a_full_disk_keeps_what_it_has_and_goes_on_when_there_is_room(
    alice, rooms: Rooms, settings, small_disk
):
    settings.VAR_DIR = small_disk
    room, content = new_id(), os.urandom(16 * MIB)
    rooms.members[room].add(alice.person.id)
    browser = Visitor.of(alice)
    path = browser.begin(len(content), kind="attachment", group=room).headers["location"]
    assert browser.patch(path, 0, content[: 8 * MIB]).status == 204
    reply = browser.patch(path, 8 * MIB, content[8 * MIB :])
    assert (reply.status, reply.problem["detail"]) == (
        503, "The object store is full. Nothing was stored; please tell your administration."
    )  # fmt: skip
    assert browser.offset(path) == 8 * MIB
    assert len([found for found in small_disk.rglob("*") if found.is_file()]) == 1

    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    assert browser.patch(path, 8 * MIB, content[8 * MIB :]).status == 204
    assert Visitor.of(alice).ask("GET", path.replace("uploads", "attachments")).body == content


@pytest.mark.django_db(transaction=True)
def test_an_upload_survives_a_kill_9_of_the_store(alice, rooms: Rooms, settings, tmp_path, quick):
    server = start_rclone(tmp_path, CREDENTIALS)
    try:
        s3_store_at(server.url).make_bucket()
        settings.S3_ENDPOINT = server.url
        settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = CREDENTIALS.access_key, CREDENTIALS.secret_key
        room, content = new_id(), os.urandom(4 * MIB)
        rooms.members[room].add(alice.person.id)
        browser = Visitor.of(alice)
        path = browser.begin(len(content), kind="attachment", group=room).headers["location"]
        assert browser.patch(path, 0, content[: 2 * MIB]).status == 204
        server.kill()
        assert browser.patch(path, 2 * MIB, content[2 * MIB :]).status == 503
        assert browser.offset(path) == 2 * MIB
        assert browser.ask("GET", path.replace("uploads", "attachments")).status == 404
        server.start()
        assert browser.patch(path, 2 * MIB, content[2 * MIB :]).status == 204
        assert browser.ask("GET", path.replace("uploads", "attachments")).body == content
        server.kill()
        assert browser.ask("GET", path.replace("uploads", "attachments")).status == 503
    finally:
        server.kill()
        s3_cache_clear()


def s3_cache_clear() -> None:
    from storage import objects

    objects._s3.cache_clear()


def test_a_shredding_that_cannot_reach_the_store_still_destroys_the_key(
    hospital_a, settings, tmp_path, django_capture_on_commit_callbacks, monkeypatch
):
    """The bytes stay as an orphan that nobody can read."""
    settings.VAR_DIR = tmp_path
    finding = sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"x"])
    monkeypatch.setattr(FileStore, "delete", _away)
    with django_capture_on_commit_callbacks(execute=True):
        sealed.shred(finding)
    finding.refresh_from_db()
    assert finding.wrapped_key is None


def _away(*_arguments: object) -> None:
    raise StoreAway("unplugged")
