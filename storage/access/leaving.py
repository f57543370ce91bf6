"""The shares of somebody who leaves an organisation."""

import uuid
from datetime import datetime

from django.db.models import QuerySet

from medicus.lib.clock import now
from storage.access.findings import ALL_SHARES, active_shares
from storage.models import Share
from storage.states import LeavingStep, ShareState


def leaving_preview(
    *, membership_id: uuid.UUID, person_id: uuid.UUID, organisation_id: uuid.UUID
) -> dict[str, int]:
    """What an offboarding would end here; for `identity`, which has decided who may know."""
    made = open_shares_of(person_id=person_id, organisation_id=organisation_id, at=now())
    return {
        LeavingStep.END_SHARES: shares_received(membership_id).count(),
        LeavingStep.HAND_OVER_SHARES: made.count(),
    }


def shares_received(membership_id: uuid.UUID) -> QuerySet[Share]:
    """What others have shared with a member and not ended, whether or not its time is over."""
    return ALL_SHARES.filter(membership=membership_id, state=ShareState.ACTIVE.value)


def open_shares_of(*, person_id: uuid.UUID, organisation_id: uuid.UUID, at: datetime) -> QuerySet[Share]:
    """What a person has shared of the organisation's findings and still opens something."""
    return active_shares(at).filter(created_by=person_id, finding__patient__organisation=organisation_id)
