"""Roles in the directory: which there are, at which hospital, and who holds each now."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from identity.names import search_words
from identity.states import speciality_name
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from rota.access.duties import duties
from rota.access.roles import may_see_holder, visible_roles
from rota.duty import Held
from rota.models import Role, Shift

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class FoundRole:
    """A role as others find it. told: whether the actor may know who is on duty; `held` is None where nobody is."""

    role_id: uuid.UUID
    name: str
    description: str
    department: str
    speciality: str
    organisation_id: uuid.UUID
    organisation_name: str
    city: str
    verified_at: datetime | None
    told: bool
    held: Held | None


@dataclass(frozen=True, slots=True)
class FoundRoles:
    results: Sequence[FoundRole]
    total: int
    page: int
    pages: int


def find_roles(
    *,
    by: Actor,
    query: str = "",
    speciality: str = "",
    organisation_id: uuid.UUID | None = None,
    on_duty: bool = False,
    page: int = 1,
) -> FoundRoles:
    """Search roles by name, speciality and organisation, by name.

    on_duty: only those that somebody holds now, as far as the actor may know."""
    found = _matching(visible_roles(by=by), query, speciality, organisation_id)
    at = now()
    if on_duty:
        found = found.filter(id__in=_held_now(found, by=by, at=at))
    total = found.count()
    pages = max(1, math.ceil(total / PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = found.order_by("organisation__name", "search_name", "id")[
        (page - 1) * PAGE_SIZE : page * PAGE_SIZE
    ]
    shown = list(rows)
    held = duties({row.id for row in shown}, at=at)
    return FoundRoles([_found(row, held[row.id].now, by) for row in shown], total, page, pages)


def _matching(
    found: QuerySet[Role], query: str, speciality: str, organisation_id: uuid.UUID | None
) -> QuerySet[Role]:
    for word in search_words(query):
        found = found.filter(search_name__contains=f" {word}")
    if speciality:
        found = found.filter(department__speciality=speciality)
    return found.filter(organisation=organisation_id) if organisation_id else found


def _held_now(found: QuerySet[Role], *, by: Actor, at: datetime) -> list[uuid.UUID]:
    running = Shift.objects.filter(removed_at=None, starts_at__lte=at, ends_at__gt=at)
    roles = {row.id: row for row in found.filter(Q(id__in=running.values("role")))}
    held = duties(roles, at=at)
    return [each for each, row in roles.items() if held[each].now and may_see_holder(row, by=by)]


def _found(row: Role, held: Held | None, by: Actor) -> FoundRole:
    told = may_see_holder(row, by=by)
    return FoundRole(
        role_id=row.id,
        name=row.name,
        description=row.description,
        department=row.department.name if row.department else "",
        speciality=speciality_name(row.department.speciality) if row.department else "",
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
        city=row.organisation.city,
        verified_at=row.organisation.verified_at,
        told=told,
        held=held if told else None,
    )
