"""Searching the directory is an event: who collects colleagues is visible to their own officer."""

import uuid
from collections.abc import Collection, Mapping

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from identity import access
from identity.access.directory import DirectoryPage, Sought
from identity.access.fhir import Resource
from identity.access.fhir_directory import Found, ResourceType, fhir_resource, fhir_search
from identity.actions.validation import known_codes
from identity.models import Membership, Person, SpokenLanguage
from identity.stated import MOST_LANGUAGES
from identity.states import Language
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound


def search_directory(*, by: Actor, sought: Sought | None = None, page: int = 1) -> DirectoryPage:
    """Search the directory, and record that it was searched; not for whom."""
    with transaction.atomic():
        found = access.directory(by=by, sought=sought, page=page)
        details: dict[str, str | int] = {"results": found.total, "page": found.page}
        audit.record(Event.DIRECTORY_SEARCH, by=by, details=details)
    return found


def search_fhir(
    *, by: Actor, resource_type: ResourceType, asked: Mapping[str, str], page: int, count: int
) -> Found:
    """Search the directory's FHIR resources, and record that it was searched; not for what.

    Raises:
        Invalid: see `fhir_search`.
    """
    with transaction.atomic():
        found = fhir_search(by=by, resource_type=resource_type, asked=asked, page=page, count=count)
        details: dict[str, str | int] = {"kind": resource_type, "results": found.total, "page": page}
        audit.record(Event.DIRECTORY_SEARCH, by=by, details=details)
    return found


def read_fhir(*, by: Actor, resource_type: ResourceType, resource_id: uuid.UUID) -> Resource:
    """Read one of the directory's FHIR resources; recorded as a search that found one.

    Raises:
        NotFound: absent, or not for this actor.
    """
    with transaction.atomic():
        found = fhir_resource(by=by, resource_type=resource_type, resource_id=resource_id)
        audit.record(Event.DIRECTORY_SEARCH, by=by, details={"kind": resource_type, "results": 1, "page": 1})
    return found


def set_own_languages(*, by: Actor, languages: Collection[str]) -> None:
    """Say in which languages the acting person can be spoken to; a hospital's word for it ends with that.

    Raises:
        Invalid: one is not of the list, or they are too many.
        NotFound: nobody acts.
    """
    if by.person_id is None:
        raise NotFound
    wanted = known_codes(languages, Language, most=MOST_LANGUAGES, field="languages")
    with transaction.atomic():
        person = Person.objects.select_for_update().get(id=by.person_id)
        if person.languages_stated_by_id is None and _languages_of(person) == wanted:
            return
        _write_languages(person, wanted, organisation_id=None)
        audit.record(Event.LANGUAGES_STATE, by=by, subject=f"person/{by.person_id}")


def import_languages(*, by: Actor, membership: Membership, languages: Collection[str]) -> None:
    """Say for the hospital in which languages one of its people can be spoken to, until somebody else has.

    What the person has said, and what another hospital has, stays: the answer to a newer list is what holds.
    membership: the caller has got it through `access`. languages: checked."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(id=membership.person_id)
        held = _languages_of(person)
        stated = bool(held) or person.languages_stated_at is not None
        if stated and person.languages_stated_by_id != membership.organisation_id:
            return
        if held == set(languages):
            return
        _write_languages(person, set(languages), organisation_id=membership.organisation_id)
        audit.record(
            Event.LANGUAGES_STATE,
            by=by,
            subject=f"person/{person.id}",
            organisation_id=membership.organisation_id,
        )


def _languages_of(person: Person) -> set[str]:
    return set(SpokenLanguage.objects.filter(person=person).values_list("tag", flat=True))


def _write_languages(person: Person, wanted: set[str], *, organisation_id: uuid.UUID | None) -> None:
    """organisation_id: of the hospital that states them; None: the person does."""
    SpokenLanguage.objects.filter(person=person).exclude(tag__in=wanted).delete()
    held = _languages_of(person)
    SpokenLanguage.objects.bulk_create(
        SpokenLanguage(person=person, tag=tag) for tag in sorted(wanted - held)
    )
    person.languages_stated_at, person.languages_stated_by_id = now(), organisation_id
    person.save(update_fields=["languages_stated_at", "languages_stated_by"])
