"""Legal holds, as the administrators of the organisation that placed them see them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from messaging.models import Hold


@dataclass(frozen=True, slots=True)
class HoldCard:
    """A hold for people. `person`: whose conversations it is on; empty where it is on the one of `group_id`."""

    hold_id: uuid.UUID
    group_id: uuid.UUID | None
    person_id: uuid.UUID | None
    person: str
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    lifted_reason: str


def holds(*, by: Actor) -> list[HoldCard]:
    """The holds of the organisation that the actor administers: those in force first, then the newest.

    Raises:
        NotFound: not an administrator.
    """
    rows = Hold.objects.filter(organisation=identity.administered(by=by)).select_related(
        "person", "placed_by", "lifted_by"
    )
    return sorted(
        (hold_card(row) for row in rows.order_by("-placed_at")), key=lambda card: card.lifted_at is not None
    )


def hold_card(row: Hold) -> HoldCard:
    return HoldCard(
        hold_id=row.id,
        group_id=row.group_id,
        person_id=row.person_id,
        person=row.person.name if row.person else "",
        reason=row.reason,
        placed_by=row.placed_by.name,
        placed_at=row.placed_at,
        lifted_by=row.lifted_by.name if row.lifted_by else "",
        lifted_at=row.lifted_at,
        lifted_reason=row.lifted_reason,
    )


def own_hold(*, by: Actor, hold_id: uuid.UUID) -> Hold:
    """Get a hold in force of the organisation that the actor administers.

    Raises:
        NotFound: absent, another organisation's, lifted, or the actor is no administrator.
    """
    rows = Hold.objects.filter(organisation=identity.administered(by=by), lifted_at__isnull=True)
    found = rows.select_related("person", "placed_by").filter(id=hold_id).first()
    if found is None:
        raise NotFound
    return found


def holdable_person(*, by: Actor, person_id: uuid.UUID) -> bool:
    """Whether somebody works, or has worked, at the organisation that the actor administers."""
    try:
        identity.staff_membership_of(by=by, person_id=person_id, organisation_id=identity.administered(by=by))
    except NotFound:
        return False
    return True
