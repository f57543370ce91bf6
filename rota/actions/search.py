"""Searching the roles is an event, as searching the directory of people is."""

import uuid

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from rota.access.found import FoundRoles, find_roles


def search_roles(
    *,
    by: Actor,
    query: str = "",
    speciality: str = "",
    organisation_id: uuid.UUID | None = None,
    on_duty: bool = False,
    page: int = 1,
) -> FoundRoles:
    """Search the roles, and record that they were searched; not for what."""
    with transaction.atomic():
        found = find_roles(
            by=by,
            query=query,
            speciality=speciality,
            organisation_id=organisation_id,
            on_duty=on_duty,
            page=page,
        )
        details: dict[str, str | int] = {"kind": "role", "results": found.total, "page": found.page}
        audit.record(Event.DIRECTORY_SEARCH, by=by, details=details)
    return found
