"""What happens to shares when a person leaves an organisation."""

from django.db import transaction

from identity.access.offboarding import Leaver
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from storage.access.leaving import open_shares_of, shares_received
from storage.actions.shares import close_share
from storage.states import LeavingStep, ShareState


@transaction.atomic
def end_shares_of_leaver(*, by: Actor, leaver: Leaver) -> dict[str, int]:
    """End what other organisations have shared with somebody who leaves; in the transaction of `identity`, which
    has decided who may. What the leaver has shared stays: it is the organisation's word, with a purpose and an
    end, and any clinician of the organisation can end it, the deputy among them. Returns counts by step.
    """
    received = list(shares_received(leaver.membership_id))
    ended = sum(close_share(share, ShareState.REVOKED, by=by) for share in received)
    made = open_shares_of(leaver, at=now()).count()
    return {LeavingStep.END_SHARES: ended, LeavingStep.HAND_OVER_SHARES: made}
