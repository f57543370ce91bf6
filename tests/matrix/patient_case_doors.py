"""The doors to a patient case: of Alice, its patient Erika, and Bob of Hospital B."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from medicus.lib.ids import new_id
from tests.cast import b64
from tests.matrix.door import CLINICIANS_OF_A, on
from tests.matrix.world import World
from tests.messaging import forge

IN_THE_CASE = frozenset({"alice", "bob", "erika"})
STAFF = IN_THE_CASE - {"erika"}
_GROUP = "api/v1/groups/{object}"


def _commit(world: World, group_id: UUID) -> dict[str, Any]:
    return replace(world.patient_case, id=group_id).commit(world.people["alice"])


def _message(world: World, group_id: UUID) -> dict[str, Any]:
    epoch = world.patient_case.epoch
    return {"id": str(new_id()), "epoch": epoch, "body": b64(forge.application(group_id, epoch))}


PATIENT_CASE_DOORS = [
    on("GET", "api/v1/patients/{object}/correspondence", "patient", CLINICIANS_OF_A),
    on("GET", _GROUP, "patient-case", IN_THE_CASE),
    on("POST", f"{_GROUP}/commits", "patient-case", IN_THE_CASE, _commit),
    on("GET", f"{_GROUP}/entries", "patient-case", IN_THE_CASE),
    on("POST", f"{_GROUP}/messages", "patient-case", IN_THE_CASE, _message),
    on("POST", f"{_GROUP}/messages", "patient-case", IN_THE_CASE, _message, raw=True),
    on("POST", f"{_GROUP}/receipts", "patient-case", IN_THE_CASE, lambda *_: {"delivered": 1, "seen": 1}),
    on("POST", f"{_GROUP}/unknown-leaf", "patient-case", IN_THE_CASE, lambda *_: {"epoch": 1, "identity": "x"}),
    on("GET", f"{_GROUP}/acknowledgements", "patient-case", IN_THE_CASE),
    on("GET", f"{_GROUP}/urgent", "patient-case", STAFF),
    on("POST", f"{_GROUP}/messages/{{object}}/urgent", "patient-case", STAFF, lambda *_: {"deadline_minutes": 15}),
    on("GET", f"{_GROUP}/case", "patient-case", STAFF),
    on("POST", f"{_GROUP}/case/close", "patient-case", frozenset({"alice"}), lambda *_: {"outcome": "answered"}),
    on("POST", f"{_GROUP}/case/reopen", "patient-case", frozenset({"alice"})),
    on("POST", f"{_GROUP}/case/record", "patient-case", frozenset(), lambda *_: {"patient_id": None}),
    on("POST", f"{_GROUP}/marks", "patient-case", frozenset(), lambda *_: {"message_id": str(new_id())}),
]  # fmt: skip
