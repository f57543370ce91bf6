"""Findings that are documents: which types there are, and whether a file is of the type it says.

A document is shown and handed out as the type under which it came in. So a file may only say a type of this list that
a browser does not run, and begins or reads as that type does; any other file is handed out as bytes without a type.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath

from django.utils.timezone import localtime

from storage.dicom.limited import Attributes
from storage.dicom.reasons import Reason, Refused

DICOM = "application/dicom"
PDF = "application/pdf"
FHIR_JSON = "application/fhir+json"
PLAIN_TEXT = "text/plain"
UNTYPED = "application/octet-stream"
SIGNATURES = {
    PDF: b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
SUFFIXES = {
    DICOM: "dcm",
    PDF: "pdf",
    FHIR_JSON: "json",
    "image/jpeg": "jpg",
    "image/png": "png",
    PLAIN_TEXT: "txt",
}
READ_BYTES = {PLAIN_TEXT: 16 << 20, FHIR_JSON: 8 << 20}
"""These are read to their end, and are no larger than this. JSON takes many times its length in memory while it is parsed."""


def media_type_of(said: str) -> str:
    """The type under which a file comes in: as said where this service knows it, else bytes without a type."""
    media_type = said.partition(";")[0].strip().lower()
    return media_type if media_type in SUFFIXES else UNTYPED


def check_document(chunks: Iterable[bytes], *, media_type: str) -> None:
    """Read a document as far as its type asks for.

    Raises:
        Refused: NOT_ITS_TYPE, or TOO_EXPENSIVE for one beyond `READ_BYTES`.
    """
    if media_type in SIGNATURES:
        if not _beginning(chunks).startswith(SIGNATURES[media_type]):
            raise Refused(Reason.NOT_ITS_TYPE)
    elif media_type in READ_BYTES:
        _check_text(_whole(chunks, READ_BYTES[media_type]), media_type)


def described(file_name: str, received_at: datetime) -> Attributes:
    """What lists show of a document: its name without the suffix, and the day it came.

    Modality `DOC` as DICOM has it for documents (PS3.3 C.7.3.1.1.1); of an image nothing."""
    blank = dict.fromkeys(Attributes.__dataclass_fields__, "")
    counted = dict.fromkeys(("instance_number", "rows", "columns", "frames"), None)
    told = {
        "modality": "DOC",
        "description": PurePosixPath(file_name).stem,
        "study_date": f"{localtime(received_at):%Y%m%d}",
    }
    return Attributes(**(blank | counted | told))  # type: ignore[arg-type]  # the fields, by their names


def _beginning(chunks: Iterable[bytes]) -> bytes:
    found = b""
    for chunk in chunks:
        found += chunk[:16]
        if len(found) >= 16:  # noqa: PLR2004 - longer than any of the signatures
            break
    return found


def _whole(chunks: Iterable[bytes], limit_bytes: int) -> bytes:
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > limit_bytes:
            raise Refused(Reason.TOO_EXPENSIVE)
    return bytes(found)


def _check_text(content: bytes, media_type: str) -> None:
    try:
        text = content.decode()
        fits = isinstance(json.loads(text), dict) if media_type == FHIR_JSON else "\0" not in text
    except (ValueError, RecursionError):
        fits = False
    if not fits:
        raise Refused(Reason.NOT_ITS_TYPE)
