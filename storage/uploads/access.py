"""Which uploads and attachments an actor may see. Absent and forbidden answer alike."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from storage.keys import attributes
from storage.models import StoredObject, Upload
from storage.objects.openings import person_of
from storage.states import ObjectKind, ObjectState
from storage.uploads.metadata import Metadata, parse

METADATA = "upload.metadata"
"""The context under which the client's metadata are sealed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload has come, and until when it can go on."""

    upload_id: UUID
    offset_bytes: int
    size_bytes: int
    expires_at: datetime


def upload(*, by: Actor, upload_id: UUID) -> Upload:
    """An upload that this actor began and that has not expired.

    Raises:
        NotFound: there is none.
    """
    if by.organisation_id is None:
        raise NotFound
    mine = Upload.objects.filter(
        person_id=person_of(by), stored_object__organisation_id=by.organisation_id, expires_at__gt=now()
    )
    found = mine.select_related("stored_object__organisation_key").filter(pk=upload_id).first()
    if found is None:
        raise NotFound
    return found


def progress_of(upload: Upload) -> Progress:
    return Progress(upload.pk, upload.offset_bytes, upload.size_bytes, upload.expires_at)


def metadata_of(upload: Upload) -> Metadata:
    """What the client said when it began."""
    organisation_id = upload.stored_object.organisation_id
    return parse(attributes.unseal(organisation_id, METADATA, bytes(upload.sealed_metadata)).decode())


def standing(*, by: Actor, upload_id: UUID) -> tuple[Progress, Metadata]:
    """How far an upload of this actor has come, and what it is.

    Raises:
        NotFound: there is none.
    """
    found = upload(by=by, upload_id=upload_id)
    return progress_of(found), metadata_of(found)


def attachment(*, by: Actor, object_id: UUID) -> StoredObject:
    """An attachment of a conversation that this actor is in, now.

    Raises:
        NotFound: there is none.
    """
    clean = StoredObject.objects.select_related("organisation_key").filter(
        kind=ObjectKind.ATTACHMENT.value, state=ObjectState.CLEAN.value
    )
    found = clean.filter(id=object_id).first()
    if found is None or found.group_id is None:
        raise NotFound
    require_group(by=by, group_id=found.group_id)
    return found


def require_group(*, by: Actor, group_id: UUID) -> None:
    """The conversations say whether the actor may put attachments there, and read them."""
    if True not in callbacks.call("attachment-scope", by=by, group_id=group_id):
        raise NotFound


def require_patient(*, by: Actor, patient_id: UUID) -> None:
    """The findings say whether the actor may add to this patient."""
    if True not in callbacks.call("finding-target", by=by, patient_id=patient_id):
        raise NotFound
