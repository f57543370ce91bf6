"""The doors to cases, marks for the record, and legal holds."""

from typing import Any
from uuid import UUID

from medicus.lib.ids import new_id
from tests.matrix.door import ADMINISTRATORS, IN_THE_ROOM, on, own
from tests.matrix.world import World


def _mark(_world: World, _: UUID) -> dict[str, Any]:
    return {"message_id": str(new_id())}


def _hold(world: World, _: UUID) -> dict[str, Any]:
    return {"group_id": str(world.room.id), "reason": ""}


CASE_DOORS = [
    on("GET", "api/v1/groups/{object}/case", "case", IN_THE_ROOM),
    on("POST", "api/v1/groups/{object}/case/close", "case", frozenset({"alice"}), lambda *_: {"outcome": "answered"}),
    on("POST", "api/v1/groups/{object}/case/reopen", "case", frozenset({"alice"})),
    on("POST", "api/v1/groups/{object}/case/record", "case", frozenset({"alice"}), lambda *_: {"patient_id": None}),
    on("POST", "api/v1/groups/{object}/case/exports", "case", frozenset({"alice"}), lambda *_: {"bundle": "{}", "signature": "a..b"}),
    on("POST", "api/v1/groups/{object}/marks", "case", frozenset(), _mark),
    on("POST", "api/v1/groups/{object}/marks/{object}/waive", "case", frozenset(), lambda *_: {"reason": "mistake"}),
    own("GET", "administration/messaging/", opens_to=ADMINISTRATORS),
    own("GET", "api/v1/administration/messaging", opens_to=ADMINISTRATORS),
    own("GET", "administration/legal-holds/", opens_to=ADMINISTRATORS),
    own("POST", "administration/legal-holds/", opens_to=ADMINISTRATORS),
    on("POST", "administration/legal-holds/{object}/lift/", "hold", frozenset({"adam"}), lambda *_: {"reason": "Over"}),
    own("GET", "api/v1/administration/legal-holds", opens_to=ADMINISTRATORS),
    own("POST", "api/v1/administration/legal-holds", _hold, ADMINISTRATORS),
    on("POST", "api/v1/administration/legal-holds/{object}/lift", "hold", frozenset({"adam"}), lambda *_: {"reason": "Over"}),
]  # fmt: skip
