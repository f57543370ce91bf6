"""Which uploads and attachments an actor may see. Absent and forbidden answer alike."""

from uuid import UUID

from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from storage.models import StoredObject, Upload
from storage.objects.openings import person_of
from storage.states import ObjectKind, ObjectState


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
