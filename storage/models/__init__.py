"""Rows of `storage`, by subject."""

from storage.models.findings import DicomHeader, Finding, Job, Patient, PatientOpening, Share
from storage.models.objects import ObjectOpening, ObjectPart, OrganisationKey, StoredObject, Upload

__all__ = [
    "DicomHeader",
    "Finding",
    "Job",
    "ObjectOpening",
    "ObjectPart",
    "OrganisationKey",
    "Patient",
    "PatientOpening",
    "Share",
    "StoredObject",
    "Upload",
]
