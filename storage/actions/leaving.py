"""What happens to shares when a person leaves an organisation."""

import uuid
from typing import Any

from django.db import transaction

from medicus.lib.actor import Actor
from medicus.lib.clock import now
from storage.access.leaving import open_shares_of, shares_received
from storage.actions.shares import close_share
from storage.states import LeavingStep, ShareState


@transaction.atomic
def end_shares_of_leaver(
    *, by: Actor, membership_id: uuid.UUID, person_id: uuid.UUID, organisation_id: uuid.UUID, **_: Any
) -> dict[str, int]:
    """End what other organisations have shared with somebody who leaves; in the transaction of `identity`, which
    has decided who may. What the leaver has shared stays: it is the organisation's word, with a purpose and an
    end, and any clinician of the organisation can end it, the deputy among them. Returns counts by step.
    """
    received = list(shares_received(membership_id))
    ended = sum(close_share(share, ShareState.REVOKED, by=by) for share in received)
    made = open_shares_of(person_id=person_id, organisation_id=organisation_id, at=now()).count()
    return {LeavingStep.END_SHARES: ended, LeavingStep.HAND_OVER_SHARES: made}
