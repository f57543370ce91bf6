"""How much is stored, for the figures of an organisation."""

import uuid
from dataclasses import dataclass

from django.db.models import Count, Sum

from storage.models import StoredObject
from storage.states import ObjectKind, ObjectState


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """size_bytes: of the files as their senders sealed them."""

    files: int
    size_bytes: int


def attachments_stored(*, organisation_id: uuid.UUID) -> StoredFiles:
    """What people of an organisation have attached to messages and is not destroyed; for `messaging`, which has decided
    who may know."""
    rows = StoredObject.objects.filter(organisation=organisation_id, kind=ObjectKind.ATTACHMENT.value)
    found = rows.exclude(state=ObjectState.SHREDDED.value).aggregate(
        files=Count("id"), size=Sum("size_bytes")
    )
    return StoredFiles(found["files"], found["size"] or 0)
