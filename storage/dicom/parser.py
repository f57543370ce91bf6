"""One file from a stream, within the child: walk, read, check, draw."""

import base64
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from storage.dicom.meta import DEFLATED, FileMeta, read_meta
from storage.dicom.reasons import Reason, Refused
from storage.dicom.source import Inflating, Plain
from storage.dicom.walk import Walked, walk


def parse(stream: BinaryIO, size_bytes: int) -> Iterator[dict[str, Any]]:
    """Yield what is found, one message after the other: `file` (or `refused`, and no more), then `preview`.

    The first stands by itself: should a decoder die of the pixels, the finding is still known.
    """
    try:
        meta, walked = _walk(stream, size_bytes)
        yield from _read(meta, walked)
    except Refused as refused:
        yield {"refused": refused.reason.value}
    except MemoryError:
        yield {"refused": Reason.TOO_EXPENSIVE.value}


def _read(meta: FileMeta, walked: Walked) -> Iterator[dict[str, Any]]:
    """Only now: pydicom takes half a second to import, and sees nothing that the walk has refused."""
    from storage.dicom.header import attributes, dicom_json, read_header  # noqa: PLC0415
    from storage.dicom.pixels import check_pixels, locate_frames  # noqa: PLC0415
    from storage.dicom.preview import draw_preview  # noqa: PLC0415

    data_set, pixels = read_header(bytes(walked.header), meta), walked.pixels
    walked.header.clear()
    if pixels is not None:
        check_pixels(data_set, pixels, meta)
    frames = locate_frames(data_set, pixels, meta) if pixels else None
    found = {"attributes": attributes(data_set, meta), "json": dicom_json(data_set), "frames": frames}
    yield {"file": found}
    picture = draw_preview(data_set, pixels, meta) if pixels else None
    yield {"preview": base64.b64encode(picture).decode() if picture else None}


def _walk(stream: BinaryIO, size_bytes: int) -> tuple[FileMeta, Walked]:
    plain = Plain(stream, size_bytes)
    meta = read_meta(plain)
    source = Inflating(plain) if meta.transfer_syntax_uid == DEFLATED else plain
    return meta, walk(source, implicit=meta.implicit, big_endian=meta.big_endian)


def encode(message: dict[str, Any]) -> bytes:
    """One message as one line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"
