"""Why a file is refused: stable codes. The sentences for people stand in `storage.wording`."""

from enum import StrEnum


class Reason(StrEnum):
    """The closed set of reasons. The first block is found by the child, the second by the service."""

    EMPTY = "empty"
    NOT_DICOM = "not-dicom"
    FOREIGN_PREAMBLE = "foreign-preamble"
    TRUNCATED = "truncated"
    IMPOSSIBLE_LENGTH = "impossible-length"
    BAD_STRUCTURE = "bad-structure"
    TOO_DEEP = "too-deeply-nested"
    INFLATES_TOO_FAR = "inflates-too-far"
    HEADER_TOO_LARGE = "header-too-large"
    TRANSFER_SYNTAX = "unknown-transfer-syntax"
    DIRECTORY = "dicom-directory"
    MISSING_ATTRIBUTES = "missing-attributes"
    BAD_UID = "bad-uid"
    UID_MISMATCH = "uid-mismatch"
    PIXEL_LENGTH = "pixel-length"
    UNREADABLE = "unreadable"
    TOO_EXPENSIVE = "too-expensive"

    OTHER_PATIENT = "other-patient"
    NO_PATIENT = "no-patient"
    MALWARE = "malware"
    DAMAGED = "damaged-in-store"
    NOT_ITS_TYPE = "not-its-type"


class Refused(Exception):  # noqa: N818 - an answer, not an accident
    """The file breaks the rule that `reason` names."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
