"""Roles, as an actor may see them, and what the actor may do with each."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet

from identity.access import DepartmentRow, administered, departments
from identity.access.actors import is_of_verified, valid_memberships
from identity.models import Membership
from identity.states import STAFF
from medicus.lib import actor
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from rota.models import EscalationStep, Named, Role
from rota.states import FilledBy, Part


class Reach(StrEnum):
    """How much of a role somebody sees."""

    OWN = "own"
    """A colleague of the same organisation: the rota, the chain, the history."""
    PUBLIC = "public"
    """Somebody of another organisation: what it answers; who is on duty where the role says so."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What somebody may do with a role; pages show a button, and actions ask, by the same word."""

    see_rota: bool
    see_holder: bool
    manage: bool
    plan: bool
    fill: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may fill a role, or be named for it."""

    membership_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    email: str
    department: str


@dataclass(frozen=True, slots=True)
class RoleFile:
    """A role as its administrators see it. fillers, planners: the memberships that are named."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    name: str
    department_id: uuid.UUID | None
    department: str
    description: str
    filled_by: str
    is_public: bool
    names_holder: bool
    closed_at: datetime | None
    fillers: Sequence[uuid.UUID]
    planners: Sequence[uuid.UUID]


def visible_roles(*, by: Actor) -> QuerySet[Role]:
    """The open roles that an actor may see: those of the own organisation, and the public ones of verified others.

    Who is of an organisation that is not verified sees only its own; patients see none."""
    found = Role.objects.filter(closed_at=None).select_related("organisation", "department")
    if by.has(actor.Role.SYSTEM):
        return found
    if by.organisation_id is None or by.has(actor.Role.PATIENT):
        return found.none()
    own = Q(organisation=by.organisation_id)
    if not is_of_verified(by):
        return found.filter(own)
    return found.filter(own | Q(is_public=True, organisation__verified_at__isnull=False))


def roles_for_others(*, by: Actor) -> list[Role]:
    """The roles of the actor's organisation that clinicians of others find, and are told who holds, by name."""
    own = visible_roles(by=by).filter(organisation=by.organisation_id, is_public=True, names_holder=True)
    return list(own.order_by("search_name", "id"))


def role(*, by: Actor, role_id: uuid.UUID) -> Role:
    """Get an open role.

    Raises:
        NotFound: absent, closed, or not for this actor.
    """
    found = visible_roles(by=by).filter(id=role_id).first()
    if found is None:
        raise NotFound
    return found


def own_role(*, by: Actor, role_id: uuid.UUID) -> Role:
    """Get an open role of the actor's own organisation, with its rota.

    Raises:
        NotFound: absent, closed, of another organisation, or asked by a patient.
    """
    found = role(by=by, role_id=role_id)
    if reach(found, by=by) != Reach.OWN:
        raise NotFound
    return found


def reach(found: Role, *, by: Actor) -> Reach:
    own = by.has(actor.Role.SYSTEM) or found.organisation_id == by.organisation_id
    return Reach.OWN if own else Reach.PUBLIC


def may_see_holder(found: Role, *, by: Actor) -> bool:
    """Colleagues; and clinicians of other verified organisations where the role says so."""
    return reach(found, by=by) == Reach.OWN or (found.names_holder and by.has(actor.Role.CLINICIAN))


def abilities(found: Role, *, by: Actor) -> Abilities:
    """What the actor may do with a role that the actor sees."""
    own = reach(found, by=by) == Reach.OWN
    system = by.has(actor.Role.SYSTEM)
    manage = system or (own and by.has(actor.Role.ADMIN))
    named = Named.objects.filter(role=found.id, membership=by.membership_id, part=Part.PLANNER.value)
    return Abilities(
        see_rota=own,
        see_holder=may_see_holder(found, by=by),
        manage=manage,
        plan=manage or (own and by.membership_id is not None and named.exists()),
        fill=own and by.membership_id is not None and fillers(found).filter(id=by.membership_id).exists(),
    )


def fillers(found: Role) -> QuerySet[Membership]:
    """The memberships that may fill a role now: of its department, or those that are named."""
    valid = valid_memberships().filter(organisation=found.organisation_id, function__in=STAFF)
    if found.filled_by == FilledBy.DEPARTMENT:
        return valid.filter(department=found.department_id)
    return valid.filter(id__in=_named(found, Part.FILLER))


def candidates(found: Role) -> list[Candidate]:
    """Who may fill a role, by family name; for pages and actions that have decided who may know."""
    return _cards(fillers(found))


def chain_candidates(found: Role) -> list[Candidate]:
    """Who may fill a role, and whom its chain names already; for pages that have decided who may know.

    Anybody else is reached by a role of their own."""
    asked = EscalationStep.objects.filter(role=found.id, to_membership__isnull=False)
    named = Membership.objects.filter(id__in=asked.values("to_membership"))
    return _cards(
        Membership.objects.filter(Q(id__in=fillers(found).values("id")) | Q(id__in=named.values("id")))
    )


def colleagues(*, by: Actor, emails: Collection[str]) -> dict[str, uuid.UUID]:
    """The memberships of staff of the organisation that the actor administers, by e-mail address.

    Raises:
        NotFound: not an administrator.
    """
    found = staff_of(administered(by=by)).filter(person__email__in=emails)
    return dict(found.values_list("person__email", "id"))


def emails_of(membership_ids: Collection[uuid.UUID]) -> list[str]:
    """Their addresses, by name; for pages that have decided who may know."""
    found = Membership.objects.filter(id__in=membership_ids).order_by("person__search_name")
    return list(found.values_list("person__email", flat=True))


def staff_of(organisation_id: uuid.UUID) -> QuerySet[Membership]:
    """The valid memberships of an organisation's staff; for actions that have decided who may know."""
    return valid_memberships().filter(organisation=organisation_id, function__in=STAFF)


def open_departments(*, by: Actor) -> list[DepartmentRow]:
    """The departments that a role can be of.

    Raises:
        NotFound: not an administrator.
    """
    return [row for row in departments(by=by) if row.closed_at is None]


def administered_roles(*, by: Actor) -> list[RoleFile]:
    """All roles of the organisation that the actor administers by name, closed ones last.

    Raises:
        NotFound: not an administrator.
    """
    found = Role.objects.filter(organisation=administered(by=by)).select_related("department")
    rows = sorted(
        found.prefetch_related("named"), key=lambda each: (bool(each.closed_at), each.name.casefold())
    )
    return [file_of(row) for row in rows]


def administered_role(*, by: Actor, role_id: uuid.UUID) -> Role:
    """Get an open role of the organisation that the actor administers.

    Raises:
        NotFound: absent, closed, of another organisation, or the actor is no administrator.
    """
    found = Role.objects.select_related("department").filter(id=role_id, closed_at=None)
    if not by.has(actor.Role.SYSTEM):
        found = found.filter(organisation=administered(by=by))
    row = found.first()
    if row is None:
        raise NotFound
    return row


def roles_of(*, by: Actor, organisation_id: uuid.UUID) -> list[Role]:
    """The open roles of an organisation by name: the service itself and commands only."""
    if not by.has(actor.Role.SYSTEM):
        return []
    return list(Role.objects.filter(organisation=organisation_id, closed_at=None).order_by("name"))


def file_of(found: Role) -> RoleFile:
    named = list(found.named.all())
    return RoleFile(
        id=found.id,
        organisation_id=found.organisation_id,
        name=found.name,
        department_id=found.department_id,
        department=found.department.name if found.department else "",
        description=found.description,
        filled_by=found.filled_by,
        is_public=found.is_public,
        names_holder=found.names_holder,
        closed_at=found.closed_at,
        fillers=[each.membership_id for each in named if each.part == Part.FILLER],
        planners=[each.membership_id for each in named if each.part == Part.PLANNER],
    )


def is_valid_now(membership_id: uuid.UUID | None) -> bool:
    """Whether a membership holds now; for actions that act for the person themselves."""
    return membership_id is not None and valid_memberships().filter(id=membership_id).exists()


def has_begun(starts_at: datetime) -> bool:
    return starts_at <= now()


def _named(found: Role, part: Part) -> QuerySet[Named, uuid.UUID]:
    return Named.objects.filter(role=found.id, part=part.value).values_list("membership_id", flat=True)


def _cards(found: QuerySet[Membership]) -> list[Candidate]:
    rows = found.select_related("person", "department").order_by("person__search_name", "id")
    return [
        Candidate(
            row.id,
            row.person_id,
            row.person.name,
            row.person.email,
            row.department.name if row.department else "",
        )
        for row in rows
    ]


def open_roles(*, organisation_id: uuid.UUID) -> int:
    """How many roles an organisation has that are not closed; for its checklist."""
    return Role.objects.filter(organisation=organisation_id, closed_at=None).count()
