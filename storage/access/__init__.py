"""What an actor may see of patients, findings and shares. Absent and forbidden are one answer: `NotFound`."""

from storage.access.cards import Demographics, FindingCard, PatientCard, ShareCard
from storage.access.emergencies import (
    EmergencyCard,
    Sought,
    emergencies_to_review,
    emergency_to_review,
    open_reviews,
    own_emergencies,
)
from storage.access.findings import findings_of, findings_shared_with
from storage.access.guarding import folders_guarded_by
from storage.access.inquiries import (
    ANSWERED_WITHIN,
    AskedCard,
    InquiryCard,
    OwnEntryPage,
    inquiries_to_answer,
    inquiry_to_answer,
    open_inquiries,
    own_entry_page,
    own_inquiries,
    own_inquiries_about,
)
from storage.access.leaving import leaving_preview, shares_handed_over
from storage.access.openings import OpeningCard, openings_of
from storage.access.patient_links import (
    OwnRecord,
    OwnShare,
    SignInStanding,
    own_records,
    own_shares,
    patient_names,
    record_ids,
    sign_in_standing,
)
from storage.access.patients import (
    cases_of,
    may_add_findings,
    patient_card,
    patient_numbered,
    patient_row,
    patients,
    patients_matching,
    recent_patients,
)
from storage.access.stored import StoredFiles, attachments_stored

__all__ = [
    "ANSWERED_WITHIN",
    "AskedCard",
    "Demographics",
    "EmergencyCard",
    "FindingCard",
    "InquiryCard",
    "OpeningCard",
    "OwnEntryPage",
    "OwnRecord",
    "OwnShare",
    "PatientCard",
    "ShareCard",
    "SignInStanding",
    "Sought",
    "StoredFiles",
    "attachments_stored",
    "cases_of",
    "emergencies_to_review",
    "emergency_to_review",
    "findings_of",
    "findings_shared_with",
    "folders_guarded_by",
    "inquiries_to_answer",
    "inquiry_to_answer",
    "leaving_preview",
    "may_add_findings",
    "open_inquiries",
    "open_reviews",
    "openings_of",
    "own_emergencies",
    "own_entry_page",
    "own_inquiries",
    "own_inquiries_about",
    "own_records",
    "own_shares",
    "patient_card",
    "patient_names",
    "patient_numbered",
    "patient_row",
    "patients",
    "patients_matching",
    "recent_patients",
    "record_ids",
    "shares_handed_over",
    "sign_in_standing",
]
