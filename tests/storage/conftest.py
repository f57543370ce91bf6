"""The stores, a real S3 server, and what the parts above would answer to uploads."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from medicus.lib import callbacks
from medicus.lib.ids import new_id
from storage.objects import ObjectStore
from storage.objects.files import FileStore
from storage.objects.s3 import S3Store
from tests.services import S3Credentials, Service, start_rclone
from tests.storage import dicom_files
from tests.storage.asgi import Visitor
from tests.storage.folders import read_once
from tests.storage.rooms import CONTENT, Rooms

CREDENTIALS = S3Credentials()


@pytest.fixture(scope="session", autouse=True)
def _no_kept_connections() -> None:
    """Threads of the upload routes close their connections at once: the test database must be droppable."""
    from django.db import connections

    connections.settings["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A real S3 server with the bucket `medicus`."""
    server = start_rclone(tmp_path_factory.mktemp("s3"), CREDENTIALS)
    s3_store_at(server.url).make_bucket()
    yield server
    server.kill()


def s3_store_at(url: str, **changes: str) -> S3Store:
    options = {
        "bucket": "medicus",
        "access_key": CREDENTIALS.access_key,
        "secret_key": CREDENTIALS.secret_key,
    } | changes
    return S3Store(endpoint=url, **options)


@pytest.fixture(params=["files", "s3"])
def object_store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """Both stores: what holds for one holds for the other."""
    if request.param == "files":
        return FileStore(tmp_path / "objects")
    return s3_store_at(request.getfixturevalue("s3_server").url)


@pytest.fixture(params=["files", "s3"])
def configured_store(request: pytest.FixtureRequest, settings, tmp_path: Path) -> ObjectStore:
    """The store of the settings, as files and as S3."""
    from storage.objects import store

    settings.VAR_DIR = tmp_path
    if request.param == "s3":
        settings.S3_ENDPOINT = request.getfixturevalue("s3_server").url
        settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = CREDENTIALS.access_key, CREDENTIALS.secret_key
    return store()


@pytest.fixture
def rooms(monkeypatch) -> Rooms:
    rooms = Rooms()
    monkeypatch.setitem(callbacks._registered, "attachment-scope", [rooms.may_attach])
    monkeypatch.setitem(callbacks._registered, "finding-target", [rooms.may_add])
    monkeypatch.setitem(callbacks._registered, "upload-complete", [rooms.complete])
    return rooms


@pytest.fixture
def room(rooms, alice) -> UUID:
    """A conversation with Alice in it."""
    room = new_id()
    rooms.members[room].add(alice.person.id)
    return room


@pytest.fixture
def browser(alice, settings, tmp_path) -> Visitor:
    settings.VAR_DIR = tmp_path
    return Visitor.of(alice)


@pytest.fixture
def path(browser, room) -> str:
    """An upload of CONTENT that Alice has begun."""
    reply = browser.begin(
        len(CONTENT), kind="attachment", group=room, name="Müller.pdf", type="application/pdf"
    )
    assert reply.status == 201, reply
    return str(reply.headers["location"])


@pytest.fixture(scope="session")
def _sound_file_was_read() -> None:
    """Outside of any test's transaction, which must not stand idle for so long on a busy machine."""
    read_once([dicom_files.sound()], size_bytes=len(dicom_files.sound()))


@pytest.fixture
def quick_child(_sound_file_was_read: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the DICOM child says of a file is asked once per run: for tests that are not about the child."""
    monkeypatch.setattr("storage.dicom.limited.read", read_once)
