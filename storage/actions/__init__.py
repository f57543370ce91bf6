"""What can happen to patients, findings and shares: check, write and record in one transaction."""

from storage.actions.findings import (
    OpenedFile,
    add_finding,
    open_file,
    open_finding,
    open_preview,
    receive_finding,
    shred_rejected,
)
from storage.actions.ingest import ingest
from storage.actions.leaving import end_shares_of_leaver
from storage.actions.patients import (
    Folder,
    PatientPage,
    create_patient,
    look_up_patients,
    open_folder_of,
    open_patient_folder,
)
from storage.actions.reaping import reap, tidy
from storage.actions.rotation import rewrap_under_root, rotate_organisation
from storage.actions.shares import expire_shares, revoke_share, share_finding

__all__ = [
    "Folder",
    "OpenedFile",
    "PatientPage",
    "add_finding",
    "create_patient",
    "end_shares_of_leaver",
    "expire_shares",
    "ingest",
    "look_up_patients",
    "open_file",
    "open_finding",
    "open_folder_of",
    "open_patient_folder",
    "open_preview",
    "reap",
    "receive_finding",
    "revoke_share",
    "rewrap_under_root",
    "rotate_organisation",
    "share_finding",
    "shred_rejected",
    "tidy",
]
