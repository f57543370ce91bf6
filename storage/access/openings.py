"""Who has looked: the last opening of findings by each person."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from identity.access import people_by_id
from storage.models import ObjectOpening


@dataclass(frozen=True, slots=True)
class OpeningCard:
    """person: as they are shown today, also after they have left."""

    finding_id: uuid.UUID
    name: str
    organisation_name: str
    opened_at: datetime


def openings_of(finding_ids: Collection[uuid.UUID], *, limit: int = 10) -> list[OpeningCard]:
    """The latest openings of findings that the actor was found to be allowed to see, the newest first."""
    rows = ObjectOpening.objects.filter(stored_object__in=finding_ids).order_by("-opened_at")[:limit]
    people = people_by_id({row.person_id for row in rows})
    return [
        OpeningCard(
            finding_id=row.stored_object_id,
            name=people[row.person_id].name,
            organisation_name=people[row.person_id].organisation_name,
            opened_at=row.opened_at,
        )
        for row in rows
        if row.person_id in people
    ]
