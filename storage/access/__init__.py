"""What an actor may see of patients, findings and shares. Absent and forbidden are one answer: `NotFound`."""

from storage.access.cards import Demographics, FindingCard, PatientCard, ShareCard
from storage.access.findings import findings_of, findings_shared_with
from storage.access.leaving import leaving_preview, shares_handed_over
from storage.access.openings import OpeningCard, openings_of
from storage.access.patients import (
    may_add_findings,
    patient_numbered,
    patients,
    patients_matching,
    recent_patients,
)

__all__ = [
    "Demographics",
    "FindingCard",
    "OpeningCard",
    "PatientCard",
    "ShareCard",
    "findings_of",
    "findings_shared_with",
    "leaving_preview",
    "may_add_findings",
    "openings_of",
    "patient_numbered",
    "patients",
    "patients_matching",
    "recent_patients",
    "shares_handed_over",
]
