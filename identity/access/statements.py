"""What an organisation and its people state in the directory, for those who keep it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from identity.access.directory import Coded, coded_languages
from identity.access.staff import administered, staff_membership
from identity.models import Endpoint, HeldSubSpeciality, Membership, Organisation, Person, SpokenLanguage
from identity.stated import Stated
from identity.states import BRANCHES, LANGUAGE_NAMES, SPECIALITY_NAMES, STAFF, SUB_SPECIALITIES
from medicus.lib.actor import Actor


@dataclass(frozen=True, slots=True)
class SpecialityValue(Coded):
    """branches: the specialities that it stands for, too."""

    branches: Sequence[str]


@dataclass(frozen=True, slots=True)
class SubSpecialityValue(Coded):
    """within: the specialities in which it is usual; none: in many."""

    within: Sequence[str]


@dataclass(frozen=True, slots=True)
class ValueSets:
    """The closed sets, each by name in the language of the request."""

    specialities: Sequence[SpecialityValue]
    sub_specialities: Sequence[SubSpecialityValue]
    languages: Sequence[Coded]


@dataclass(frozen=True, slots=True)
class Statement:
    """What an organisation states of one of its people. stated_at: None while it has stated nothing.

    stated_by_import: by a list or its identity management."""

    speciality: str
    sub_specialities: Sequence[str]
    telematik_id: str
    stated_at: datetime | None
    stated_by_import: bool


@dataclass(frozen=True, slots=True)
class ListedStatement:
    """What stands in the directory of one person, for a file."""

    stated: Stated
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class LanguagesSource:
    """Which hospital has stated the acting person's languages, and when."""

    organisation: str
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class OrganisationStatement:
    telematik_id: str
    endpoints: Sequence[Endpoint]


def value_sets() -> ValueSets:
    """What can be chosen; the same for everybody."""
    specialities = [
        SpecialityValue(code, str(name), sorted(BRANCHES.get(code, ())))
        for code, name in SPECIALITY_NAMES.items()
    ]
    sub_specialities = [
        SubSpecialityValue(code, str(row.name), sorted(row.within)) for code, row in SUB_SPECIALITIES.items()
    ]
    return ValueSets(
        sorted(specialities, key=lambda each: each.name),
        sorted(sub_specialities, key=lambda each: each.name),
        coded_languages(LANGUAGE_NAMES),
    )


def own_languages(*, by: Actor) -> set[str]:
    """The languages that the acting person has stated."""
    return set(SpokenLanguage.objects.filter(person=by.person_id).values_list("tag", flat=True))


def own_languages_source(*, by: Actor) -> LanguagesSource | None:
    """Who has stated the acting person's languages; None for the person, or nobody."""
    found = Person.objects.select_related("languages_stated_by")
    person = found.filter(id=by.person_id).first() if by.person_id else None
    if person is None or person.languages_stated_by is None or person.languages_stated_at is None:
        return None
    return LanguagesSource(person.languages_stated_by.name, person.languages_stated_at)


def statements_of_staff(*, by: Actor) -> Mapping[uuid.UUID, ListedStatement]:
    """What stands in the directory of everybody whom the actor administers, by place, in three queries.

    Raises:
        NotFound: not an administrator.
    """
    rows = Membership.objects.filter(organisation=administered(by=by), function__in=STAFF)
    rows = rows.select_related("person").prefetch_related("sub_specialities", "person__languages")
    return {row.id: listed_statement(row) for row in rows}


def listed_statement(row: Membership) -> ListedStatement:
    """Show a place that was read with its sub-specialities and its person's languages."""
    codes = frozenset(each.code for each in row.sub_specialities.all())
    languages = frozenset(each.tag for each in row.person.languages.all())
    return ListedStatement(Stated(row.speciality, codes, row.telematik_id), languages)


def statement(*, by: Actor, membership_id: uuid.UUID) -> Statement:
    """What stands in the directory of one of the people whom the actor administers.

    Raises:
        NotFound: see `staff_membership`.
    """
    row = staff_membership(by=by, membership_id=membership_id)
    codes = HeldSubSpeciality.objects.filter(membership=row.id).order_by("code")
    return Statement(
        row.speciality,
        list(codes.values_list("code", flat=True)),
        row.telematik_id,
        row.stated_at,
        row.stated_by_import,
    )


def organisation_statement(*, by: Actor) -> OrganisationStatement:
    """What stands in the directory of the organisation that the actor administers.

    Raises:
        NotFound: not an administrator.
    """
    row = Organisation.objects.prefetch_related("endpoints").get(id=administered(by=by))
    ordered = sorted(row.endpoints.all(), key=lambda each: (each.connection_type, each.address))
    return OrganisationStatement(row.telematik_id, ordered)
