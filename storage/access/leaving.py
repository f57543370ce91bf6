"""The shares of somebody who leaves an organisation."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from identity.access.offboarding import Leaver
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from storage.access.cards import ShareCard
from storage.access.findings import ALL_SHARES, active_shares, share_card, visible_findings
from storage.models import Share
from storage.states import LeavingStep, ShareState


def leaving_preview(*, leaver: Leaver) -> dict[str, int]:
    """What an offboarding would end here; for `identity`, which has decided who may know."""
    made = open_shares_of(leaver, at=now())
    return {
        LeavingStep.END_SHARES: shares_received(leaver.membership_id).count(),
        LeavingStep.HAND_OVER_SHARES: made.count(),
    }


def shares_handed_over(*, by: Actor, person_ids: Collection[uuid.UUID]) -> list[ShareCard]:
    """The open shares of the own organisation's findings that people who have left have made, the next to end
    first. For their deputy; who treats nobody sees none. Names no patient."""
    own = visible_findings(by=by).filter(patient__organisation=by.organisation_id)
    made = active_shares(now()).filter(created_by__in=person_ids, finding__in=own)
    rows = ALL_SHARES.filter(id__in=made.values("id")) if person_ids else ALL_SHARES.none()
    return [share_card(share) for share in rows.order_by("expires_at", "id")]


def shares_received(membership_id: uuid.UUID) -> QuerySet[Share]:
    """What others have shared with a member and not ended, whether or not its time is over."""
    return ALL_SHARES.filter(membership=membership_id, state=ShareState.ACTIVE.value)


def open_shares_of(leaver: Leaver, *, at: datetime) -> QuerySet[Share]:
    """What a person has shared of the organisation's findings and still opens something."""
    made = active_shares(at).filter(created_by=leaver.person_id)
    return made.filter(finding__patient__organisation=leaver.organisation_id)
