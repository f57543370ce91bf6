"""Organisations, people and memberships, as an actor may see them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from django.db.models import Exists, Q, QuerySet

from identity.access.actors import is_of_verified, valid_memberships
from identity.models import Department, Membership, Offboarding, Organisation, Person
from identity.names import full_name
from identity.states import CLINICAL, STAFF, OrganisationKind, function_name, speciality_name
from medicus.lib.actor import Actor, Role, require_system
from medicus.lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What a page shows of a person. All texts are for people, in the language of the request."""

    person_id: uuid.UUID
    name: str
    function: str
    speciality: str
    department: str
    organisation_id: uuid.UUID | None
    organisation_name: str
    deputy: str = field(default="", kw_only=True)
    """Who stands in for a person who was offboarded; empty for everybody else."""
    left: bool = field(default=False, kw_only=True)
    """Has no valid place there: deactivated, offboarded, over, or not begun."""


def visible_memberships(*, by: Actor) -> QuerySet[Membership]:
    """The valid memberships of staff that an actor may see.

    Staff of a verified organisation see all verified organisations and their own; staff of one that is not
    verified see only their own; patients see nobody."""
    if by.has(Role.SYSTEM):
        return valid_memberships().filter(function__in=STAFF)
    if by.organisation_id is None or by.has(Role.PATIENT):
        return Membership.objects.none()
    own = Q(organisation=by.organisation_id)
    reach = own | Q(organisation__verified_at__isnull=False) if is_of_verified(by) else own
    return valid_memberships().filter(reach, function__in=STAFF)


def membership(*, by: Actor, membership_id: uuid.UUID) -> Membership:
    """Get a membership.

    Raises:
        NotFound: absent, ended, or not for this actor.
    """
    found = visible_memberships(by=by).select_related("person", "organisation", "department")
    try:
        return found.get(id=membership_id)
    except Membership.DoesNotExist:
        raise NotFound from None


def memberships_of(*, person_id: uuid.UUID | None) -> list[Membership]:
    """The valid memberships of a person, in the order they were made: back-dating one changes nothing."""
    found = (
        valid_memberships()
        .filter(person=person_id)
        .select_related("person", "organisation__policy", "department")
    )
    return list(found.order_by("id"))


def person(person_id: uuid.UUID) -> Person:
    """Get a person by id, for other apps that have already decided who may know.

    Raises:
        NotFound: absent.
    """
    try:
        return Person.objects.get(id=person_id)
    except Person.DoesNotExist:
        raise NotFound from None


def person_by_email(*, by: Actor, email: str) -> Person:
    """Get a person by address: the service itself and commands only.

    Raises:
        NotFound: absent, or asked by anybody else.
    """
    require_system(by)
    try:
        return Person.objects.get(email=email.strip().lower())
    except Person.DoesNotExist:
        raise NotFound from None


def organisation(*, by: Actor, organisation_id: uuid.UUID) -> Organisation:
    """Get an organisation: the own one, or a verified one.

    Raises:
        NotFound: absent or not for this actor.
    """
    found = Organisation.objects.filter(id=organisation_id).first()
    if found is None or not (by.has(Role.SYSTEM) or found.id == by.organisation_id or found.verified_at):
        raise NotFound
    return found


def organisation_by_domain(*, by: Actor, domain: str) -> Organisation:
    """Get an organisation by its domain: the service itself and commands only.

    Raises:
        NotFound: absent, or asked by anybody else.
    """
    found = Organisation.objects.filter(domain=domain.strip().lower()).first()
    if found is None or not by.has(Role.SYSTEM):
        raise NotFound
    return found


def operator_organisation(*, by: Actor) -> Organisation | None:
    """The platform's own organisation, if there is one: the service itself and commands only.

    Raises:
        NotFound: anybody else.
    """
    require_system(by)
    return Organisation.objects.filter(kind=OrganisationKind.OPERATOR).first()


def visible_organisations(*, by: Actor) -> list[Organisation]:
    """The organisations that an actor may see, by name: every one for the service itself."""
    return list(organisations_in_reach(by=by).order_by("name").defer("ca_certificate"))


def organisations_in_reach(*, by: Actor) -> QuerySet[Organisation]:
    """The own organisation and, when that one is verified, every verified one; patients see none."""
    if by.has(Role.SYSTEM):
        return Organisation.objects.all()
    if by.organisation_id is None or by.has(Role.PATIENT):
        return Organisation.objects.none()
    own_is_verified = Organisation.objects.filter(id=by.organisation_id, verified_at__isnull=False)
    others = Q(Exists(own_is_verified), verified_at__isnull=False)
    return Organisation.objects.filter(Q(id=by.organisation_id) | others)


def department(*, by: Actor, department_id: uuid.UUID) -> Department:
    """Get an open department of the actor's own organisation.

    Raises:
        NotFound: absent, closed or of another organisation.
    """
    found = Department.objects.filter(id=department_id, closed_at=None).first()
    if found is None or not (by.has(Role.SYSTEM) or found.organisation_id == by.organisation_id):
        raise NotFound
    return found


def department_named(*, by: Actor, organisation_id: uuid.UUID, name: str) -> Department | None:
    """The department of this name in an organisation: the service itself and commands only."""
    if not by.has(Role.SYSTEM):
        return None
    return Department.objects.filter(organisation=organisation_id, name=name.strip(), closed_at=None).first()


def people_of(*, by: Actor, organisation_id: uuid.UUID) -> list[Membership]:
    """All memberships of an organisation, ended ones included: its administrators and the service only."""
    own = by.has(Role.ADMIN) and by.organisation_id == organisation_id
    if not (own or by.has(Role.SYSTEM)):
        return []
    found = Membership.objects.filter(organisation=organisation_id).select_related("person", "department")
    return list(found.order_by("person__search_name", "id"))


def administrators_of(*, organisation_id: uuid.UUID | None) -> list[Person]:
    """Who administers an organisation now: to be told of something, not to be shown."""
    found = valid_memberships().filter(organisation=organisation_id, is_admin=True).select_related("person")
    return [membership.person for membership in found]


def card_of(membership: Membership) -> PersonCard:
    """Show a person as a member of an organisation."""
    department = membership.department
    return PersonCard(
        person_id=membership.person_id,
        name=membership.person.name,
        function=function_name(membership.function),
        speciality=speciality_name(membership.shown_speciality),
        department=department.name if department else "",
        organisation_id=membership.organisation_id,
        organisation_name=membership.organisation.name,
    )


def people_by_id(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PersonCard]:
    """Show people, also those who have left, in a fixed number of queries; ids that nobody has are not in the answer.

    A person with several memberships is shown in the oldest that is still valid."""
    memberships = Membership.objects.filter(person__in=set(ids)).select_related(
        "person", "organisation", "department"
    )
    valid = set(valid_memberships().filter(person__in=set(ids)).values_list("id", flat=True))
    ordered = sorted(memberships, key=lambda member: (member.id in valid, -member.id.int))
    shown = {member.person_id: member for member in ordered}
    deputies = _deputies([member for member in shown.values() if member.id not in valid])
    return {
        person_id: replace(card_of(member), deputy=deputies.get(member.id, ""), left=member.id not in valid)
        for person_id, member in shown.items()
    }


def people_in_places(
    places: Collection[tuple[uuid.UUID, uuid.UUID]],
) -> dict[tuple[uuid.UUID, uuid.UUID], PersonCard]:
    """Show (person, organisation) pairs as members of that very organisation, also those who have left; who stands in
    for them is not told."""
    rows = Membership.objects.filter(
        person__in={person_id for person_id, _organisation in places},
        organisation__in={organisation_id for _person, organisation_id in places},
    ).select_related("person", "organisation", "department")
    valid = set(valid_memberships().filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
    found = {(row.person_id, row.organisation_id): row for row in rows}
    return {
        place: replace(card_of(row), left=row.id not in valid)
        for place, row in found.items()
        if place in places
    }


def clinicians_among(
    places: Collection[tuple[uuid.UUID, uuid.UUID]],
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Those of these (person, organisation) pairs who work there as clinicians now."""
    found = valid_memberships().filter(
        person__in={person_id for person_id, _organisation in places}, function__in=CLINICAL
    )
    return set(places) & set(found.values_list("person_id", "organisation_id"))


def _deputies(left: Collection[Membership]) -> dict[uuid.UUID, str]:
    """Who stands in for those who were offboarded, by membership; no query where nobody has left."""
    if not left:
        return {}
    rows = Offboarding.objects.filter(membership__in=left, undone_at=None, deputy__isnull=False)
    return {
        row.membership_id: row.deputy.person.name
        for row in rows.select_related("deputy__person")
        if row.deputy
    }


def people_by_membership_id(membership_ids: Collection[str]) -> dict[str, uuid.UUID]:
    """Whose memberships these are, ended ones included: for the audit pages."""
    found = Membership.objects.filter(id__in=membership_ids).values_list("id", "person_id")
    return {str(membership_id): person_id for membership_id, person_id in found}


def names_by_organisation_id(organisation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names for the audit pages."""
    return dict(Organisation.objects.filter(id__in=set(organisation_ids)).values_list("id", "name"))


def names_by_person_id(person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names for the audit pages, which show events of people who may have left long ago."""
    people = Person.objects.filter(id__in=set(person_ids))
    told = people.values_list("id", "title", "given_name", "family_name")
    return {person_id: full_name(*names) for person_id, *names in told}


def memberships_held_by(parties: Collection[tuple[uuid.UUID, uuid.UUID]]) -> set[uuid.UUID]:
    """The memberships of (person, organisation) pairs, valid or not, for callers who know these people already."""
    found = Membership.objects.filter(person__in={person_id for person_id, _organisation in parties})
    rows = found.values_list("id", "person_id", "organisation_id")
    return {row[0] for row in rows if (row[1], row[2]) in parties}
