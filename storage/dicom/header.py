"""Attributes and DICOM JSON (PS3.18 annex F) of a header whose structure the walk has passed."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from storage.dicom import limits
from storage.dicom.meta import FileMeta
from storage.dicom.reasons import Reason, Refused

# A value that breaks a rule of its VR is common and harmless.
config.settings.reading_validation_mode = config.IGNORE

UID = re.compile(r"[0-9.]{1,64}")
REQUIRED = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
TEXT_CHARACTERS = 200


def read_header(header: bytes, meta: FileMeta) -> Dataset:
    """Let pydicom read the walked header, and hold it to the rules for identifiers.

    Raises:
        Refused: pydicom cannot read it; a UID is missing, is none, or differs from the file meta group's.
    """
    try:
        data_set = read_dataset(BytesIO(header), meta.implicit, not meta.big_endian)
        for element in _elements(data_set):
            _check_uid(element)
    except RecursionError as error:
        raise Refused(Reason.TOO_DEEP) from error
    except (MemoryError, Refused):
        raise
    except Exception as error:
        raise Refused(Reason.UNREADABLE) from error
    _check_identity(data_set, meta)
    return data_set


def _elements(data_set: Dataset) -> Iterator[DataElement]:
    """All elements whose value can be read, at every depth."""
    for tag in list(data_set.keys()):
        element = _readable(data_set, tag)
        if element is None:
            continue
        yield element
        if element.VR == "SQ":
            for item in element.value or ():
                yield from _elements(item)


def _readable(data_set: Dataset, tag: Any) -> DataElement | None:
    try:
        element: DataElement = data_set[tag]
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - pydicom raises anything on a value it cannot convert
        return None
    return element


def _check_uid(element: DataElement) -> None:
    if element.VR != "UI" or not element.value:
        return
    values = [element.value] if isinstance(element.value, str) else element.value
    if not all(UID.fullmatch(str(value)) for value in values if value):
        raise Refused(Reason.BAD_UID)


def _check_identity(data_set: Dataset, meta: FileMeta) -> None:
    uids = {keyword: str(data_set.get(keyword) or "") for keyword in REQUIRED}
    if not all(uids.values()) or not meta.sop_instance_uid:
        raise Refused(Reason.MISSING_ATTRIBUTES)
    if not all(UID.fullmatch(uid) for uid in uids.values()):
        raise Refused(Reason.BAD_UID)
    if (uids["SOPClassUID"], uids["SOPInstanceUID"]) != (meta.sop_class_uid, meta.sop_instance_uid):
        raise Refused(Reason.UID_MISMATCH)


def attributes(data_set: Dataset, meta: FileMeta) -> dict[str, Any]:
    """What the service shows and compares; `limited.Attributes` names the same fields."""
    name = data_set.get("PatientName")
    return {
        "study_uid": str(data_set.StudyInstanceUID),
        "series_uid": str(data_set.SeriesInstanceUID),
        "sop_instance_uid": str(data_set.SOPInstanceUID),
        "sop_class_uid": str(data_set.SOPClassUID),
        "transfer_syntax_uid": meta.transfer_syntax_uid,
        "patient_family_name": _clean(getattr(name, "family_name", "")),
        "patient_given_name": _clean(getattr(name, "given_name", "")),
        "patient_id": _text(data_set, "PatientID"),
        "patient_birth_date": _text(data_set, "PatientBirthDate"),
        "modality": _text(data_set, "Modality"),
        "description": _text(data_set, "SeriesDescription") or _text(data_set, "StudyDescription"),
        "study_date": _text(data_set, "StudyDate"),
        "study_time": _text(data_set, "StudyTime"),
        "timezone_offset": _text(data_set, "TimezoneOffsetFromUTC"),
        "instance_number": _number(data_set, "InstanceNumber"),
        "rows": _number(data_set, "Rows"),
        "columns": _number(data_set, "Columns"),
        "frames": _number(data_set, "NumberOfFrames"),
        "window_center": _text(data_set, "WindowCenter"),
        "window_width": _text(data_set, "WindowWidth"),
    }


def _text(data_set: Dataset, keyword: str) -> str:
    element = _readable(data_set, keyword) if keyword in data_set else None
    if element is None or element.value is None:
        return ""
    value = element.value
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        value = next(iter(value), "")
    return _clean(value)


def _clean(value: Any) -> str:
    text = "".join(character for character in str(value or "") if character.isprintable())
    return text.strip()[:TEXT_CHARACTERS]


def _number(data_set: Dataset, keyword: str) -> int | None:
    try:
        return int(_text(data_set, keyword))
    except ValueError:
        return None


def dicom_json(data_set: Dataset) -> str:
    """The header as one DICOM JSON object; a value that JSON cannot carry is left out, a large one is named.

    Raises:
        Refused: HEADER_TOO_LARGE.
    """
    members: list[str] = []
    size = 2
    for tag in list(data_set.keys()):
        member = _json_member(data_set, tag)
        size += len(member) + 1
        if size > limits.JSON_BYTES:
            raise Refused(Reason.HEADER_TOO_LARGE)
        if member:
            members.append(member)
    return "{" + ",".join(members) + "}"


def _json_member(data_set: Dataset, tag: Any) -> str:
    element = _readable(data_set, tag)
    if element is None or element.tag.element == 0:
        return ""
    try:
        value = element.to_json_dict(_bulk_uri, 1024)
        return f'"{element.tag:08X}":' + json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - see _readable
        return ""


def _bulk_uri(element: DataElement) -> str:
    return f"bulkdata/{element.tag:08X}"
