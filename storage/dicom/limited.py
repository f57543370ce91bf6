"""Read a DICOM file in a limited child process, and check what the child says."""

import base64
import binascii
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from storage.dicom import limits
from storage.dicom.reasons import Reason, Refused

UID = re.compile(r"[0-9.]{1,64}")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class ChildUnavailable(Exception):  # noqa: N818 - the machine's fault, not the file's
    """The child did not start: nothing is known about the file; try again."""


class Overrun(Exception):  # noqa: N818 - perhaps the machine's fault, perhaps the file's
    """The child was not done in time: a busy machine, or a child that hangs; try again, not for ever."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """Values of the header as they stand in the file: trimmed, printable, at most 200 characters, or "".

    dates as DICOM writes them (DA `YYYYMMDD`, TM `HHMMSS.f`); window values of the first window.
    """

    study_uid: str
    series_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    patient_family_name: str
    patient_given_name: str
    patient_id: str
    patient_birth_date: str
    modality: str
    description: str
    study_date: str
    study_time: str
    timezone_offset: str
    instance_number: int | None
    rows: int | None
    columns: int | None
    frames: int | None
    window_center: str
    window_width: str


@dataclass(frozen=True, slots=True)
class DicomFile:
    """A file that passed.

    dicom_json: the header (PS3.18 annex F), without pixels, UTF-8.
    frames: where each frame lies in the file (see `storage.dicom.pixels.locate_frames`), or None.
    preview_png: at most 256 pixels a side, or None where it could not be decoded.
    """

    attributes: Attributes
    dicom_json: bytes
    frames: dict[str, Any] | None
    preview_png: bytes | None

    @property
    def frames_json(self) -> bytes:
        return json.dumps(self.frames).encode()


def read(chunks: Iterable[bytes], *, size_bytes: int) -> DicomFile:
    """Feed the file to a child and return what it found.

    Raises:
        Refused: the file breaks a rule, or costs more than `storage.dicom.limits` allows.
        Overrun: it took longer than the wall clock allows.
        ChildUnavailable: the child did not come up.
    """
    child = _start(size_bytes)
    overrun = threading.Event()
    clock = threading.Timer(_seconds(size_bytes), _kill, [child, overrun])
    clock.start()
    try:
        messages = _converse(child, chunks)
        if not messages and overrun.is_set():
            raise Overrun
        return _found(messages)
    finally:
        clock.cancel()
        _end(child)


def _kill(child: subprocess.Popen[bytes], overrun: threading.Event) -> None:
    overrun.set()
    child.kill()


def _seconds(size_bytes: int) -> float:
    return limits.WALL_SECONDS + size_bytes / limits.WALL_BYTES_PER_SECOND


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        _close(pipe)


def _start(size_bytes: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
            [sys.executable, "-B", "-s", "-m", "storage.dicom.child", str(size_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env={"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        )
    except OSError as error:
        raise ChildUnavailable from error


def _converse(child: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> list[dict[str, Any]]:
    """Write the file, read the messages. A child that has seen enough closes its end before the file's."""
    assert child.stdin is not None
    assert child.stdout is not None
    if child.stdout.readline(64) != b'{"ready":true}\n':
        raise ChildUnavailable
    with suppress(BrokenPipeError):
        for chunk in chunks:
            child.stdin.write(chunk)
    _close(child.stdin)
    answer = child.stdout.read(limits.OUTPUT_BYTES + 1)
    if len(answer) > limits.OUTPUT_BYTES:
        raise Refused(Reason.TOO_EXPENSIVE)
    return [message for line in answer.splitlines() if (message := _message(line))]


def _close(pipe: Any) -> None:
    with suppress(BrokenPipeError):
        pipe.close()


def _message(line: bytes) -> dict[str, Any]:
    """A whole message, or nothing: a killed child may leave half a line."""
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _found(messages: list[dict[str, Any]]) -> DicomFile:
    if not messages:
        raise Refused(Reason.TOO_EXPENSIVE)  # killed by a limit, or by its own memory
    try:
        if "refused" in messages[0]:
            raise Refused(Reason(messages[0]["refused"]))
        found = messages[0]["file"]
        preview = messages[1].get("preview") if len(messages) > 1 else None
        return DicomFile(
            attributes=_attributes(found["attributes"]),
            dicom_json=str(found["json"]).encode(),
            frames=found["frames"],
            preview_png=_png(preview),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(Reason.UNREADABLE) from error


def _attributes(found: dict[str, Any]) -> Attributes:
    attributes = Attributes(**found)
    for name, value in found.items():
        if name.endswith("_uid") and not UID.fullmatch(value):
            raise Refused(Reason.BAD_UID)
        if not isinstance(value, int | None) and not (isinstance(value, str) and value.isprintable()):
            raise TypeError(name)
    return attributes


def _png(encoded: str | None) -> bytes | None:
    if encoded is None:
        return None
    try:
        picture = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    sound = picture.startswith(PNG_SIGNATURE) and len(picture) <= limits.PREVIEW_PNG_BYTES
    return picture if sound else None
