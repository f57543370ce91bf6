"""What becomes of the files of conversations whose messages expire."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from medicus.lib.actor import Actor, require_system
from storage.models import StoredObject
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState


def shred_attachments(
    *, by: Actor, group_id: uuid.UUID, until: datetime, keep: Collection[uuid.UUID], limit: int
) -> int:
    """Destroy at most `limit` files of a conversation that were sent up to an instant, but for those to `keep`; return
    how many. For `messaging`, in the transaction in which it empties the messages.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    old = StoredObject.objects.filter(
        kind=ObjectKind.ATTACHMENT.value,
        group_id=group_id,
        created_at__lte=until,
        state__in=[ObjectState.QUARANTINE.value, ObjectState.CLEAN.value],
    ).exclude(id__in=keep)
    found = list(old.order_by("created_at", "id")[:limit])
    with transaction.atomic():
        for stored_object in found:
            sealed.shred(stored_object)
    return len(found)
