"""The people and departments of an organisation, as its administrators see them."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from identity.access.actors import valid_memberships
from identity.access.people import visible_memberships
from identity.days import first_day, last_day
from identity.models import Department, IdentityKey, Membership, TotpSecret
from identity.names import search_words
from identity.states import STAFF, MembershipState, StaffFilter, function_name
from medicus.lib.actor import Actor, Role, Scope
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

PAGE_SIZE = 50
EXPIRING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people to show. query: beginnings of names, or of the e-mail address."""

    query: str = ""
    function: str = ""
    department_id: uuid.UUID | None = None
    only: str = ""


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """A person's place in the organisation. from_day, until_day: the first and the last day of it."""

    membership_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    title: str
    given_name: str
    family_name: str
    email: str
    function: str
    function_name: str
    department_id: uuid.UUID | None
    department: str
    is_admin: bool
    from_day: date
    until_day: date | None
    state: MembershipState
    has_second_factor: bool
    last_sign_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class StaffPage:
    results: Sequence[StaffEntry]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class StaffFile:
    """One person's page. elsewhere: other organisations that the directory shows this person in.

    shared: has a place in another organisation, so the account is not this administrator's alone."""

    entry: StaffEntry
    elsewhere: Sequence[str]
    shared: bool
    own: bool
    has_password: bool


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """members: whose membership has not ended."""

    id: uuid.UUID
    name: str
    speciality: str
    closed_at: datetime | None
    members: int


def administered(*, by: Actor, scope: Scope | None = None) -> uuid.UUID:
    """The organisation that the actor administers, or for which its API key has this scope.

    The service itself has one where it acts for it; see `medicus.lib.actor.system_of`.

    Raises:
        NotFound: none.
    """
    by_key = scope is not None and by.may(scope)
    if by.organisation_id is None or not (by.has(Role.ADMIN) or by.has(Role.SYSTEM) or by_key):
        raise NotFound
    return by.organisation_id


def staff(*, by: Actor, wanted: Wanted, page: int = 1) -> StaffPage:
    """Find people of the actor's organisation, those who have left included, ordered by family name.

    Raises:
        NotFound: not an administrator.
    """
    found = _matching(Membership.objects.filter(organisation=_readable(by), function__in=STAFF), wanted)
    total = found.count()
    pages = max(1, math.ceil(total / PAGE_SIZE))
    page = min(max(page, 1), pages)
    ids = list(_sorted(found).values_list("id", flat=True)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    rows = _sorted(_with_factor(Membership.objects.filter(id__in=ids)))
    return StaffPage([entry_of(row) for row in rows], total, page, pages)


def all_staff(*, by: Actor, wanted: Wanted) -> list[StaffEntry]:
    """As `staff`, all pages at once, for a file.

    Raises:
        NotFound: not an administrator.
    """
    found = _matching(Membership.objects.filter(organisation=administered(by=by), function__in=STAFF), wanted)
    return [entry_of(row) for row in _sorted(_with_factor(found))]


def open_departments(organisation_id: uuid.UUID) -> list[Department]:
    """The departments that people can be put into; for actions that have decided who may know."""
    return list(Department.objects.filter(organisation=organisation_id, closed_at=None))


def staff_membership(*, by: Actor, membership_id: uuid.UUID, scope: Scope | None = None) -> Membership:
    """Get a membership of staff in the organisation that the actor administers, ended or not.

    scope: of an API key that may do what is asked, too.

    Raises:
        NotFound: absent, of another organisation, or the actor is no administrator.
    """
    found = Membership.objects.filter(function__in=STAFF)
    if not by.has(Role.SYSTEM):
        found = found.filter(organisation=administered(by=by, scope=scope))
    membership = _with_factor(found).filter(id=membership_id).first()
    if membership is None:
        raise NotFound
    return membership


def staff_membership_of(*, by: Actor, person_id: uuid.UUID, organisation_id: uuid.UUID) -> Membership:
    """Get a person's membership of staff in an organisation, as `staff_membership` does.

    Raises:
        NotFound: none that the actor administers.
    """
    found = Membership.objects.filter(person=person_id, organisation=organisation_id).first()
    if found is None:
        raise NotFound
    return staff_membership(by=by, membership_id=found.id)


def has_identity_key(*, by: Actor, membership_id: uuid.UUID) -> bool:
    """Whether there is a key of this person here that an administrator could reset.

    Raises:
        NotFound: see `staff_membership`.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    keys = IdentityKey.objects.filter(
        person=membership.person_id, organisation=membership.organisation_id, revoked_at=None
    )
    return keys.exists()


def staff_file(*, by: Actor, membership_id: uuid.UUID) -> StaffFile:
    """Show one person.

    Raises:
        NotFound: see `staff_membership`.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    others = Membership.objects.filter(person=membership.person).exclude(id=membership.id)
    seen = visible_memberships(by=by).filter(id__in=others.values("id")).order_by("organisation__name")
    return StaffFile(
        entry=entry_of(membership),
        elsewhere=list(seen.values_list("organisation__name", flat=True)),
        shared=others.exists(),
        own=membership.person_id == by.person_id,
        has_password=membership.person.has_usable_password(),
    )


def departments(*, by: Actor) -> list[DepartmentRow]:
    """The departments of the actor's organisation by name, the closed ones last.

    Raises:
        NotFound: not an administrator.
    """
    remaining = Q(memberships__valid_until__isnull=True) | Q(memberships__valid_until__gt=now())
    found = Department.objects.filter(organisation=_readable(by))
    found = found.annotate(members=Count("memberships", filter=remaining))
    rows: Sequence[Any] = sorted(found, key=lambda each: (each.closed_at is not None, each.name.casefold()))
    return [DepartmentRow(row.id, row.name, row.speciality, row.closed_at, row.members) for row in rows]


def state_of(membership: Membership, *, at: datetime) -> MembershipState:
    """What a membership is at an instant."""
    if membership.valid_until is not None and membership.valid_until <= at:
        return MembershipState.ENDED
    if membership.deactivated_at is not None or not membership.person.is_active:
        return MembershipState.DEACTIVATED
    return MembershipState.PLANNED if membership.valid_from > at else MembershipState.ACTIVE


def entry_of(membership: Any) -> StaffEntry:
    """Show a membership that was read by `staff_membership`."""
    department, person = membership.department, membership.person
    return StaffEntry(
        membership_id=membership.id,
        person_id=person.id,
        name=person.name,
        title=person.title,
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        function=membership.function,
        function_name=function_name(membership.function),
        department_id=membership.department_id,
        department=department.name if department else "",
        is_admin=membership.is_admin,
        from_day=first_day(membership.valid_from),
        until_day=last_day(membership.valid_until) if membership.valid_until else None,
        state=state_of(membership, at=now()),
        has_second_factor=membership.has_second_factor,
        last_sign_in_at=person.last_login,
    )


def _readable(by: Actor) -> uuid.UUID:
    return administered(by=by, scope=Scope.PEOPLE_READ)


def _matching(found: QuerySet[Membership], wanted: Wanted) -> QuerySet[Membership]:
    query = wanted.query.strip().lower()
    if "@" in query:
        found = found.filter(person__email__startswith=query)
    else:
        for word in search_words(query):
            found = found.filter(person__search_name__contains=f" {word}")
    if wanted.function:
        found = found.filter(function=wanted.function)
    if wanted.department_id:
        found = found.filter(department=wanted.department_id)
    return _only(found, wanted.only)


def _only(found: QuerySet[Membership], only: str) -> QuerySet[Membership]:
    if only == StaffFilter.INACTIVE:
        return found.exclude(id__in=valid_memberships().values("id"))
    if only == StaffFilter.NO_SECOND_FACTOR:
        return found.exclude(Exists(_confirmed()))
    if only == StaffFilter.NEVER_SIGNED_IN:
        return found.filter(person__last_login=None)
    if only == StaffFilter.EXPIRING:
        return found.filter(valid_until__gt=now(), valid_until__lte=now() + EXPIRING)
    return found


def _confirmed() -> QuerySet[TotpSecret]:
    return TotpSecret.objects.filter(person=OuterRef("person"), confirmed_at__isnull=False)


def _with_factor(found: QuerySet[Membership]) -> QuerySet[Membership]:
    rows = found.select_related("person", "organisation", "department")
    return rows.annotate(has_second_factor=Exists(_confirmed()))


def _sorted(found: QuerySet[Membership]) -> QuerySet[Membership]:
    return found.order_by("person__search_name", "id")
