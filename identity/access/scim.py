"""The people and departments of a hospital as its identity management sees them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from identity.access.scim_filters import Attribute, always, condition_of, flag, id_in, text_among, text_in
from identity.access.staff import administered
from identity.access.statements import listed_statement
from identity.models import Department, HeldSubSpeciality, Membership, SpokenLanguage
from identity.provisioned import KnownGroup, KnownUser, WantedUser
from identity.scim.resources import Group, User
from identity.states import STAFF, Function
from medicus.lib.actor import Actor, Scope
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

MOST_RESULTS = 200
USUAL_RESULTS = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a search. start: from 0. count: at most `MOST_RESULTS`."""

    filter: str = ""
    start: int = 0
    count: int = USUAL_RESULTS


def scim_users(*, by: Actor, asked: Asked) -> tuple[int, list[KnownUser]]:
    """Find people of the key's organisation: how many there are, and a page of them, in the order they came.

    Raises:
        NotFound: the key is not for this.
        InvalidFilterException: see `condition_of`.
    """
    found = places(by=by)
    if asked.filter:
        found = found.filter(condition_of(asked.filter, User, _USER))
    return found.count(), [known_user(each) for each in _page(found, asked)]


def scim_user(*, by: Actor, membership_id: uuid.UUID) -> KnownUser:
    """Get one person's place.

    Raises:
        NotFound: absent, of another organisation, or the key is not for this.
    """
    return known_user(place(by=by, membership_id=membership_id))


def scim_groups(*, by: Actor, asked: Asked, with_members: bool) -> tuple[int, list[KnownGroup]]:
    """Find departments of the key's organisation: how many there are, and a page of them.

    Raises: as `scim_users`.
    """
    found = open_groups(by=by)
    if asked.filter:
        found = found.filter(condition_of(asked.filter, Group, _GROUP))
    page = list(_page(found, asked))
    members = _members_of(page) if with_members else {}
    return found.count(), [_known_group(each, members.get(each.id, ())) for each in page]


def scim_group(
    *, by: Actor, department_id: uuid.UUID, among: frozenset[uuid.UUID] | None = None
) -> KnownGroup:
    """Get one department. among: name only those of its members; without it, all of them.

    Raises:
        NotFound: absent, closed, of another organisation, or the key is not for this.
    """
    department = group(by=by, department_id=department_id)
    members = _members_of([department], among)
    return _known_group(department, members.get(department.id, ()))


def place(*, by: Actor, membership_id: uuid.UUID) -> Membership:
    """Get the row of a place. Raises: as `scim_user`."""
    found = places(by=by).filter(id=membership_id).first()
    if found is None:
        raise NotFound
    return found


def places(*, by: Actor) -> QuerySet[Membership]:
    """The places that an identity management keeps: of staff, until it removes them."""
    organisation_id = administered(by=by, scope=Scope.SCIM)
    rows = Membership.objects.filter(organisation=organisation_id, function__in=STAFF, deprovisioned_at=None)
    rows = rows.select_related("person", "department", "organisation")
    return rows.prefetch_related("sub_specialities", "person__languages")


def group(*, by: Actor, department_id: uuid.UUID) -> Department:
    """Get the row of a department. Raises: as `scim_group`."""
    found = open_groups(by=by).filter(id=department_id).first()
    if found is None:
        raise NotFound
    return found


def open_groups(*, by: Actor) -> QuerySet[Department]:
    """The departments that there are."""
    return Department.objects.filter(organisation=administered(by=by, scope=Scope.SCIM), closed_at=None)


def is_open_at(membership: Membership, *, at: datetime) -> bool:
    """What SCIM calls active: neither deactivated nor past its last day. The first day may lie ahead."""
    over = membership.valid_until is not None and membership.valid_until <= at
    return not over and membership.deactivated_at is None and membership.person.is_active


def known_user(membership: Membership) -> KnownUser:
    """Show a place that was read by `places`."""
    person, department = membership.person, membership.department
    told = listed_statement(membership)
    wanted = WantedUser(
        user_name=membership.user_name or person.email,
        external_id=membership.external_id,
        email=person.email,
        title=person.title,
        given_name=person.given_name,
        family_name=person.family_name,
        active=is_open_at(membership, at=now()),
        department=department.name if department else "",
        function=Function(membership.function),
        stated=told.stated,
        languages=told.languages,
    )
    made_at = _instant_of(membership.id)
    return KnownUser(membership.id, wanted, person.name, membership.department_id, made_at)


def _known_group(department: Department, members: Sequence[uuid.UUID]) -> KnownGroup:
    made_at = _instant_of(department.id)
    return KnownGroup(department.id, department.name, department.external_id, made_at, members)


def _members_of(
    departments: Iterable[Department], among: frozenset[uuid.UUID] | None = None
) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """One query, however many departments and members."""
    rows = Membership.objects.filter(department__in=departments, function__in=STAFF, deprovisioned_at=None)
    if among is not None:
        rows = rows.filter(id__in=among)
    members: dict[uuid.UUID, list[uuid.UUID]] = {}
    for department_id, membership_id in rows.order_by("id").values_list("department", "id"):
        members.setdefault(department_id, []).append(membership_id)
    return members


def _page(found: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    count = min(asked.count, MOST_RESULTS)
    return found.order_by("id")[asked.start : asked.start + count]


def _instant_of(identifier: uuid.UUID) -> datetime:
    """When a row was made: its UUIDv7 says so."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)


def _is_active() -> Q:
    remaining = Q(valid_until__isnull=True) | Q(valid_until__gt=now())
    return remaining & Q(deactivated_at=None, person__is_active=True)


def _holding(codes: Q) -> Q:
    return Q(id__in=HeldSubSpeciality.objects.filter(codes).values("membership"))


def _speaking(tags: Q) -> Q:
    return Q(person__in=SpokenLanguage.objects.filter(tags).values("person"))


def _in_groups(members: Q) -> Q:
    """Departments by their members, without a row for each of these."""
    rows = Membership.objects.filter(members, function__in=STAFF, deprovisioned_at=None)
    return Q(id__in=rows.values("department"))


_USER: dict[str, Attribute] = {
    "id": id_in("id"),
    "externalid": text_in("external_id", case_exact=True),
    "username": text_in("user_name", "person__email"),
    "name.familyname": text_in("person__family_name"),
    "name.givenname": text_in("person__given_name"),
    "name.honorificprefix": text_in("person__title"),
    "emails": text_in("person__email"),
    "emails.value": text_in("person__email"),
    "emails.type": always("work"),
    "emails.primary": always(constant=True),
    "active": flag(_is_active),
    "groups": id_in("department"),
    "groups.value": id_in("department"),
    "groups.display": text_in("department__name"),
    "department": text_in("department__name"),
    "function": text_in("function"),
    "speciality": text_in("speciality"),
    "subspecialities": text_among("code", where=_holding),
    "languages": text_among("tag", where=_speaking),
    "telematikid": text_in("telematik_id"),
}
_GROUP: dict[str, Attribute] = {
    "id": id_in("id"),
    "externalid": text_in("external_id", case_exact=True),
    "displayname": text_in("name"),
    "members": id_in("id", where=_in_groups),
    "members.value": id_in("id", where=_in_groups),
}
