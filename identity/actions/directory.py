"""Searching the directory is an event: who collects colleagues is visible to their own officer."""

import uuid

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from identity import access
from identity.access.directory import DirectoryPage
from medicus.lib.actor import Actor


def search_directory(
    *,
    by: Actor,
    query: str = "",
    speciality: str = "",
    organisation_id: uuid.UUID | None = None,
    on_duty: bool = False,
    page: int = 1,
) -> DirectoryPage:
    """Search the directory, and record that it was searched; not for whom."""
    with transaction.atomic():
        found = access.directory(
            by=by,
            query=query,
            speciality=speciality,
            organisation_id=organisation_id,
            on_duty=on_duty,
            page=page,
        )
        details: dict[str, str | int] = {"results": found.total, "page": found.page}
        audit.record(Event.DIRECTORY_SEARCH, by=by, details=details)
    return found
