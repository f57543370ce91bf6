"""What the limited child lets pass, what it refuses, and what that may cost."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from storage.dicom import limited, limits
from storage.dicom.limited import DicomFile
from storage.dicom.reasons import Reason, Refused
from tests.storage import dicom_files as files

PATIENCE_SECONDS = 5
MEASURED = """
import runpy, sys
runpy.run_module("storage.dicom.child", run_name="__main__")
status = open("/proc/self/status").read()
sys.stderr.write(status.partition("VmHWM:")[2].split()[0])
"""
"""The child, then its own peak in KiB: what `getrusage` tells of children includes what they were forked from."""


def read(content: bytes) -> DicomFile:
    """Read, and hold the child to its time: the processor's, for the machine may be busy."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        return limited.read([content], size_bytes=len(content))
    finally:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < PATIENCE_SECONDS


def refusal(content: bytes) -> Reason:
    with pytest.raises(Refused) as refused:
        read(content)
    return refused.value.reason


def test_the_ct_of_pydicom_passes_with_its_attributes_frames_and_preview() -> None:
    found = read(files.sample("CT_small.dcm"))
    attributes = found.attributes
    assert attributes.sop_instance_uid == "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"
    assert (attributes.patient_family_name, attributes.patient_given_name) == ("CompressedSamples", "CT1")
    assert (attributes.modality, attributes.rows, attributes.columns, attributes.frames) == (
        "CT",
        128,
        128,
        None,
    )
    assert (attributes.study_date, attributes.study_time) == ("20040119", "072730")
    assert found.frames == {"offset": 6300, "length": 32768, "count": 1}
    assert found.preview_png is not None
    assert found.preview_png.startswith(b"\x89PNG")
    assert json.loads(found.dicom_json)["00100020"] == {"vr": "LO", "Value": ["1CT1"]}
    assert "7FE00010" not in json.loads(found.dicom_json)


def test_the_frame_offsets_point_at_the_pixels() -> None:
    content = files.sound()
    frames = read(content).frames
    assert frames is not None
    assert content[frames["offset"] : frames["offset"] + frames["length"]] == bytes(range(16))


def test_the_offsets_of_encapsulated_frames_point_at_their_fragments() -> None:
    content = files.sample("SC_rgb_rle_2frame.dcm")
    frames = read(content).frames
    assert frames is not None
    assert frames["starts"] == [0, 1]
    for offset, length in frames["fragments"]:
        assert content[offset - 8 : offset - 4] == b"\xfe\xff\x00\xe0"
        assert int.from_bytes(content[offset - 4 : offset], "little") == length


SOUND = [
    *("MR_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "MR_small_RLE.dcm"),
    *("image_dfl.dcm", "JPEG2000.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_gdcm.dcm"),
    *("examples_palette.dcm", "examples_ybr_color.dcm", "SC_ybr_full_422_uncompressed.dcm"),
    *("liver_1frame.dcm", "rtdose_rle.dcm", "SC_rgb_small_odd.dcm"),
]


@pytest.mark.parametrize("name", SOUND)
def test_sound_files_of_every_kind_pass_with_a_preview(name: str) -> None:
    assert read(files.sample(name)).preview_png is not None


@pytest.mark.parametrize("name", ["test-SR.dcm", "waveform_ecg.dcm", "JPGExtended.dcm"])
def test_what_has_no_picture_or_no_decoder_passes_without_a_preview(name: str) -> None:
    assert read(files.sample(name)).preview_png is None


BROKEN = {
    "MR_truncated.dcm": Reason.IMPOSSIBLE_LENGTH,
    "rtplan_truncated.dcm": Reason.IMPOSSIBLE_LENGTH,
    "MR_small_padded.dcm": Reason.PIXEL_LENGTH,
    "badVR.dcm": Reason.UID_MISMATCH,
    "rtplan.dcm": Reason.UID_MISMATCH,
    "no_meta.dcm": Reason.NOT_DICOM,
    "zipMR.gz": Reason.NOT_DICOM,
    "meta_missing_tsyntax.dcm": Reason.TRANSFER_SYNTAX,
    "priv_SQ.dcm": Reason.MISSING_ATTRIBUTES,
    "nested_priv_SQ.dcm": Reason.BAD_STRUCTURE,
    "SC_rgb_jpeg.dcm": Reason.BAD_STRUCTURE,
    "DICOMDIR": Reason.DIRECTORY,
}


@pytest.mark.parametrize(("name", "reason"), BROKEN.items())
def test_files_that_are_broken_are_refused_with_the_reason(name: str, reason: Reason) -> None:
    assert refusal(files.sample(name)) is reason


def test_names_in_every_alphabet_arrive_as_they_were_written() -> None:
    german, russian, korean = (
        read((files.sample_path("CT_small.dcm").parents[1] / "charset_files" / name).read_bytes()).attributes
        for name in ("chrGerm.dcm", "chrRuss.dcm", "chrI2.dcm")
    )
    assert german.patient_family_name == "Äneas"
    assert russian.patient_family_name == "Люкceмбypг"
    assert korean.patient_family_name == "Hong"


def _hostile() -> Iterator[tuple[str, bytes, Reason]]:
    sound, header = files.sound(), files.header()
    yield "nothing", b"", Reason.EMPTY
    yield "one byte", b"D", Reason.NOT_DICOM
    yield "a text", b"Sehr geehrte Frau Kollegin, " * 20, Reason.NOT_DICOM
    yield "the prefix alone", sound[:132], Reason.TRANSFER_SYNTAX
    yield "cut in the meta group", sound[:150], Reason.TRUNCATED
    yield "cut in the tag of an element", files.meta() + header[:2], Reason.TRUNCATED
    yield "cut in the pixels", sound[:-5], Reason.IMPOSSIBLE_LENGTH
    for magic in (b"MZ\x90\x00", b"\x7fELF", b"PK\x03\x04", b"#!/bin/sh\n", b"%PDF-1.7\n", b"<html><script>"):
        yield f"preamble {magic!r}", magic + sound[len(magic) :], Reason.FOREIGN_PREAMBLE
    zip_tail = b"PK\x03\x04" + bytes(60) + b"PK\x05\x06" + bytes(18)
    yield "a zip behind the data set", sound + zip_tail, Reason.BAD_STRUCTURE
    deflated = files.meta(syntax=files.DEFLATED) + files.deflate(header)
    yield "a zip behind the deflated data set", deflated + zip_tail, Reason.BAD_STRUCTURE
    yield (
        "a deflate stream that is none",
        files.meta(syntax=files.DEFLATED) + b"\xff" * 100,
        Reason.BAD_STRUCTURE,
    )
    yield "a deflate stream that is cut", deflated[:-3], Reason.TRUNCATED
    yield "a deflate bomb", files.deflate_bomb(1000), Reason.INFLATES_TOO_FAR
    yield "a deflate bomb that says so", files.deflate_bomb(1100), Reason.IMPOSSIBLE_LENGTH
    yield "3,000 sequences", files.nested(3000), Reason.TOO_DEEP
    yield "33 sequences", files.nested(33), Reason.TOO_DEEP
    yield "40 sequences with lengths", files.nested(40, defined=True), Reason.TOO_DEEP
    yield "40 sequences within an UN", files.nested_within_un(40), Reason.TOO_DEEP
    yield "a sequence that is never closed", files.nested(1)[:-8], Reason.TRUNCATED
    yield "a delimiter out of nothing", sound + b"\xfe\xff\x0d\xe0\x00\x00\x00\x00", Reason.BAD_STRUCTURE
    lie = files.element(0x00204000, b"UN", b"", 0xFFFFFFFE)
    yield "4 GB that are not there", files.meta() + header + lie, Reason.IMPOSSIBLE_LENGTH
    yield (
        "4 GB of pixels that are not there",
        files.meta() + header + files.image() + files.pixels(b"", 0xFFFFFFF0),
        Reason.IMPOSSIBLE_LENGTH,
    )
    item = b"\xfe\xff\x00\xe0" + (64).to_bytes(4, "little") + bytes(8)
    yield (
        "an item longer than its sequence",
        files.meta() + header + files.element(0x00400555, b"SQ", item) + bytes(100),
        Reason.IMPOSSIBLE_LENGTH,
    )
    path = "../../etc/passwd"
    yield "a path as UID", files.meta(instance=path) + files.header(instance=path), Reason.BAD_UID
    yield "a path as study UID", files.meta() + files.header(study=path), Reason.BAD_UID
    long = "1." * 33
    yield "a UID of 66 characters", files.meta(instance=long) + files.header(instance=long), Reason.BAD_UID
    yield "another instance in the meta group", files.meta(instance="1.2.9") + header, Reason.UID_MISMATCH
    yield "no instance UID", files.meta() + files.text(0x00080060, b"CS", "CT"), Reason.MISSING_ATTRIBUTES
    twice = files.text(0x00100010, b"PN", "Anders^Anna")
    yield (
        "two patient names",
        files.meta() + header[: header.index(b"\x10\x00\x30\x00")] + twice,
        Reason.BAD_STRUCTURE,
    )
    yield (
        "fewer pixels than promised",
        files.meta() + header + files.image(rows=5) + files.pixels(bytes(16)),
        Reason.PIXEL_LENGTH,
    )
    yield "pixels without a size", files.meta() + header + files.pixels(bytes(16)), Reason.MISSING_ATTRIBUTES
    yield (
        "a million frames",
        files.meta() + header + files.image(frames=1_000_000) + files.pixels(bytes(16)),
        Reason.HEADER_TOO_LARGE,
    )
    yield "an unknown transfer syntax", files.meta(syntax="1.2.3.4") + header, Reason.TRANSFER_SYNTAX
    many = b"".join(files.element(0x00410000 + n, b"US", b"\x00\x00") for n in range(0x10, 0xFFFF))
    more = b"".join(files.element(0x00430000 + n, b"US", b"\x00\x00") for n in range(0x10, 0xFFFF))
    yield "130,000 elements", files.meta() + header + many + more, Reason.HEADER_TOO_LARGE
    wide = b"".join(files.element(0x00410000 + n, b"UN", bytes(64_000)) for n in range(0x1000, 0x1000 + 300))
    yield "19 MB of private values", files.meta() + header + wide, Reason.HEADER_TOO_LARGE


@pytest.mark.parametrize(("content", "reason"), [pytest.param(c, r, id=n) for n, c, r in _hostile()])
def test_no_hostile_file_passes_or_takes_long(content: bytes, reason: Reason) -> None:
    assert refusal(content) is reason


def test_thirty_two_sequences_in_each_other_pass() -> None:
    assert read(files.nested(32)).attributes.patient_family_name == "Muster"


def test_a_small_private_value_that_only_looks_like_a_sequence_passes() -> None:
    private = files.element(0x00411001, b"OB", b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + bytes(8))
    assert read(files.meta() + files.header() + private).attributes.modality == "CT"


def test_a_large_image_costs_the_child_no_more_memory_than_a_small_one() -> None:
    size = 600 * files.MIB
    rows = columns = 24_576
    start = files.meta() + files.header() + files.image(rows=rows, columns=columns)
    start += files.element(0x7FE00010, b"OB", b"", rows * columns)
    zeros = bytes(files.MIB)
    total = len(start) + rows * columns

    def chunks() -> Iterator[bytes]:
        yield start
        left = rows * columns
        while left:
            yield zeros[: min(left, len(zeros))]
            left -= min(left, len(zeros))

    assert total > limits.MEMORY_BYTES < size
    found = limited.read(chunks(), size_bytes=total)
    assert found.preview_png is None
    assert found.frames == {"offset": len(start), "length": rows * columns, "count": 1}


@pytest.mark.parametrize(
    "content", [files.deflate_bomb(1000), files.nested(3000), files.sample("CT_small.dcm")]
)
def test_the_child_stays_within_half_a_gigabyte(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with (tmp_path / "file").open("rb") as file:
        command = [sys.executable, "-c", MEASURED, str(len(content))]
        done = subprocess.run(
            command,
            stdin=file,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            check=True,
        )
    assert int(done.stderr) * 1024 < limits.MEMORY_BYTES


# what the parent makes of a child that misbehaves


def _child(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Put another program in the child's place."""
    start = subprocess.Popen

    def popen(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return start([command[0], "-c", program], **options)

    monkeypatch.setattr("storage.dicom.limited.subprocess.Popen", popen)


READY = "import os, sys, time; print('{\"ready\":true}', flush=True); "


def test_a_child_that_dies_without_a_word_makes_the_file_too_expensive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _child(monkeypatch, READY + "os.kill(os.getpid(), 9)")
    assert refusal(files.sound()) is Reason.TOO_EXPENSIVE


def test_a_child_that_hangs_is_killed_and_the_file_is_neither_good_nor_bad(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "WALL_SECONDS", 0.5)
    _child(monkeypatch, READY + "time.sleep(60)")
    with pytest.raises(limited.Overrun):
        read(files.sound() + bytes(files.MIB))


def test_a_child_that_prints_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    _child(monkeypatch, READY + "\nwhile True: print('x' * 65536)")
    assert refusal(files.sound()) is Reason.TOO_EXPENSIVE


@pytest.mark.parametrize(
    "message",
    [
        '{"file": {"attributes": {}, "json": "", "frames": null}}',
        '{"refused": "because"}',
        "[]\n{}",
        '{"file": 5}',
    ],
)
def test_a_child_that_talks_nonsense_is_not_believed(monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    _child(monkeypatch, READY + f"print({message!r})")
    assert refusal(files.sound()) in {Reason.UNREADABLE, Reason.TOO_EXPENSIVE}


def test_a_child_that_does_not_start_says_nothing_about_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    _child(monkeypatch, "raise SystemExit(1)")
    with pytest.raises(limited.ChildUnavailable):
        read(files.sound())
