"""The doors to protected folders, to access in an emergency, and to its review."""

from typing import Any
from uuid import UUID

from tests.matrix.door import ADMINISTRATORS, CLINICIANS_OF_A, EVERYBODY, on, own
from tests.matrix.world import World


def _emergency(_world: World, _: UUID) -> dict[str, Any]:
    return {"number": "no such number", "reason": "cannot-wait", "account": "Unconscious in the shock room."}


def _found(_world: World, _: UUID) -> dict[str, Any]:
    return {"state": "justified", "note": "The ward confirms it."}


EMERGENCY_DOORS = [
    on("POST", "patients/{object}/guard/", "patient", CLINICIANS_OF_A),
    on("POST", "patients/{object}/release/", "patient", CLINICIANS_OF_A),
    on("POST", "api/v1/patients/{object}/guard", "patient", CLINICIANS_OF_A),
    on("POST", "api/v1/patients/{object}/release", "patient", CLINICIANS_OF_A),
    on("GET", "patients/{object}/", "guarded", frozenset({"anton"})),
    on("GET", "api/v1/patients/{object}", "guarded", frozenset({"anton"})),
    on("GET", "api/v1/patients/{object}/findings", "guarded", frozenset({"anton"})),
    own("GET", "emergency-access/", opens_to=EVERYBODY - {"adam", "berta", "cora"}),
    own("POST", "emergency-access/", opens_to=EVERYBODY - {"adam", "berta", "cora"}),
    on("POST", "emergency-access/{object}/end/", "emergency", frozenset({"anton"})),
    own("GET", "administration/emergency-accesses/", opens_to=ADMINISTRATORS),
    on("GET", "administration/emergency-accesses/{object}/", "emergency", frozenset({"adam"})),
    on("POST", "administration/emergency-accesses/{object}/", "emergency", frozenset({"adam"}), _found),
    own("GET", "api/v1/emergency-accesses"),
    own("POST", "api/v1/emergency-accesses", _emergency, EVERYBODY - {"adam", "berta", "cora"}),
    on("POST", "api/v1/emergency-accesses/{object}/end", "emergency", frozenset({"anton"})),
    own("GET", "api/v1/emergency-reviews", opens_to=ADMINISTRATORS),
    on("POST", "api/v1/emergency-reviews/{object}", "emergency", frozenset({"adam"}), _found),
]  # fmt: skip
