"""The directory: who can be found and reached, across hospitals."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from identity.access.people import PersonCard, card_of, visible_memberships
from identity.models import Device, Membership
from identity.names import search_words
from medicus.lib.actor import Actor
from medicus.lib.clock import now

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class DirectoryEntry(PersonCard):
    """A member of staff as others find them.

    reachable: has a device that can receive encrypted messages."""

    membership_id: uuid.UUID
    city: str
    verified_at: datetime | None
    reachable: bool


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of results."""

    results: Sequence[DirectoryEntry]
    total: int
    page: int
    pages: int


def directory(
    *,
    by: Actor,
    query: str = "",
    speciality: str = "",
    organisation_id: uuid.UUID | None = None,
    page: int = 1,
) -> DirectoryPage:
    """Search staff by name, speciality and organisation, ordered by family name; the actor is not in it.

    query: each word must begin a word of the name; case, accents and umlauts do not matter."""
    found = visible_memberships(by=by).exclude(person=by.person_id)
    for word in search_words(query):
        found = found.filter(person__search_name__contains=f" {word}")
    if speciality:
        found = found.filter(department__speciality=speciality)
    if organisation_id:
        found = found.filter(organisation=organisation_id)
    total = found.count()
    pages = max(1, math.ceil(total / PAGE_SIZE))
    page = min(max(page, 1), pages)
    ids = _sorted(found).values_list("id", flat=True)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return DirectoryPage([_entry(row) for row in _with_reach(list(ids))], total, page, pages)


def _sorted(found: QuerySet[Membership]) -> QuerySet[Membership]:
    return found.order_by("person__search_name", "id")


def _with_reach(ids: Sequence[uuid.UUID]) -> QuerySet[Membership]:
    """Read one page in full. Only ids were sorted before: whole rows of ten thousand people spill to disk."""
    devices = Device.objects.filter(
        person=OuterRef("person"),
        organisation=OuterRef("organisation"),
        revoked_at=None,
        expires_at__gt=now(),
    )
    rows = Membership.objects.filter(id__in=ids).select_related("person", "organisation", "department")
    return _sorted(rows.annotate(reachable=Exists(devices)))


def _entry(membership: Any) -> DirectoryEntry:
    return DirectoryEntry(
        **asdict(card_of(membership)),
        membership_id=membership.id,
        city=membership.organisation.city,
        verified_at=membership.organisation.verified_at,
        reachable=membership.reachable,
    )
