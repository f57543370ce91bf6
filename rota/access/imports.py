"""Imports of calendars, as a role's planners see them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from rota.access.roles import abilities, own_role
from rota.models import Role, RotaImport


@dataclass(frozen=True, slots=True)
class ImportedShift:
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """number: of the event in the file. begins: as the file says it."""

    number: int
    summary: str
    begins: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One import's page; rows and faults only until it is over."""

    found: RotaImport
    rows: Sequence[ImportedShift]
    faults: Sequence[RefusedEvent]


def planned_role(*, by: Actor, role_id: uuid.UUID) -> Role:
    """Get a role that the actor may plan.

    Raises:
        NotFound: absent, closed, of another organisation, or the actor is no planner of it.
    """
    found = own_role(by=by, role_id=role_id)
    if not abilities(found, by=by).plan:
        raise NotFound
    return found


def rota_import(*, by: Actor, import_id: uuid.UUID) -> RotaImport:
    """Get an import of a role that the actor may plan.

    Raises:
        NotFound: absent, or see `planned_role`.
    """
    found = RotaImport.objects.select_related("role").filter(id=import_id).first()
    if found is None:
        raise NotFound
    planned_role(by=by, role_id=found.role_id)
    return found


def import_file(*, by: Actor, import_id: uuid.UUID) -> ImportFile:
    """Show one import.

    Raises:
        NotFound: see `rota_import`.
    """
    found = rota_import(by=by, import_id=import_id)
    rows = [
        ImportedShift(row[3], datetime.fromisoformat(row[1]), datetime.fromisoformat(row[2]))
        for row in found.rows
    ]
    return ImportFile(found, rows, [RefusedEvent(*fault) for fault in found.faults])
