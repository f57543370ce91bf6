"""The health probe of the containers."""

import os
import sys
import time
from pathlib import Path

import pytest

from medicus import probe
from tests.services import free_port


def exit_code(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["probe", *words])
    return probe.main()


@pytest.mark.parametrize("suffix", ["", ".db", ".dat"])
def test_a_file_is_fresh_by_whatever_suffix_python_gives_it(monkeypatch, tmp_path: Path, suffix: str) -> None:
    words = ("--file-younger-than=60", str(tmp_path / "beat"))
    assert exit_code(monkeypatch, *words) == 1
    written = tmp_path / f"beat{suffix}"
    written.touch()
    assert exit_code(monkeypatch, *words) == 0
    os.utime(written, (time.time() - 90,) * 2)
    assert exit_code(monkeypatch, *words) == 1


def test_a_server_is_healthy_when_it_answers_200(monkeypatch, live_server) -> None:
    monkeypatch.setenv("MEDICUS_ORIGIN", live_server.url)
    assert exit_code(monkeypatch, f"{live_server.url}/health/live") == 0
    assert exit_code(monkeypatch, f"{live_server.url}/no-such-page") == 1
    assert exit_code(monkeypatch, f"http://127.0.0.1:{free_port()}/health/live") == 1
