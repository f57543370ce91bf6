"""Do the pixels have the size that the header says, and where does each frame lie?"""

from typing import Any

from pydicom.dataset import Dataset

from storage.dicom import limits
from storage.dicom.meta import DEFLATED, FileMeta
from storage.dicom.reasons import Reason, Refused
from storage.dicom.walk import PIXEL_TAGS, Pixels

HALF_CHROMA = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})


def check_pixels(data_set: Dataset, pixels: Pixels, meta: FileMeta) -> None:
    """Hold the pixels to Rows, Columns, Samples per Pixel, Bits Allocated, Number of Frames (PS3.3 C.7.6.3).

    Raises:
        Refused: MISSING_ATTRIBUTES, PIXEL_LENGTH, or HEADER_TOO_LARGE for too many frames.
    """
    if pixels.encapsulated != meta.encapsulated:
        raise Refused(Reason.PIXEL_LENGTH)
    if frame_count(data_set) > limits.FRAMES:
        raise Refused(Reason.HEADER_TOO_LARGE)
    expected = frame_count(data_set) * _frame_bits(data_set, pixels)
    if pixels.encapsulated:
        fits = len(pixels.fragments) >= frame_count(data_set)
    else:
        octets = (expected + 7) // 8
        fits = pixels.length == octets + octets % 2
    if not fits:
        raise Refused(Reason.PIXEL_LENGTH)


def frame_count(data_set: Dataset) -> int:
    return _positive(data_set, "NumberOfFrames", default=1)


def _frame_bits(data_set: Dataset, pixels: Pixels) -> int:
    sample_bits = PIXEL_TAGS[pixels.tag] * 8 or _positive(data_set, "BitsAllocated")
    samples = _positive(data_set, "SamplesPerPixel", default=1)
    bits = _positive(data_set, "Rows") * _positive(data_set, "Columns") * samples * sample_bits
    halved = not pixels.encapsulated and str(data_set.get("PhotometricInterpretation")) in HALF_CHROMA
    return bits * 2 // 3 if halved else bits


def _positive(data_set: Dataset, keyword: str, default: int | None = None) -> int:
    value: Any = data_set.get(keyword)
    if value is None and default is not None:
        return default
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if number < 1:
        raise Refused(Reason.MISSING_ATTRIBUTES)
    return number


def frame_bytes(data_set: Dataset, pixels: Pixels) -> int:
    """The size of one native frame; one-bit frames need not end on a byte, so it rounds up."""
    return (_frame_bits(data_set, pixels) + 7) // 8


def locate_frames(data_set: Dataset, pixels: Pixels, meta: FileMeta) -> dict[str, Any] | None:
    """Where the frames lie in the file, or None where no range of the file is a frame (deflated, 1 bit).

    native: `{"offset", "length", "count"}`, frame n at offset + n * length.
    encapsulated: `{"fragments": [[offset, length], …], "starts": [n, …]}`: the first fragment of each frame.
    """
    count = frame_count(data_set)
    if pixels.encapsulated:
        starts = first_fragments(pixels, count)
        return None if starts is None else {"fragments": pixels.fragments, "starts": starts}
    if meta.transfer_syntax_uid == DEFLATED or _frame_bits(data_set, pixels) % 8:
        return None
    return {"offset": pixels.offset, "length": frame_bytes(data_set, pixels), "count": count}


def first_fragments(pixels: Pixels, count: int) -> list[int] | None:
    """The fragment each frame begins with; None where the file does not say it."""
    if len(pixels.fragments) == count:
        return list(range(count))
    if count == 1:
        return [0]
    begin = pixels.fragments[0][0] - 8
    by_offset = {offset - 8 - begin: index for index, (offset, _length) in enumerate(pixels.fragments)}
    starts = [by_offset.get(offset, -1) for offset in pixels.table]
    known = len(starts) == count and starts[0] == 0 and starts == sorted(set(starts))
    return starts if known else None
