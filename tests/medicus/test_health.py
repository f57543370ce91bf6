"""What the health pages say of the database and of the object store."""

import socket
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.test import Client

from medicus import health
from storage.objects import probe as probing
from storage.objects.probe import Probe
from tests.services import free_port


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(health, "probe", Probe())


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes every request and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.django_db
def test_all_is_well():
    assert Client().get("/health/live").json() == {"status": "live"}
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "database": True, "store": True})


def degraded(settings, endpoint: str) -> bool:
    settings.S3_ENDPOINT = endpoint
    settings.S3_ACCESS_KEY = settings.S3_SECRET_KEY = "x" * 20
    answer = Client().get("/health/ready")
    return (answer.status_code, answer.json()) == (
        200,
        {"status": "degraded", "database": True, "store": False},
    )


@pytest.mark.django_db
def test_a_store_that_is_away_is_told_but_ends_nothing(settings):
    assert degraded(settings, f"http://127.0.0.1:{free_port()}")


@pytest.mark.django_db
def test_a_store_that_is_misconfigured_is_told(settings):
    assert degraded(settings, "seaweedfs:8333")


@pytest.mark.django_db
def test_a_store_that_is_slow_holds_nobody_up(settings, silent, monkeypatch):
    monkeypatch.setattr(probing, "WAIT_SECONDS", 0.2)
    assert degraded(settings, silent)


@pytest.mark.django_db
def test_the_store_is_asked_once_for_many_and_again_later(monkeypatch):
    asked: list[bool] = []

    def ask() -> bool:
        asked.append(True)
        return True

    monkeypatch.setattr(probing, "_ask", ask)
    for _ in range(5):
        assert Client().get("/health/ready").json()["store"]
    assert len(asked) == 1
    monkeypatch.setattr(probing, "FRESH_SECONDS", 0)
    assert Client().get("/health/ready").json()["store"]
    assert len(asked) == 2


@pytest.mark.django_db
def test_without_its_database_a_process_is_not_ready(monkeypatch):
    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", away)
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json() == {"status": "unavailable", "database": False}
    assert Client().get("/health/live").status_code == 200
