"""The client that browsers use, tus-js-client, against a real server: whole, and stopped and resumed."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.services import Service
from tests.storage.asgi import Visitor
from tests.storage.rooms import CONTENT, MIB, whole
from tests.storage.servers import start_server

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = Path(__file__).with_name("tus_client.mjs")
CLIENT = Path(settings.BASE_DIR) / "web" / "node_modules" / "tus-js-client"

if not CLIENT.is_dir() or shutil.which("node") is None:
    pytest.skip("needs node and the front end's packages", allow_module_level=True)


@pytest.fixture
def server(tmp_path, monkeypatch) -> Iterator[Service]:
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path / "var")
    server = start_server("uvicorn", tmp_path, temporary=tmp_path)
    yield server
    server.kill()


def send(server: Service, alice: Any, room: object, file: Path, **options: object) -> dict[str, Any]:
    visitor = Visitor.of(alice)
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    wanted = {
        "endpoint": f"{server.url}/api/v1/uploads",
        "headers": visitor.headers | {"cookie": cookies},
        "metadata": {"kind": "attachment", "group": str(room), "name": "Müller.pdf"},
        "file": str(file),
    } | options
    command = ["node", str(SCRIPT), json.dumps(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    return path


def test_a_file_arrives_whole(server, alice, room, file):
    assert whole(send(server, alice, room, file)["url"]) == CONTENT


def test_a_file_that_was_stopped_goes_on_where_it_was(server, alice, room, file):
    first = send(server, alice, room, file, stopAfterBytes=8 * MIB)
    assert first["accepted"] == 8 * MIB
    second = send(server, alice, room, file, uploadUrl=first["url"])
    assert second["url"] == first["url"]
    assert whole(first["url"]) == CONTENT
