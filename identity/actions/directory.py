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
from identity.models import Person, SpokenLanguage
from identity.states import Language
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound

MOST_LANGUAGES = 15


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
    """Say in which languages the acting person can be spoken to.

    Raises:
        Invalid: one is not of the list, or they are too many.
        NotFound: nobody acts.
    """
    if by.person_id is None:
        raise NotFound
    wanted = known_codes(languages, Language, most=MOST_LANGUAGES, field="languages")
    with transaction.atomic():
        Person.objects.select_for_update().get(id=by.person_id)
        rows = SpokenLanguage.objects.filter(person=by.person_id)
        held = {row.tag for row in rows}
        if held == wanted:
            return
        rows.exclude(tag__in=wanted).delete()
        SpokenLanguage.objects.bulk_create(
            SpokenLanguage(person_id=by.person_id, tag=tag) for tag in sorted(wanted - held)
        )
        audit.record(Event.LANGUAGES_STATE, by=by, subject=f"person/{by.person_id}")
