"""What can happen to patients, findings and shares: check, write and record in one transaction."""

from storage.actions.attachments import shred_attachments
from storage.actions.backups import (
    keep_backup_piece,
    put_backup_piece,
    read_backup_piece,
    shred_backup_pieces,
)
from storage.actions.documents import (
    Document,
    FiledDigest,
    NotExamined,
    PutDocument,
    add_document,
    digest_of_own,
    discard_document,
    put_document,
)
from storage.actions.emergencies import (
    begin_emergency_access,
    end_emergency_access,
    review_emergency_access,
)
from storage.actions.findings import (
    OpenedFile,
    add_finding,
    open_file,
    open_finding,
    open_preview,
    receive_finding,
    shred_rejected,
)
from storage.actions.guarding import guard_patient, release_patient
from storage.actions.ingest import ingest
from storage.actions.inquiries import (
    answer_inquiry,
    ask_about_access,
    forget_inquiries_about,
    forget_inquiries_of,
)
from storage.actions.leaving import end_shares_of_leaver
from storage.actions.patient_links import (
    confirm_patient,
    connect_record,
    end_patient_access,
    invite_to_record,
    revoke_own_share,
    withdraw_confirmation,
    withdraw_invitation,
)
from storage.actions.patients import (
    Folder,
    PatientPage,
    create_patient,
    look_at_patient,
    look_up_patients,
    open_folder_of,
    open_patient_folder,
)
from storage.actions.reaping import reap, tidy
from storage.actions.rotation import rewrap_under_root, rotate_organisation
from storage.actions.shared_patients import SharedPatient, open_shared_patient
from storage.actions.shares import expire_shares, revoke_share, share_finding

__all__ = [
    "Document",
    "FiledDigest",
    "Folder",
    "NotExamined",
    "OpenedFile",
    "PatientPage",
    "PutDocument",
    "SharedPatient",
    "add_document",
    "add_finding",
    "answer_inquiry",
    "ask_about_access",
    "begin_emergency_access",
    "confirm_patient",
    "connect_record",
    "create_patient",
    "digest_of_own",
    "discard_document",
    "end_emergency_access",
    "end_patient_access",
    "end_shares_of_leaver",
    "expire_shares",
    "forget_inquiries_about",
    "forget_inquiries_of",
    "guard_patient",
    "ingest",
    "invite_to_record",
    "keep_backup_piece",
    "look_at_patient",
    "look_up_patients",
    "open_file",
    "open_finding",
    "open_folder_of",
    "open_patient_folder",
    "open_preview",
    "open_shared_patient",
    "put_backup_piece",
    "put_document",
    "read_backup_piece",
    "reap",
    "receive_finding",
    "release_patient",
    "review_emergency_access",
    "revoke_own_share",
    "revoke_share",
    "rewrap_under_root",
    "rotate_organisation",
    "share_finding",
    "shred_attachments",
    "shred_backup_pieces",
    "shred_rejected",
    "tidy",
    "withdraw_confirmation",
    "withdraw_invitation",
]
