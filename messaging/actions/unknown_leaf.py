"""A client reports a ghost: a leaf in its tree that no pinned person has certified."""

import hashlib
import uuid

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from messaging.access.groups import is_leaf
from messaging.models import GroupMember


@transaction.atomic
def report_unknown_leaf(*, by: Actor, group_id: uuid.UUID, epoch: int, identity: str) -> None:
    """Record the report for the officers of every organisation in the group.

    identity: the leaf's credential as the client read it; only its hash is kept.

    Raises:
        NotFound: the actor's device is not a leaf of such a group.
    """
    if not is_leaf(by=by, group_id=group_id):
        raise NotFound
    concerned = GroupMember.objects.filter(group=group_id, left_seq__isnull=True)
    details: dict[str, str | int] = {
        "epoch": epoch,
        "identity_sha256": hashlib.sha256(identity.encode()).hexdigest(),
    }
    for organisation_id in set(concerned.values_list("organisation_id", flat=True)):
        audit.record(
            Event.GROUP_UNKNOWN_LEAF,
            by=by,
            subject=f"group/{group_id}",
            organisation_id=organisation_id,
            details=details,
        )
