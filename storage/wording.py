"""What codes are called, for people."""

from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from storage.dicom.reasons import Reason
from storage.states import (
    EMERGENCY_ACCESS,
    EmergencyReason,
    LeavingStep,
    MalwareScan,
    ObjectState,
    ReviewState,
    SharePurpose,
    ShareState,
)

REASONS: dict[str, Promise] = {
    Reason.EMPTY: _("The file is empty."),
    Reason.NOT_DICOM: _("This is not a DICOM file."),
    Reason.FOREIGN_PREAMBLE: _("The file begins like a file of another kind, for example a program."),
    Reason.TRUNCATED: _("The file breaks off: its end is missing."),
    Reason.IMPOSSIBLE_LENGTH: _("A length in the file points beyond its end: it is incomplete or damaged."),
    Reason.BAD_STRUCTURE: _("The structure of the file is damaged."),
    Reason.TOO_DEEP: _("The file is nested more deeply than any image is."),
    Reason.INFLATES_TOO_FAR: _("The compressed file would become dangerously large."),
    Reason.HEADER_TOO_LARGE: _("The description within the file is larger than this service accepts."),
    Reason.TRANSFER_SYNTAX: _("The file does not say in a known way how it is encoded."),
    Reason.DIRECTORY: _(
        "This is the table of contents of a CD (DICOMDIR). Please choose the images themselves."
    ),
    Reason.MISSING_ATTRIBUTES: _("Details that every DICOM image needs are missing."),
    Reason.BAD_UID: _("An identifier (UID) in the file is not valid."),
    Reason.UID_MISMATCH: _("The file contradicts itself: two of its identifiers differ."),
    Reason.PIXEL_LENGTH: _("The image data do not have the size that the file states."),
    Reason.UNREADABLE: _("The file cannot be read."),
    Reason.TOO_EXPENSIVE: _("Examining the file would have taken more time or memory than is allowed."),
    Reason.OTHER_PATIENT: _("The name or date of birth in the file are those of another patient."),
    Reason.NO_PATIENT: _("The file does not say whose it is, so it cannot be assigned safely."),
    Reason.NOT_ITS_TYPE: _(
        "The file is not of the type that its name says: it is damaged, or something else."
    ),
    Reason.MALWARE: _("The malware scanner has found something in this file."),
    Reason.DAMAGED: _("The file was damaged in the object store. Please upload it again."),
}

STATES: dict[str, Promise] = {
    ObjectState.RECEIVING: _("Being received"),
    ObjectState.QUARANTINE: _("Being examined"),
    ObjectState.CLEAN: _("Available"),
    ObjectState.REJECTED: _("Rejected"),
    ObjectState.SHREDDED: _("Deleted"),
}

PURPOSES: dict[str, Promise] = {
    SharePurpose.SECOND_OPINION: _("Second opinion"),
    SharePurpose.CO_TREATMENT: _("Joint treatment"),
    SharePurpose.TRANSFER: _("Transfer of the patient"),
    SharePurpose.TUMOUR_BOARD: _("Tumour board"),
    SharePurpose.EMERGENCY: _("Emergency"),
}

SHARE_STATES: dict[str, Promise] = {
    ShareState.ACTIVE: _("Active"),
    ShareState.REVOKED: _("Revoked"),
    ShareState.EXPIRED: _("Expired"),
}

SCANS: dict[str, Promise] = {
    MalwareScan.OFF: _("Switched off"),
    MalwareScan.PASSED: _("Nothing found"),
}

EMERGENCY_REASONS: dict[str, Promise] = {
    EmergencyReason.CANNOT_WAIT: _("The patient is being treated and it cannot wait"),
    EmergencyReason.NOBODY_REACHED: _("Nobody of the department can be reached"),
    EmergencyReason.PATIENT_ASKED: _("The patient asks for it"),
}

REVIEW_STATES: dict[str, Promise] = {
    ReviewState.OPEN: _("To be reviewed"),
    ReviewState.JUSTIFIED: _("Justified"),
    ReviewState.UNJUSTIFIED: _("Not justified"),
}

LEAVING_STEPS: dict[str, Promise] = {
    LeavingStep.END_SHARES: _("Findings of other hospitals: access ended"),
    LeavingStep.HAND_OVER_SHARES: _("Open shares of own findings, now the deputy's to look after"),
}


def words_of(codes: Collection[str]) -> dict[str, str]:
    """What those of these codes are called that are ours, for the pages of the audit log."""
    known = REASONS | PURPOSES | SHARE_STATES | SCANS | LEAVING_STEPS | EMERGENCY_REASONS | REVIEW_STATES
    known |= {EMERGENCY_ACCESS: _("Emergency access")}
    return {code: str(known[code]) for code in codes if code in known}
