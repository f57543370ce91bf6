"""The doors to new devices that an administrator approves."""

from typing import Any
from uuid import UUID

from tests.matrix.door import ADMINISTRATORS, on, own
from tests.matrix.world import World

ADAM = frozenset({"adam"})


def _reason(_world: World, _: UUID) -> dict[str, Any]:
    return {"reason": "Please come to the desk."}


DEVICE_DOORS = [
    own("POST", "api/v1/device-approvals", lambda *_: {"device_id": ""}),
    on("GET", "api/v1/device-approvals/{object}", "approval", frozenset({"alice"})),
    on("GET", "administration/devices/{object}/revoke/", "device", ADAM),
    on("POST", "administration/devices/{object}/revoke/", "device", ADAM),
    on("POST", "administration/people/{object}/reset-identity-key/", "colleague", ADAM),
    on("POST", "api/v1/administration/people/{object}/reset-identity-key", "colleague", ADAM),
    own("GET", "administration/device-approvals/", opens_to=ADMINISTRATORS),
    on("POST", "administration/device-approvals/{object}/approve/", "approval", ADAM),
    on("POST", "administration/device-approvals/{object}/refuse/", "approval", ADAM, _reason),
    own("GET", "api/v1/administration/device-approvals", opens_to=ADMINISTRATORS),
    on("POST", "api/v1/administration/device-approvals/{object}/approve", "approval", ADAM),
    on("POST", "api/v1/administration/device-approvals/{object}/refuse", "approval", ADAM, _reason),
]
