"""The directory as FHIR resources: each kind scoped as the directory's page is, found by FHIR's search parameters."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from identity.access import fhir
from identity.access.directory import Sought, matching
from identity.access.people import organisations_in_reach, visible_memberships
from identity.models import Department, Endpoint, Membership, Person
from identity.names import search_words
from identity.states import OrganisationKind, with_branches
from medicus.lib.actor import Actor
from medicus.lib.errors import Invalid, NotFound

PAGE_SIZE, MOST = 25, 100


class ResourceType(StrEnum):
    ORGANIZATION = "Organization"
    HEALTHCARE_SERVICE = "HealthcareService"
    PRACTITIONER_ROLE = "PractitionerRole"
    PRACTITIONER = "Practitioner"
    ENDPOINT = "Endpoint"


@dataclass(frozen=True, slots=True)
class Found:
    """One page of resources. total: of all pages."""

    resources: Sequence[fhir.Resource]
    total: int
    page: int
    has_more: bool


def fhir_search(
    *, by: Actor, resource_type: ResourceType, asked: Mapping[str, str], page: int = 1, count: int = PAGE_SIZE
) -> Found:
    """Search resources of one type. asked: FHIR's search parameters, each once; all must hold.

    Raises:
        Invalid: a parameter is not known for this type, or its value cannot be read.
    """
    kind = _KINDS[resource_type]
    rows = kind.scope(by)
    for name, value in asked.items():
        narrow = kind.parameters.get(name)
        if narrow is None:
            raise Invalid(errors={name: _("This parameter is not known here.")})
        rows = narrow(rows, value)
    total = rows.count()
    begin = (page - 1) * count
    shown = kind.render(by, kind.read(rows)[begin : begin + count])
    return Found(shown, total, page, begin + len(shown) < total)


def fhir_resource(*, by: Actor, resource_type: ResourceType, resource_id: uuid.UUID) -> fhir.Resource:
    """Read one resource.

    Raises:
        NotFound: absent, or not for this actor.
    """
    kind = _KINDS[resource_type]
    found = kind.render(by, kind.read(kind.scope(by).filter(id=resource_id)))
    if not found:
        raise NotFound
    return found[0]


def fhir_parameters(resource_type: ResourceType) -> list[str]:
    """The search parameters that a type knows, by name."""
    return sorted(_KINDS[resource_type].parameters)


_Rows = QuerySet[Any]
_Narrow = Callable[[_Rows, str], _Rows]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How resources of one type are scoped, narrowed, read and written."""

    scope: Callable[[Actor], _Rows]
    parameters: Mapping[str, _Narrow]
    read: Callable[[_Rows], _Rows]
    render: Callable[[Actor, _Rows], list[fhir.Resource]]


def _organisations(by: Actor) -> _Rows:
    return organisations_in_reach(by=by).exclude(kind=OrganisationKind.OPERATOR)


def _departments(by: Actor) -> _Rows:
    return Department.objects.filter(closed_at=None, organisation__in=_organisations(by).values("id"))


def _endpoints(by: Actor) -> _Rows:
    return Endpoint.objects.filter(organisation__in=_organisations(by).values("id"))


def _people(by: Actor) -> _Rows:
    return Person.objects.filter(id__in=visible_memberships(by=by).values("person"))


def _id(value: str, *, of: str = "") -> uuid.UUID:
    """Read an id, or a reference to one: `Organization/<id>`."""
    try:
        return uuid.UUID(value.removeprefix(f"{of}/"))
    except ValueError:
        raise Invalid(_("This is no id of this service: %(value)s") % {"value": value[:60]}) from None


def _token(value: str) -> str:
    """The code of a token `system|code`; the system is told for the reader alone."""
    return value.rpartition("|")[2]


def _by(lookup: str, of: str = "") -> _Narrow:
    return lambda rows, value: rows.filter(**{lookup: _id(value, of=of)})


def _by_token(lookup: str) -> _Narrow:
    return lambda rows, value: rows.filter(**{lookup: _token(value)}) if _token(value) else rows.none()


def _named(lookup: str) -> _Narrow:
    def narrow(rows: _Rows, value: str) -> _Rows:
        for word in search_words(value):
            rows = rows.filter(**{lookup: f" {word}"})
        return rows

    return narrow


def _with_speciality(rows: _Rows, value: str) -> _Rows:
    return rows.filter(speciality__in=with_branches(_token(value)))


def _with_specialty_of_role(rows: _Rows, value: str) -> _Rows:
    code = _token(value)
    by_field = matching(rows, Sought(speciality=code), by=_NOBODY)
    by_sub_speciality = matching(rows, Sought(sub_speciality=code), by=_NOBODY)
    return rows.filter(Q(id__in=by_field.values("id")) | Q(id__in=by_sub_speciality.values("id")))


_NOBODY = Actor(person_id=None, organisation_id=None, membership_id=None, roles=frozenset())
"""`matching` asks who acts only for who is on duty, which is no parameter here."""


def _render_people(by: Actor, rows: _Rows) -> list[fhir.Resource]:
    people = list(rows)
    places: dict[uuid.UUID, list[Membership]] = {person.id: [] for person in people}
    for place in visible_memberships(by=by).filter(person__in=places):
        places[place.person_id].append(place)
    return [fhir.practitioner(person, places=places[person.id]) for person in people]


def _each(render: Callable[..., fhir.Resource]) -> Callable[[Actor, _Rows], list[fhir.Resource]]:
    return lambda _by, rows: [render(row, origin=settings.ORIGIN) for row in rows]


_KINDS: Mapping[ResourceType, _Kind] = {
    ResourceType.ORGANIZATION: _Kind(
        _organisations,
        {
            "_id": _by("id"),
            "identifier": _by_token("telematik_id"),
            "name": lambda rows, value: rows.filter(name__icontains=value),
            "address-city": lambda rows, value: rows.filter(city__istartswith=value),
        },
        lambda rows: rows.order_by("name", "id").select_related("application").prefetch_related("endpoints"),
        _each(fhir.organization),
    ),
    ResourceType.HEALTHCARE_SERVICE: _Kind(
        _departments,
        {
            "_id": _by("id"),
            "organization": _by("organisation", "Organization"),
            "specialty": _with_speciality,
            "name": lambda rows, value: rows.filter(name__icontains=value),
        },
        lambda rows: rows.order_by("name", "id").select_related("organisation"),
        _each(fhir.healthcare_service),
    ),
    ResourceType.PRACTITIONER_ROLE: _Kind(
        lambda by: visible_memberships(by=by),
        {
            "_id": _by("id"),
            "organization": _by("organisation", "Organization"),
            "practitioner": _by("person", "Practitioner"),
            "practitioner.name": _named("person__search_name__contains"),
            "specialty": _with_specialty_of_role,
        },
        lambda rows: (
            rows.order_by("person__search_name", "id")
            .select_related("person", "organisation", "department")
            .prefetch_related("sub_specialities")
        ),
        _each(fhir.practitioner_role),
    ),
    ResourceType.PRACTITIONER: _Kind(
        _people,
        {
            "_id": _by("id"),
            "name": _named("search_name__contains"),
            "communication": lambda rows, value: rows.filter(languages__tag=_token(value)),
        },
        lambda rows: rows.order_by("search_name", "id").prefetch_related("languages"),
        _render_people,
    ),
    ResourceType.ENDPOINT: _Kind(
        _endpoints,
        {
            "_id": _by("id"),
            "organization": _by("organisation", "Organization"),
        },
        lambda rows: rows.order_by("organisation", "connection_type", "address"),
        _each(fhir.endpoint),
    ),
}
