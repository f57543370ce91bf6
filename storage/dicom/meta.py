"""The file meta information: preamble, prefix and group 0002 (DICOM PS3.10 section 7.1)."""

import struct
from dataclasses import dataclass

from storage.dicom import limits
from storage.dicom.reasons import Reason, Refused
from storage.dicom.source import Plain

PREAMBLE_BYTES = 128
GROUP = 0x0002
SOP_CLASS, SOP_INSTANCE, TRANSFER_SYNTAX = 0x0002, 0x0003, 0x0010
TIFF = (b"II*\x00", b"MM\x00*")
LONG_VRS = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
"""Value representations whose length takes four bytes (DICOM PS3.5 table 7.1-1)."""

DEFLATED = "1.2.840.10008.1.2.1.99"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
NATIVE = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED})
ENCAPSULATED = frozenset(
    f"1.2.840.10008.1.2.{suffix}"
    for suffix in (
        *("4.50", "4.51", "4.57", "4.70"),  # JPEG
        *("4.80", "4.81"),  # JPEG-LS
        *("4.90", "4.91", "4.92", "4.93", "4.201", "4.202", "4.203"),  # JPEG 2000, HTJ2K
        *("4.100", "4.101", "4.102", "4.103", "4.104", "4.105", "4.106", "4.107", "4.108"),  # MPEG, HEVC
        *("4.110", "4.111", "4.112"),  # JPEG XL
        "5",  # RLE
    )
)
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"


@dataclass(frozen=True, slots=True)
class FileMeta:
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str

    @property
    def implicit(self) -> bool:
        return self.transfer_syntax_uid == IMPLICIT_LITTLE

    @property
    def big_endian(self) -> bool:
        return self.transfer_syntax_uid == EXPLICIT_BIG

    @property
    def encapsulated(self) -> bool:
        return self.transfer_syntax_uid in ENCAPSULATED


def read_meta(source: Plain) -> FileMeta:
    """Read up to the last element of group 0002; `source` then stands at the data set.

    Raises:
        Refused: no DICOM file, another file's preamble, a meta group that is broken, too large or incomplete.
    """
    _check_prefix(source)
    values = _group_0002(source)
    meta = FileMeta(*(_uid(values, element) for element in (SOP_CLASS, SOP_INSTANCE, TRANSFER_SYNTAX)))
    if meta.sop_class_uid == MEDIA_STORAGE_DIRECTORY:
        raise Refused(Reason.DIRECTORY)
    if meta.transfer_syntax_uid not in NATIVE | ENCAPSULATED:
        raise Refused(Reason.TRANSFER_SYNTAX)
    return meta


def _check_prefix(source: Plain) -> None:
    if source.end == 0:
        raise Refused(Reason.EMPTY)
    if source.end < PREAMBLE_BYTES + 4:
        raise Refused(Reason.NOT_DICOM)
    preamble, prefix = source.read(PREAMBLE_BYTES), source.read(4)
    if prefix != b"DICM":
        raise Refused(Reason.NOT_DICOM)
    if any(preamble) and not preamble.startswith(TIFF):
        raise Refused(Reason.FOREIGN_PREAMBLE)


def _group_0002(source: Plain) -> dict[int, bytes]:
    """The elements of the group, by element number. The next group's first bytes stay unread."""
    values: dict[int, bytes] = {}
    limit = source.position + limits.META_BYTES
    while source.peek(2) == GROUP.to_bytes(2, "little"):
        _group, element = struct.unpack("<HH", source.read(4))
        length = _length(source)
        if length > source.end - source.position:
            raise Refused(Reason.IMPOSSIBLE_LENGTH)
        if source.position + length > limit:
            raise Refused(Reason.HEADER_TOO_LARGE)
        if element in values:
            raise Refused(Reason.BAD_STRUCTURE)
        values[element] = source.read(length)
    return values


def _length(source: Plain) -> int:
    vr, short = source.read(2), source.read(2)
    if vr in LONG_VRS:
        return int.from_bytes(source.read(4), "little")
    if not (vr.isalpha() and vr.isupper()):
        raise Refused(Reason.BAD_STRUCTURE)
    return int.from_bytes(short, "little")


def _uid(values: dict[int, bytes], element: int) -> str:
    return values.get(element, b"").rstrip(b"\x00 ").decode("ascii", "replace")
