"""The doors to lists of people and to rotas from calendars."""

from typing import Any
from uuid import UUID

from tests.matrix.door import ADMINISTRATORS, COLLEAGUES_OF_A, on, own
from tests.matrix.world import World

_ADAM = frozenset({"adam"})


def _calendar(_world: World, _: UUID) -> dict[str, Any]:
    return {"calendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"}


ADMINISTRATION_DOORS = [
    on("POST", "api/v1/administration/people/imports/{object}/links", "people-import", _ADAM),
    own("GET", "api/v1/administration/people/imports/template", opens_to=ADMINISTRATORS),
    own("POST", "api/v1/administration/people/export", opens_to=ADMINISTRATORS),
    on("GET", "api/v1/roles/{object}/history", "role", COLLEAGUES_OF_A),
    on("POST", "api/v1/roles/{object}/imports", "role", _ADAM, _calendar),
    on("GET", "api/v1/rota-imports/{object}", "rota-import", _ADAM),
    on("POST", "api/v1/rota-imports/{object}/start", "rota-import", _ADAM),
    on("POST", "api/v1/rota-imports/{object}/undo", "rota-import", _ADAM),
]
