"""DICOM files for the tests: pydicom's own, and some that nobody should send."""

import struct
import zlib
from pathlib import Path

from pydicom.data import get_testdata_file

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
CT_STORAGE = "1.2.840.10008.5.1.4.1.1.2"
INSTANCE = "1.2.3.4.5"
LONG = {b"OB", b"OW", b"SQ", b"UN"}
MIB = 1024 * 1024


def sample(name: str) -> bytes:
    """One of pydicom's own test files."""
    return sample_path(name).read_bytes()


def sample_path(name: str) -> Path:
    found = get_testdata_file(name)
    assert isinstance(found, str), name
    return Path(found)


def element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """An element in explicit VR little endian; `length` may lie."""
    size = len(value) if length is None else length
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr
    return head + (struct.pack("<HL", 0, size) if vr in LONG else struct.pack("<H", size)) + value


def uid(tag: int, value: str) -> bytes:
    return element(tag, b"UI", value.encode() + b"\x00" * (len(value) % 2))


def text(tag: int, vr: bytes, value: str) -> bytes:
    encoded = value.encode()
    return element(tag, vr, encoded + b" " * (len(encoded) % 2))


def meta(*, syntax: str = EXPLICIT_LITTLE, instance: str = INSTANCE, preamble: bytes = b"") -> bytes:
    """The first bytes of a file, up to the data set."""
    group = uid(0x00020002, CT_STORAGE) + uid(0x00020003, instance) + uid(0x00020010, syntax)
    return (
        preamble.ljust(128, b"\x00")
        + b"DICM"
        + element(0x00020000, b"UL", struct.pack("<L", len(group)))
        + group
    )


def header(*, instance: str = INSTANCE, study: str = "1.2.3", family_name: str = "Muster") -> bytes:
    """The elements every finding needs, in order, up to group 0020."""
    return (
        uid(0x00080016, CT_STORAGE)
        + uid(0x00080018, instance)
        + text(0x00080060, b"CS", "CT")
        + text(0x00100010, b"PN", f"{family_name}^Erika")
        + text(0x00100030, b"DA", "19640812")
        + uid(0x0020000D, study)
        + uid(0x0020000E, "1.2.3.4")
    )


def image(*, rows: int = 4, columns: int = 4, frames: int = 1) -> bytes:
    """The elements of group 0028 for 8-bit grey."""
    return (
        element(0x00280002, b"US", struct.pack("<H", 1))
        + text(0x00280004, b"CS", "MONOCHROME2")
        + text(0x00280008, b"IS", str(frames))
        + element(0x00280010, b"US", struct.pack("<H", rows))
        + element(0x00280011, b"US", struct.pack("<H", columns))
        + element(0x00280100, b"US", struct.pack("<H", 8))
        + element(0x00280101, b"US", struct.pack("<H", 8))
        + element(0x00280102, b"US", struct.pack("<H", 7))
        + element(0x00280103, b"US", struct.pack("<H", 0))
    )


def pixels(value: bytes, length: int | None = None) -> bytes:
    return element(0x7FE00010, b"OB", value, length)


def sound() -> bytes:
    """A small finding with nothing wrong in it."""
    return meta() + header() + image() + pixels(bytes(range(16)))


def deflate(data_set: bytes) -> bytes:
    compress = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compress.compress(data_set) + compress.flush()


def deflate_bomb(inflated_mib: int) -> bytes:
    """About a thousandth of its inflated size, all of it pixels: one compressed MiB of zeros, again and again."""
    compress = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    start = header() + image(rows=32_000, columns=32_768) + pixels(b"", inflated_mib * MIB)
    head = compress.compress(start) + compress.flush(zlib.Z_FULL_FLUSH)
    zeros = compress.compress(bytes(MIB)) + compress.flush(zlib.Z_FULL_FLUSH)
    return meta(syntax=DEFLATED) + head + zeros * inflated_mib + compress.flush()


def nested(depth: int, *, defined: bool = False) -> bytes:
    """`depth` sequences, one in the other."""
    if defined:
        inner = b""
        for _ in range(depth):
            item = struct.pack("<HHL", 0xFFFE, 0xE000, len(inner)) + inner
            inner = element(0x00400555, b"SQ", item)
        return meta() + header() + inner
    undefined = struct.pack("<L", 0xFFFFFFFF)
    opening = struct.pack("<HH", 0x0040, 0x0555) + b"SQ\x00\x00" + undefined + b"\xfe\xff\x00\xe0" + undefined
    closing = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    return meta() + header() + opening * depth + closing * depth


def nested_within_un(depth: int) -> bytes:
    """Sequences in implicit VR, whose outermost an archive wrote as UN."""
    inner = b""
    for _ in range(depth):
        inner = struct.pack("<HHL", 0xFFFE, 0xE000, len(inner)) + inner
        outermost = inner
        inner = struct.pack("<HHL", 0x0040, 0x0555, len(inner)) + inner
    return meta() + header() + element(0x00400555, b"UN", outermost)
