"""Rows of `storage`, by subject."""

from storage.models.emergencies import EmergencyAccess
from storage.models.findings import DicomHeader, Finding, Job, Patient, PatientOpening, Share
from storage.models.inquiries import AccessInquiry
from storage.models.objects import ObjectOpening, ObjectPart, OrganisationKey, StoredObject, Upload
from storage.models.patient_links import PatientLink

__all__ = [
    "AccessInquiry",
    "DicomHeader",
    "EmergencyAccess",
    "Finding",
    "Job",
    "ObjectOpening",
    "ObjectPart",
    "OrganisationKey",
    "Patient",
    "PatientLink",
    "PatientOpening",
    "Share",
    "StoredObject",
    "Upload",
]
