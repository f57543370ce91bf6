"""What is shown of patients, findings and shares: opened rows, frozen."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time

from storage.dicom.limited import Attributes
from storage.documents import DICOM
from storage.states import MalwareScan, ObjectState, SharePurpose, ShareState


@dataclass(frozen=True, slots=True)
class Demographics:
    """Who a patient is. identifier: the one that the organisation itself has given."""

    family_name: str
    given_name: str
    born_on: date
    identifier: str


@dataclass(frozen=True, slots=True)
class PatientCard:
    """guarded_by: the department whose people alone open the folder; empty: everybody who treats patients there."""

    patient_id: uuid.UUID
    organisation_id: uuid.UUID
    organisation_name: str
    family_name: str
    given_name: str
    born_on: date
    identifier: str
    guarded_by: str = ""

    @property
    def name(self) -> str:
        return f"{self.family_name}, {self.given_name}"


@dataclass(frozen=True, slots=True)
class ShareCard:
    """state: as of now, also where an ended share is not yet marked as expired."""

    share_id: uuid.UUID
    finding_id: uuid.UUID
    patient_id: uuid.UUID
    membership_id: uuid.UUID
    recipient: str
    organisation_id: uuid.UUID
    organisation_name: str
    purpose: SharePurpose
    state: ShareState
    shared_by: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    @property
    def revoked_at(self) -> datetime | None:
        return self.ended_at if self.state == ShareState.REVOKED else None

    @property
    def active(self) -> bool:
        return self.state == ShareState.ACTIVE


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding as one actor may see it.

    file_name: what the file was called, "" if unknown; only for the organisation whose finding it is.
    attributes: of the file's header, once it is clean.
    study_on, study_time: of the study, by the clock of the device's hospital; None where the file does not say.
    shares: to whom it is open or was; only for the organisation whose finding it is.
    share: through which the actor sees it; None within that organisation.
    """

    finding_id: uuid.UUID
    patient: PatientCard
    state: ObjectState
    reason: str
    malware_scan: MalwareScan | None
    file_name: str
    size_bytes: int
    received_at: datetime
    attributes: Attributes | None
    study_on: date | None
    study_time: time | None
    shares: tuple[ShareCard, ...] = ()
    share: ShareCard | None = None
    media_type: str = DICOM

    @property
    def is_document(self) -> bool:
        return self.media_type != DICOM

    @property
    def busy(self) -> bool:
        return self.state in {ObjectState.RECEIVING, ObjectState.QUARANTINE}

    @property
    def clean(self) -> bool:
        return self.state == ObjectState.CLEAN
