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
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.clock import now

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class DirectoryEntry(PersonCard):
    """A member of staff as others find them.

    reachable: has a device that can receive encrypted messages. duties: the roles that the person holds now, by name."""

    membership_id: uuid.UUID
    city: str
    verified_at: datetime | None
    reachable: bool
    duties: tuple[str, ...]


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
    on_duty: bool = False,
    page: int = 1,
) -> DirectoryPage:
    """Search staff by name, speciality and organisation, ordered by family name; the actor is not in it.

    query: each word must begin a word of the name; case, accents and umlauts do not matter.
    on_duty: only those who hold a role now, as far as the actor may know (calls `on-duty`; names come by `duties`)."""
    found = visible_memberships(by=by).exclude(person=by.person_id)
    for word in search_words(query):
        found = found.filter(person__search_name__contains=f" {word}")
    if speciality:
        found = found.filter(department__speciality=speciality)
    if organisation_id:
        found = found.filter(organisation=organisation_id)
    if on_duty:
        found = found.filter(id__in=set().union(*callbacks.call("on-duty", by=by)))
    total = found.count()
    pages = max(1, math.ceil(total / PAGE_SIZE))
    page = min(max(page, 1), pages)
    ids = _sorted(found).values_list("id", flat=True)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    shown = list(_with_reach(list(ids)))
    duties = _duties(by, [row.id for row in shown])
    return DirectoryPage([_entry(row, duties.get(row.id, ())) for row in shown], total, page, pages)


def _duties(by: Actor, membership_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for told in callbacks.call("duties", by=by, membership_ids=set(membership_ids)):
        found |= {
            membership_id: tuple(each.role_name for each in held) for membership_id, held in told.items()
        }
    return found


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


def _entry(membership: Any, duties: tuple[str, ...]) -> DirectoryEntry:
    return DirectoryEntry(
        **asdict(card_of(membership)),
        membership_id=membership.id,
        city=membership.organisation.city,
        verified_at=membership.organisation.verified_at,
        reachable=membership.reachable,
        duties=duties,
    )
