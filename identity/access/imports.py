"""Imports of people, as an organisation's administrators see them."""

import uuid
from dataclasses import dataclass

from identity.access.staff import administered
from identity.models import PeopleImport
from identity.staff_csv import Row
from identity.states import ImportState
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound

PREVIEW = 20
LATELY = 10


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One import's page. preview: its first rows, until it is over. made: how many people it has made so far."""

    people_import: PeopleImport
    preview: list[Row]
    made: int

    @property
    def busy(self) -> bool:
        return self.people_import.state in {ImportState.QUEUED, ImportState.RUNNING}


def import_of_admin(*, by: Actor, import_id: uuid.UUID) -> PeopleImport:
    """Get an import of the organisation that the actor administers.

    Raises:
        NotFound: absent, of another organisation, or the actor is no administrator.
    """
    found = PeopleImport.objects.filter(id=import_id, organisation=administered(by=by)).first()
    if found is None:
        raise NotFound
    return found


def import_file(*, by: Actor, import_id: uuid.UUID) -> ImportFile:
    """Show one import.

    Raises:
        NotFound: see `import_of_admin`.
    """
    found = import_of_admin(by=by, import_id=import_id)
    return ImportFile(
        found, [Row(*values) for values in found.rows[:PREVIEW]], found.done - len(found.skipped)
    )


def imports(*, by: Actor) -> list[PeopleImport]:
    """The latest imports of the actor's organisation, without their rows.

    Raises:
        NotFound: not an administrator.
    """
    found = PeopleImport.objects.filter(organisation=administered(by=by)).defer("rows")
    return list(found.order_by("-created_at")[:LATELY])
