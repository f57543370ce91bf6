"""The doors of the directory, and of what an organisation and its people state in it."""

from typing import Any
from uuid import UUID

from identity.access.fhir_directory import ResourceType
from medicus.lib.actor import Scope
from tests.matrix.door import ADMINISTRATORS, Door, in_directory, on, own
from tests.matrix.world import World

_ENDPOINT = {"connection_type": "fhir", "address": "https://fhir.hospital.example/r4"}


def _statement(_world: World, _: UUID) -> dict[str, Any]:
    return {"speciality": "nephrology", "sub_specialities": ["pain-therapy"], "telematik_id": ""}


DIRECTORY_DOORS: list[Door] = [
    own("GET", "account/languages/"),
    own("POST", "account/languages/"),
    own("GET", "api/v1/me/languages"),
    own("PUT", "api/v1/me/languages", lambda *_: {"languages": ["de"]}),
    own("GET", "api/v1/directory/value-sets"),
    own("GET", "administration/directory/", opens_to=ADMINISTRATORS),
    own("POST", "administration/directory/", opens_to=ADMINISTRATORS),
    own("POST", "administration/directory/addresses/", opens_to=ADMINISTRATORS),
    on("POST", "administration/directory/addresses/{object}/remove/", "endpoint", frozenset({"adam"})),
    on("GET", "administration/people/{object}/directory/", "colleague", frozenset({"adam"})),
    on("POST", "administration/people/{object}/directory/", "colleague", frozenset({"adam"})),
    on("GET", "api/v1/administration/people/{object}/directory", "colleague", frozenset({"adam"})),
    on(
        "PUT", "api/v1/administration/people/{object}/directory", "colleague", frozenset({"adam"}), _statement
    ),
    own("GET", "api/v1/administration/directory", opens_to=ADMINISTRATORS),
    own("PUT", "api/v1/administration/directory", lambda *_: {"telematik_id": "5-2-1"}, ADMINISTRATORS),
    own("POST", "api/v1/administration/directory/endpoints", lambda *_: _ENDPOINT, ADMINISTRATORS),
    on("DELETE", "api/v1/administration/directory/endpoints/{object}", "endpoint", frozenset({"adam"})),
    *(own("GET", f"api/v1/directory/fhir/{kind}", key=Scope.DIRECTORY_READ) for kind in ResourceType),
    *(in_directory(f"api/v1/directory/fhir/{kind}/{{object}}", kind) for kind in ResourceType),
]
