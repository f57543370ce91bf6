"""The malware scanner: what it finds does not come in, and while it is away nothing does."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.dicom.reasons import Reason, Refused
from storage.models import Job
from storage.scan import Infected, ScannerAway, scan
from storage.states import JobState, MalwareScan, ObjectState
from tests.cast import Member
from tests.services import free_port, start_clamd
from tests.storage import dicom_files as files
from tests.storage.clamd import EICAR, SIGNATURE, scanner
from tests.storage.folders import examine, folder_of, receive, seen

INFECTED = files.meta() + files.header() + files.element(0x00420011, b"OB", EICAR)


def test_the_whole_file_reaches_the_scanner(settings) -> None:
    content = os.urandom(3 * 1024 * 1024 + 17)
    with scanner() as server:
        settings.CLAMD_ADDRESS = server.address
        assert scan([content[:1000], b"", content[1000:]]) is MalwareScan.PASSED
    assert server.files == [content]


def test_without_a_scanner_the_answer_is_off_and_nothing_is_read(settings) -> None:
    settings.CLAMD_ADDRESS = ""

    def unread() -> Iterator[bytes]:
        raise AssertionError
        yield b""

    assert scan(unread()) is MalwareScan.OFF


def test_a_unix_socket_does_as_well(settings, tmp_path: Path) -> None:
    settings.CLAMD_ADDRESS = f"unix:{tmp_path / 'nobody'}"
    with pytest.raises(ScannerAway):
        scan([b"x"])


ERRORS = [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK but FOUNDry\0", b"\xff\0"]


@pytest.mark.parametrize("answer", ERRORS)
def test_any_other_answer_is_no_answer(settings, answer: bytes) -> None:
    with scanner(answer) as server, pytest.raises(ScannerAway):
        settings.CLAMD_ADDRESS = server.address
        scan([b"x"])


@pytest.mark.usefixtures("quick_child")
@pytest.mark.django_db
def test_a_scanned_finding_says_so(alice: Member, settings) -> None:
    with scanner() as server:
        settings.CLAMD_ADDRESS = server.address
        found = examine(receive(alice, folder_of(alice)))
    assert (found.state, found.malware_scan) == (ObjectState.CLEAN, MalwareScan.PASSED)
    assert server.files == [files.sound()]


@pytest.mark.usefixtures("quick_child")
@pytest.mark.django_db
def test_malware_is_rejected_before_anything_parses_it(
    alice: Member, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*args: object, **keywords: object) -> None:
        raise AssertionError

    monkeypatch.setattr("storage.dicom.limited.read", never)
    with scanner() as server:
        settings.CLAMD_ADDRESS = server.address
        found = examine(receive(alice, folder_of(alice), INFECTED))
    assert (found.state, found.reason) == (ObjectState.REJECTED, Reason.MALWARE)


@pytest.mark.usefixtures("quick_child")
@pytest.mark.django_db
def test_while_the_scanner_is_away_the_finding_waits_in_quarantine(
    alice: Member, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLAMD_ADDRESS = f"127.0.0.1:{free_port()}"
    arrived = receive(alice, folder_of(alice))
    for _ in range(10):
        assert examine(arrived).state == ObjectState.QUARANTINE
        assert (Job.objects.get().state, Job.objects.get().attempts) == (JobState.QUEUED, 0)
    assert alice.api.get(f"/api/v1/findings/{arrived.pk}/file").status_code == 404
    with scanner() as server:
        settings.CLAMD_ADDRESS = server.address
        assert examine(arrived).state == ObjectState.CLEAN
    assert seen(arrived).malware_scan is MalwareScan.PASSED


# the real one


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = start_clamd(tmp_path_factory.mktemp("clamd"), SIGNATURE, AlertExceedsMax="yes", MaxFileSize="1M")
    yield server.url
    server.kill()


@pytest.mark.parametrize(
    "infected",
    [EICAR, INFECTED, EICAR.ljust(128, b"\0") + files.sound()[128:]],
    ids=["plain", "in an element", "in the preamble"],
)
def test_the_real_clamd_finds_what_it_knows(clamd: str, settings, infected: bytes) -> None:
    settings.CLAMD_ADDRESS = clamd
    assert scan([files.sound()]) is MalwareScan.PASSED
    with pytest.raises(Infected) as found:
        scan([infected])
    assert found.value.signature.startswith("Own.Eicar")


def test_what_the_real_clamd_does_not_scan_to_the_end_is_not_taken_for_sound(clamd: str, settings) -> None:
    settings.CLAMD_ADDRESS = clamd
    with pytest.raises(Refused) as refused:
        scan([b"x" * (2 << 20)])
    assert refused.value.reason is Reason.TOO_EXPENSIVE
