"""Walk over the elements of a data set, forward, without recursion (DICOM PS3.5 section 7).

Memory does not grow with the file: the header is kept up to a limit, large binary values are passed over, and
of the pixels no more is kept than a preview needs. What the walk accepts has balanced, shallow sequences, no
length beyond what is there, and each tag once per data set, in order: two readers cannot read it differently.
"""

import struct
from dataclasses import dataclass, field

from storage.dicom import limits
from storage.dicom.dictionary import implicit_vr
from storage.dicom.meta import LONG_VRS
from storage.dicom.reasons import Reason, Refused
from storage.dicom.source import CHUNK_BYTES, Source

UNDEFINED = 0xFFFFFFFF
DELIMITERS = 0xFFFE
ITEM, ITEM_END, SEQUENCE_END = 0xE000, 0xE00D, 0xE0DD
PIXEL_TAGS = {0x7FE00008: 4, 0x7FE00009: 8, 0x7FE00010: 0}
"""Float Pixel Data, Double Float Pixel Data, Pixel Data: bytes per sample, 0 where Bits Allocated says it."""
VRS = LONG_VRS | {
    *(b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN"),
    *(b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"),
}


@dataclass(slots=True)
class Pixels:
    """Where the pixels lie in the source, and the first of their bytes.

    fragments: (offset, length) of each, without the offset table; empty for native pixels.
    table: the Basic Offset Table (PS3.5 A.4), relative to the first fragment's item.
    """

    tag: int
    offset: int
    length: int
    first: bytearray = field(default_factory=bytearray)
    fragments: list[tuple[int, int]] = field(default_factory=list)
    table: tuple[int, ...] = ()
    encapsulated: bool = False


@dataclass(slots=True)
class Walked:
    """header: the data set without pixels and large values, in its own encoding."""

    header: bytearray = field(default_factory=bytearray)
    pixels: Pixels | None = None


@dataclass(slots=True)
class _Container:
    """A sequence, or a data set (an item, the root). `end` is None where a delimiter ends it."""

    is_sequence: bool
    end: int | None
    limit: int
    implicit: bool
    last_tag: int = -1


def walk(source: Source, *, implicit: bool, big_endian: bool) -> Walked:
    """Walk from where `source` stands to its end.

    Raises:
        Refused: truncated, too deep, a length that cannot be, a broken structure, a header that is too large.
    """
    return _Walk(source, implicit=implicit, big_endian=big_endian).run()


class _Walk:
    def __init__(self, source: Source, *, implicit: bool, big_endian: bool) -> None:
        self.source = source
        self.order = ">" if big_endian else "<"
        self.stack = [_Container(is_sequence=False, end=None, limit=source.end, implicit=implicit)]
        self.depth = 0
        self.elements = 0
        self.walked = Walked()

    def run(self) -> Walked:
        while not self._finished():
            group, element = self._unpack("HH")
            if group == DELIMITERS:
                self._delimiter(element)
            else:
                self._element(group << 16 | element)
        return self.walked

    def _finished(self) -> bool:
        while self.stack[-1].end == self.source.position:
            self._close()
        if len(self.stack) == 1:
            return self.source.at_end()
        return False

    # containers

    def _open(self, *, is_sequence: bool, length: int, implicit: bool) -> None:
        end = None if length == UNDEFINED else self.source.position + self._fitting(length)
        limit = self.stack[-1].limit if end is None else end
        self.stack.append(_Container(is_sequence=is_sequence, end=end, limit=limit, implicit=implicit))
        self.depth += is_sequence
        if self.depth > limits.NESTING:
            raise Refused(Reason.TOO_DEEP)

    def _close(self) -> None:
        self.depth -= self.stack.pop().is_sequence

    def _delimiter(self, element: int) -> None:
        (length,) = self._unpack("L")
        top = self.stack[-1]
        if element == ITEM and top.is_sequence:
            self._open(is_sequence=False, length=length, implicit=top.implicit)
        elif self._ends(element, top) and length == 0:
            self._close()
        else:
            raise Refused(Reason.BAD_STRUCTURE)

    def _ends(self, element: int, top: _Container) -> bool:
        wanted = SEQUENCE_END if top.is_sequence else ITEM_END
        return element == wanted and top.end is None and len(self.stack) > 1

    # elements

    def _element(self, tag: int) -> None:
        data_set = self.stack[-1]
        if data_set.is_sequence or tag <= data_set.last_tag or tag >> 16 < 8:  # noqa: PLR2004 - command and meta groups
            raise Refused(Reason.BAD_STRUCTURE)
        data_set.last_tag = tag
        self.elements += 1
        if self.elements > limits.ELEMENTS:
            raise Refused(Reason.HEADER_TOO_LARGE)
        vr, length = self._vr_and_length(tag, implicit=data_set.implicit)
        self._value(tag, vr, length, implicit=data_set.implicit)

    def _vr_and_length(self, tag: int, *, implicit: bool) -> tuple[bytes, int]:
        if implicit:
            return implicit_vr(tag), self._unpack("L")[0]
        vr = self._take(2)
        if vr not in VRS:
            raise Refused(Reason.BAD_STRUCTURE)
        if vr not in LONG_VRS:
            return vr, self._unpack("H")[0]
        self._take(2)
        return vr, self._unpack("L")[0]

    def _value(self, tag: int, vr: bytes, length: int, *, implicit: bool) -> None:
        at_root = len(self.stack) == 1
        if at_root and tag in PIXEL_TAGS:
            self._pixels(tag, length)
        elif length == UNDEFINED and vr in {b"OB", b"OW"}:
            self._fragments(None)
        elif length == UNDEFINED and vr not in {b"SQ", b"UN"}:
            raise Refused(Reason.IMPOSSIBLE_LENGTH)
        elif vr == b"SQ" or length == UNDEFINED:
            # UN of undefined length holds a sequence in implicit VR (PS3.5 section 6.2.2).
            self._open(is_sequence=True, length=length, implicit=implicit or vr == b"UN")
        elif vr == b"UN" and implicit_vr(tag) == b"SQ":
            # An archive that did not know the tag wrote UN; pydicom knows it and would descend.
            self._open(is_sequence=True, length=length, implicit=True)
        elif at_root and length > limits.LARGE_VALUE_BYTES:
            del self.walked.header[-self._head_bytes(vr, implicit=implicit) :]
            self._pass_over(self._fitting(length))
        else:
            self._take(self._fitting(length))

    def _head_bytes(self, vr: bytes, *, implicit: bool) -> int:
        return 12 if vr in LONG_VRS and not implicit else 8

    # pixels

    def _pixels(self, tag: int, length: int) -> None:
        pixels = Pixels(tag=tag, offset=self.source.position, length=length)
        self.walked.pixels = pixels
        head = 8 if self.stack[-1].implicit else 12
        if length == UNDEFINED:
            pixels.encapsulated = True
            mark = len(self.walked.header)
            self._fragments(pixels)
            pixels.length = self.source.position - pixels.offset
            del self.walked.header[mark:]
        else:
            self._pass_over(self._fitting(length), keep=pixels.first)
        del self.walked.header[-head:]

    def _fragments(self, pixels: Pixels | None) -> None:
        """Walk over the items of encapsulated pixels (PS3.5 A.4): an offset table, then fragments."""
        count = 0
        while (tag := self._unpack("HH")) == (DELIMITERS, ITEM):
            (length,) = self._unpack("L")
            self._fitting(length)
            count += 1
            if count > limits.FRAGMENTS:
                raise Refused(Reason.HEADER_TOO_LARGE)
            self._fragment(pixels, length, is_table=count == 1)
        if tag != (DELIMITERS, SEQUENCE_END) or self._unpack("L") != (0,):
            raise Refused(Reason.BAD_STRUCTURE)

    def _fragment(self, pixels: Pixels | None, length: int, *, is_table: bool) -> None:
        if pixels is None:
            self._take(length)
        elif is_table:
            if length % 4 or length > 4 * limits.FRAMES:
                raise Refused(Reason.BAD_STRUCTURE)
            pixels.table = struct.unpack(f"<{length // 4}L", self.source.read(length))
        else:
            pixels.fragments.append((self.source.position, length))
            self._pass_over(length, keep=pixels.first)

    # bytes

    def _unpack(self, form: str) -> tuple[int, ...]:
        form = self.order + form
        return struct.unpack(form, self._take(struct.calcsize(form)))

    def _take(self, size: int) -> bytes:
        """Read into the header."""
        if len(self.walked.header) + size > limits.HEADER_BYTES:
            raise Refused(Reason.HEADER_TOO_LARGE)
        if self.source.position + size > self.stack[-1].limit:
            raise Refused(self._too_short())
        found = self.source.read(size)
        self.walked.header += found
        return found

    def _pass_over(self, size: int, *, keep: bytearray | None = None) -> None:
        """Read without the header; into `keep` as far as a preview may need it."""
        while size:
            piece = self.source.read(min(size, CHUNK_BYTES))
            size -= len(piece)
            if keep is not None and len(keep) < limits.PREVIEW_PIXEL_BYTES:
                keep += piece

    def _fitting(self, length: int) -> int:
        if length > self.stack[-1].limit - self.source.position:
            raise Refused(Reason.IMPOSSIBLE_LENGTH)
        return length

    def _too_short(self) -> Reason:
        in_file = self.stack[-1].limit == self.source.end
        return Reason.TRUNCATED if in_file else Reason.IMPOSSIBLE_LENGTH
