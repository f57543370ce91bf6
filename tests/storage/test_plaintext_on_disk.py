"""While Alice sends a file, none of it stands in plaintext on a disk: neither by us nor by the server below.

Real servers; the client stops in the middle of a chunk, when the server has read what was sent. Two controls
show that the watch can see: daphne with its temporary files on a disk, and Django instead of our route."""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from storage.models import StoredObject
from storage.objects import sealed
from storage.states import ObjectState
from storage.uploads.tus import CHUNK_TYPE
from tests.services import Service
from tests.storage.asgi import Visitor
from tests.storage.rooms import MIB
from tests.storage.servers import (
    HalfwayClient,
    files_with,
    in_memory,
    peak_memory_bytes,
    start_server,
    until,
)

pytestmark = pytest.mark.django_db(transaction=True)
MARKER = b"PATIENT NAME MUELLER"
CHUNK = (MARKER + os.urandom(44)) * (8 * MIB // 64)


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory, as the start script gives it to daphne."""
    if not Path("/dev/shm").is_dir():
        pytest.skip("no tmpfs here")
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="medicus-test-") as folder:
        yield Path(folder)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder that is not in memory."""
    folder = tmp_path / "spool"
    folder.mkdir()
    if in_memory(folder):
        pytest.skip("the tests' folder is itself in memory")
    return folder


@dataclass
class Site:
    """A running server and the folder with all it writes."""

    server: Service
    folder: Path
    alice: Visitor

    @property
    def process_id(self) -> int:
        assert self.server.process
        return self.server.process.pid

    def plaintext(self) -> list[Path]:
        return files_with(MARKER, self.process_id, self.folder)

    def plaintext_on_disk(self) -> list[Path]:
        return [path for path in self.plaintext() if not in_memory(path)]

    def client(self) -> HalfwayClient:
        return HalfwayClient(self.server, self.alice)


@pytest.fixture
def site(alice, tmp_path, monkeypatch) -> Iterator[Callable[[str, Path], Site]]:
    """Start a server for Alice: `site("daphne", folder_for_temporary_files)`."""
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path / "var")
    servers: list[Service] = []

    def start(kind: str, temporary: Path) -> Site:
        servers.append(start_server(kind, tmp_path, temporary=temporary))
        return Site(servers[-1], tmp_path, Visitor.of(alice))

    yield start
    for server in servers:
        server.kill()


def begin(alice: Visitor, room: UUID, chunks: int) -> str:
    reply = alice.begin(chunks * len(CHUNK), kind="attachment", group=room)
    return str(reply.headers["location"])


def chunk_headers(offset: int) -> dict[str, str]:
    return {"tus-resumable": "1.0.0", "content-type": CHUNK_TYPE, "upload-offset": str(offset)}


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_nothing_of_an_upload_is_on_a_disk_in_plaintext(kind, site, room, memory):
    running = site(kind, memory)
    path = begin(running.alice, room, 3)
    for offset in range(0, 3 * len(CHUNK), len(CHUNK)):
        client = running.client()
        client.send_half("PATCH", path, CHUNK, chunk_headers(offset))
        if kind == "daphne":
            until(lambda: bool(running.plaintext()), "daphne's spool is not seen")
        assert running.plaintext_on_disk() == []
        assert client.send_rest().status == 204
        assert running.plaintext_on_disk() == []
        client.close()
    stored = StoredObject.objects.get(id=UUID(path.rsplit("/", 1)[1]))
    assert stored.state == ObjectState.CLEAN
    assert b"".join(sealed.read(stored)) == CHUNK * 3
    assert running.plaintext() == []


def test_the_watch_sees_daphne_write_to_a_disk(site, room, disk):
    """The control: the same upload, but TMPDIR is on a disk."""
    running = site("daphne", disk)
    client = running.client()
    client.send_half("PATCH", begin(running.alice, room, 1), CHUNK, chunk_headers(0))
    until(lambda: bool(running.plaintext_on_disk()), "the watch is blind")
    assert client.send_rest().status == 204
    client.close()


def test_the_watch_sees_django_write_to_a_disk(site, disk):
    """The control for uvicorn, and why the route exists: a body that Django reads."""
    running = site("uvicorn", disk)
    client = running.client()
    client.send_half("POST", "/api/v1/nothing", CHUNK * 2, {"content-type": "application/dicom"})
    until(lambda: bool(running.plaintext_on_disk()), "the watch is blind")
    client.close()


def test_the_memory_for_an_upload_does_not_grow_with_its_size(site, room, memory):
    running = site("uvicorn", memory)
    peaks = []
    for chunks in (2, 10):
        path, client = begin(running.alice, room, chunks), running.client()
        for offset in range(0, chunks * len(CHUNK), len(CHUNK)):
            client.send_half("PATCH", path, CHUNK, chunk_headers(offset))
            assert client.send_rest().status == 204
        client.close()
        peaks.append(peak_memory_bytes(running.process_id))
    assert peaks[1] - peaks[0] < 16 * MIB
