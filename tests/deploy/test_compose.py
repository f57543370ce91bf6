"""docker-compose.yml: valid after the Compose specification, and each of our processes in it really starts,
by the same command line and environment (only host names and the key folder are replaced)."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests import services
from tests.storage.clamd import EICAR, SIGNATURE

pytestmark = pytest.mark.services
COMPOSE = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())
SECRETS = {
    "MEDICUS_ORIGIN": "https://medicus.example",
    "MEDICUS_SITE": "medicus.example",
    "MEDICUS_SECRET_KEY": "0123456789" * 6,
    "POSTGRES_PASSWORD": "unused-with-trust",
    "REDIS_PASSWORD": "",
    "S3_SECRET_KEY": "the-secret-of-the-composition",
}


class Composition:
    """The servers that the composition needs, and a way to start one of our services in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = services.start_postgres(folder / "postgres")
        self.redis = services.start_redis(folder / "redis")
        credentials = services.S3Credentials("medicus", SECRETS["S3_SECRET_KEY"])
        self.s3 = services.start_rclone(folder / "s3", credentials)
        clamd = COMPOSE["services"]["clamav"]["environment"]
        options = {name.removeprefix("CLAMD_CONF_"): value for name, value in clamd.items()}
        self.clamd = services.start_clamd(folder / "clamd", SIGNATURE, **options)
        self.port = services.free_port()
        self.running: list[subprocess.Popen[bytes]] = []

    def replace(self, text: str) -> str:
        text = re.sub(r"\$\{(\w+)[^}]*\}", lambda match: SECRETS[match[1]], text)
        for old, new in {
            "medicus:unused-with-trust@postgres:5432/medicus": f"postgres@127.0.0.1:{self.postgres.port}/postgres",
            "redis://:@redis:6379": f"redis://127.0.0.1:{self.redis.port}",
            "http://seaweedfs:8333": self.s3.url,
            "clamav:3310": self.clamd.url,
            "/var/lib/medicus": str(self.folder / "var"),
            "--port=8000": f"--port={self.port}",
            ":8000/": f":{self.port}/",
            "/tmp/beat": str(self.folder / "beat"),
        }.items():
            text = text.replace(old, new)
        return text

    def environment(self, service: dict[str, Any]) -> dict[str, str]:
        paths = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ours = {name: self.replace(value) for name, value in service["environment"].items()}
        return {"PATH": paths, "HOME": str(self.folder), "LANG": "C.UTF-8"} | ours

    def start(self, name: str) -> subprocess.Popen[bytes]:
        service = COMPOSE["services"][name]
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [self.replace(word) for word in service["command"]],
                env=self.environment(service), cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def manage(self, name: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py as the service `name` would."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            env=self.environment(COMPOSE["services"][name]) | environment, cwd=settings.BASE_DIR,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def healthy(self, name: str) -> bool:
        service = COMPOSE["services"][name]
        kind, *words = service["healthcheck"]["test"]
        assert kind == "CMD"
        done = subprocess.run(
            [self.replace(word) for word in words],
            env=self.environment(service), cwd=settings.BASE_DIR, capture_output=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()[-3000:]

    def close(self) -> None:
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for service in (self.postgres, self.redis, self.s3, self.clamd):
            service.kill()


@pytest.fixture(scope="module")
def composition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composition]:
    made = Composition(tmp_path_factory.mktemp("compose"))
    try:
        setup = made.start("setup")
        assert setup.wait(120) == 0, made.log("setup")
        yield made
    finally:
        made.close()


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def test_the_file_follows_the_compose_specification() -> None:
    subprocess.run([settings.BASE_DIR / "scripts" / "check-compose"], check=True)


def test_every_service_has_a_health_check_or_ends_by_itself() -> None:
    for name, service in COMPOSE["services"].items():
        assert "healthcheck" in service or service["restart"] == "no", name


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    """`web` and `live` believe whoever reaches them about the client's address."""
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]


@pytest.mark.parametrize("name", ["web", "live"])
def test_the_web_process_becomes_healthy_and_ends_gracefully(composition: Composition, name: str) -> None:
    process = composition.start(name)
    assert eventually(lambda: composition.healthy(name), 40), composition.log(name)
    request = urllib.request.Request(
        f"http://127.0.0.1:{composition.port}/sign-in/",
        headers={"Host": "medicus.example", "X-Forwarded-Proto": "https"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert b"csrfmiddlewaretoken" in answer.read()
    process.send_signal(signal.SIGTERM)
    # When all is finished uvicorn ends itself by the same signal.
    assert process.wait(25) == -signal.SIGTERM, composition.log(name)
    assert "Finished server process" in composition.log(name)


def test_the_worker_answers_its_health_check(composition: Composition) -> None:
    composition.start("worker")
    assert eventually(lambda: composition.healthy("worker"), 60), composition.log("worker")


def test_beat_keeps_its_schedule_fresh(composition: Composition) -> None:
    composition.start("beat")
    assert eventually(lambda: composition.healthy("beat"), 40), composition.log("beat")


def test_production_refuses_to_start_without_its_database(composition: Composition) -> None:
    done = composition.manage("web", "check", DATABASE_URL="")
    assert done.returncode != 0
    assert "production needs DATABASE_URL" in done.stderr


@pytest.mark.parametrize("size_bytes", [0, 150 << 20], ids=["small", "larger than clamd's own limits"])
def test_the_worker_s_scanner_finds_malware_by_the_limits_of_the_file(
    composition: Composition, size_bytes: int
) -> None:
    scan = f"from storage.scan import scan; scan([bytes({size_bytes}), {EICAR!r}])"
    done = composition.manage("worker", "shell", "--no-imports", "-c", scan)
    assert "storage.scan.Infected: Own.Eicar" in done.stderr
