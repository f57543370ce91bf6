"""A small picture of the first frame, for lists. Not for diagnosis; "no preview" is a good answer."""

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.processing import apply_color_lut, apply_rescale, apply_windowing, convert_color_space
from pydicom.uid import UID

from storage.dicom import limits
from storage.dicom.meta import DEFLATED, EXPLICIT_LITTLE, FileMeta
from storage.dicom.pixels import first_fragments, frame_bytes, frame_count
from storage.dicom.walk import Pixels

Array = np.ndarray[Any, Any]


def draw_preview(data_set: Dataset, pixels: Pixels, meta: FileMeta) -> bytes | None:
    """A PNG of at most 256 pixels a side, or None where the frame is too large or nothing here decodes it."""
    try:
        single = _one_frame(data_set, pixels, meta)
        if single is None:
            return None
        frame = single.pixel_array
        step = max(1, -(-max(frame.shape[:2]) // limits.PREVIEW_EDGE_PIXELS))
        return _png(_displayed(frame[::step, ::step], single))
    except Exception:  # noqa: BLE001 - decoders raise anything; the finding is sound without its preview
        return None


def _one_frame(data_set: Dataset, pixels: Pixels, meta: FileMeta) -> Dataset | None:
    """The header with only the first frame's pixels, or None where they were not kept or are too many."""
    first = _first_frame(data_set, pixels)
    if first is None or frame_bytes(data_set, pixels) > limits.PREVIEW_PIXEL_BYTES:
        return None
    syntax = EXPLICIT_LITTLE if meta.transfer_syntax_uid == DEFLATED else meta.transfer_syntax_uid
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = UID(syntax)
    data_set.NumberOfFrames = 1
    data_set.add_new(pixels.tag, "OB" if pixels.encapsulated else "OW", first)
    data_set["PixelData"].is_undefined_length = pixels.encapsulated
    return data_set


def _first_frame(data_set: Dataset, pixels: Pixels) -> bytes | None:
    if pixels.encapsulated:
        starts = first_fragments(pixels, frame_count(data_set))
        if starts is None:
            return None
        last = starts[1] if len(starts) > 1 else len(pixels.fragments)
        size = sum(length for _offset, length in pixels.fragments[:last])
        whole = size <= len(pixels.first)
        return encapsulate([bytes(pixels.first[:size])]) if whole else None
    size = frame_bytes(data_set, pixels)
    return bytes(pixels.first[: size + size % 2]) if size <= len(pixels.first) else None


def _displayed(frame: Array, data_set: Dataset) -> Array:
    """The frame as 8 bits of grey or RGB (PS3.4 N.2: modality LUT, then the window, or all there is)."""
    interpretation = str(data_set.get("PhotometricInterpretation"))
    if interpretation == "PALETTE COLOR":
        return _stretched(apply_color_lut(frame, data_set))
    if frame.ndim == 3:  # noqa: PLR2004 - rows, columns, samples
        return _colour(frame, data_set)
    rescaled = apply_rescale(frame, data_set).astype(np.float64)
    if "WindowCenter" in data_set and "WindowWidth" in data_set:
        rescaled = apply_windowing(rescaled, data_set)
    grey = _stretched(rescaled)
    return 255 - grey if interpretation == "MONOCHROME1" else grey


def _colour(frame: Array, data_set: Dataset) -> Array:
    frame = frame if frame.dtype == np.uint8 else _stretched(frame)
    interpretation = str(data_set.get("PhotometricInterpretation"))
    if interpretation in {"YBR_FULL", "YBR_FULL_422"} and not data_set["PixelData"].is_undefined_length:
        return convert_color_space(frame, interpretation, "RGB")
    return frame


def _stretched(values: Array) -> Array:
    low, high = float(values.min()), float(values.max())
    scale = 255.0 / (high - low) if high > low else 0.0
    return ((values - low) * scale).astype(np.uint8)


def _png(picture: Array) -> bytes | None:
    image = Image.fromarray(picture)
    image.thumbnail((limits.PREVIEW_EDGE_PIXELS, limits.PREVIEW_EDGE_PIXELS))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue() if out.tell() <= limits.PREVIEW_PNG_BYTES else None
