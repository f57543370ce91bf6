"""Which doors ask for a fresh second factor. One that changes something and stands in neither list fails."""

import json
from typing import Any
from urllib.parse import urlencode

from tests.matrix.door import UNKNOWN, Door
from tests.matrix.doors import DOORS
from tests.matrix.world import World

EVERYDAY = (
    "api/v1/attachments", "api/v1/findings", "api/v1/groups", "api/v1/key-packages", "api/v1/patients",
    "api/v1/push", "api/v1/shares", "api/v1/uploads", "api/v1/welcomes", "findings/", "patients/", "shares/",
    "api/v1/roles", "api/v1/rota-imports", "api/v1/shifts", "roles/", "rota-imports/", "shifts/", "scim/",
    "enrol/", "invitation/", "language/", "patient-invitation/", "membership/", "sign-in/", "sign-out/",
)  # fmt: skip
"""The work itself, the rota, what only systems with a key do, and the way in and out."""

_ADMIN = {"function": "it", "valid_from": "2026-01-01", "is_admin": "on"}
_NEW = {"email": "n@hospital-a.example", "given_name": "Nina", "family_name": "Noll"}
_DECISION = {"submission": 0, "note": "Looked it up.", "reason": "Not found."}
_EMERGENCY = {"number": "4712", "reason": "cannot-wait", "account": "Unconscious in the shock room."}
_FOUND = {"state": "justified", "note": "The ward confirms it."}
_PROVIDER = {"issuer": "https://login.hospital-a.example", "client_id": "medicus", "client_secret": "other"}
_HOLD = {"what": "anton.albrecht@hospital-a.example", "reason": "Proceedings 4 O 12/26"}
_ID = "01930000-0000-7000-8000-000000000000"
_NAMED = {"name": "Key", "passkey": "{}"}

DANGEROUS: dict[str, tuple[str, dict[str, Any]]] = {
    "POST account/passkeys/add/": ("alice", _NAMED),
    "POST account/passkeys/{object}/remove/": ("alice", {}),
    "POST account/recovery-codes/": ("alice", {}),
    "POST account/password/": (
        "alice",
        {"password": "a wall of green books", "again": "a wall of green books"},
    ),
    "POST api/v1/passkeys/registration-options": ("alice", {}),
    "POST patients/{object}/sign-in/confirm/": ("alice", {"document": "passport"}),
    "POST api/v1/patients/{object}/sign-in/identity": ("alice", {"document": "passport"}),
    "POST api/v1/device-joins/{object}/approve": (
        "alice",
        {"fingerprint": "A" * 43 + "=", "certificate": "AA=="},
    ),
    "POST api/v1/recovery-kit": ("alice", {"sealed_key": "A" * 200}),
    "DELETE api/v1/recovery-kit": ("alice", {}),
    "POST api/v1/history-backup": ("alice", {"id": _ID, "key_name": "A" * 22 + "=="}),
    "DELETE api/v1/history-backup": ("alice", {}),
    "POST administration/people/{object}/": ("adam", _ADMIN),
    "POST administration/people/invite/": ("adam", _ADMIN | _NEW),
    "POST administration/people/{object}/deactivate/": ("adam", {}),
    "POST administration/people/{object}/reset-second-factor/": ("adam", {}),
    "POST administration/people/{object}/reset-password/": ("adam", {}),
    "POST administration/people/{object}/reset-identity-key/": ("adam", {}),
    "POST api/v1/administration/people/{object}/reset-identity-key": ("adam", {}),
    "POST administration/people/import/{object}/start/": ("adam", {}),
    "POST administration/people/import/{object}/undo/": ("adam", {}),
    "POST administration/people/import/{object}/links/": ("adam", {}),
    "POST api/v1/administration/people/imports/{object}/start": ("adam", {}),
    "POST api/v1/administration/people/imports/{object}/undo": ("adam", {}),
    "POST administration/people/export/": ("adam", {}),
    "POST api/v1/administration/people/imports/{object}/links": ("adam", {}),
    "POST api/v1/administration/people/export": ("adam", {}),
    "POST api/v1/administration/people": ("adam", _ADMIN | _NEW | {"is_admin": True}),
    "PUT api/v1/administration/people/{object}": ("adam", _ADMIN | {"is_admin": True}),
    "POST api/v1/administration/people/{object}/deactivate": ("adam", {}),
    "POST api/v1/administration/people/{object}/reset-second-factor": ("adam", {}),
    "POST api/v1/administration/people/{object}/reset-password": ("adam", {}),
    "POST administration/policies/": ("adam", {"name": "strangers", "strangers": "nobody"}),
    "PATCH api/v1/administration/policies": ("adam", {"strangers": "nobody"}),
    "POST administration/device-approvals/{object}/approve/": ("adam", {}),
    "POST api/v1/administration/device-approvals/{object}/approve": ("adam", {}),
    "POST emergency-access/": ("alice", _EMERGENCY),
    "POST api/v1/emergency-accesses": ("alice", _EMERGENCY),
    "POST administration/emergency-accesses/{object}/": ("adam", _FOUND),
    "POST api/v1/emergency-reviews/{object}": ("adam", _FOUND),
    "POST administration/access-inquiries/{object}/": ("adam", {"answer": "The ward has looked at it."}),
    "POST api/v1/access-inquiries/{object}/answer": ("adam", {"answer": "The ward has looked at it."}),
    "POST administration/reports/{object}/": ("adam", {"state": "looked-at"}),
    "POST administration/legal-holds/": ("adam", _HOLD),
    "POST administration/legal-holds/{object}/lift/": ("adam", {"reason": "Over"}),
    "POST api/v1/administration/legal-holds": ("adam", {"person_id": str(UNKNOWN), "reason": "Proceedings"}),
    "POST api/v1/administration/legal-holds/{object}/lift": ("adam", {"reason": "Over"}),
    "POST audit/export/": ("adam", {}),
    "POST administration/people/{object}/offboarding/": ("adam", {"reason": "left", "confirmed": "on"}),
    "POST api/v1/administration/people/{object}/offboarding": ("adam", {"reason": "left"}),
    "POST administration/api-keys/": ("adam", {"name": "PIS", "scopes": "scim", "days": "30"}),
    "POST api/v1/administration/api-keys": ("adam", {"name": "PIS", "scopes": ["scim"], "days": 30}),
    "POST administration/single-sign-on/": ("adam", _PROVIDER),
    "POST administration/single-sign-on/turn-on/": ("adam", {}),
    "POST administration/single-sign-on/turn-off/": ("adam", {}),
    "POST administration/people/{object}/forget-account/": ("adam", {}),
    "PUT api/v1/administration/single-sign-on": ("adam", _PROVIDER),
    "POST api/v1/administration/single-sign-on/turn-on": ("adam", {}),
    "POST api/v1/administration/single-sign-on/turn-off": ("adam", {}),
    "DELETE api/v1/administration/people/{object}/provider-account": ("adam", {}),
    "POST operator/applications/{object}/check/": ("olga", _DECISION),
    "POST operator/applications/{object}/approve/": ("olga", _DECISION),
    "POST operator/applications/{object}/decline/": ("olga", _DECISION),
    "POST operator/applications/{object}/link/": ("olga", {}),
    "POST operator/applications/{object}/remove/": ("olga", {}),
    "DELETE api/v1/operator/applications/{object}": ("olga", {}),
    "POST api/v1/operator/applications/{object}/check": ("olga", _DECISION),
    "POST api/v1/operator/applications/{object}/approve": ("olga", _DECISION),
    "POST api/v1/operator/applications/{object}/decline": ("olga", _DECISION),
    "POST api/v1/operator/applications/{object}/link": ("olga", {}),
}
"""Who may, and with what: for making administrators, only that is dangerous."""

HARMLESS = {
    "POST my/shares/{object}/revoke/": "ending is safe",
    "POST api/v1/me/shares/{object}/revoke": "ending is safe",
    "POST account/languages/": "what one speaks",
    "PUT api/v1/me/languages": "what one speaks",
    "POST administration/directory/": "a number that opens nothing",
    "PUT api/v1/administration/directory": "a number that opens nothing",
    "POST administration/directory/addresses/": "an address that is told and never called",
    "POST api/v1/administration/directory/endpoints": "an address that is told and never called",
    "POST administration/directory/addresses/{object}/remove/": "ending is safe",
    "DELETE api/v1/administration/directory/endpoints/{object}": "ending is safe",
    "POST administration/people/{object}/directory/": "a statement that opens nothing",
    "PUT api/v1/administration/people/{object}/directory": "a statement that opens nothing",
    "POST account/confirm/": "is where the factor is shown",
    "POST account/confirm/hospital/": "is where the factor is shown",
    "POST administration/single-sign-on/check/": "a look at the provider",
    "POST api/v1/administration/single-sign-on/check": "a look at the provider",
    "POST api/v1/session/confirm": "is where the factor is shown",
    "POST api/v1/passkeys/assertion-options": "a challenge opens nothing by itself",
    "POST account/passkeys/{object}/": "a name",
    "POST account/sign-ins/{object}/mine/": "an answer; what it could hide stands in the history",
    "POST account/sign-ins/{object}/not-mine/": "ending is safe",
    "POST account/sessions/end-others/": "ending is safe",
    "POST account/sessions/{object}/end/": "ending is safe",
    "POST account/devices/{object}/revoke/": "ending is safe",
    "POST administration/devices/{object}/revoke/": "ending is safe",
    "POST api/v1/devices/{object}/revoke": "ending is safe",
    "POST api/v1/me/key-events/doubts": "a report about oneself",
    "POST api/v1/identity-keys": "once, and every peer sees it; a second one needs a reset",
    "POST api/v1/devices": "needs the person's identity key",
    "POST api/v1/devices/{object}/challenge": "needs the device's key",
    "POST api/v1/devices/{object}/attach": "needs the device's key",
    "POST administration/people/{object}/reactivate/": "gives back what was there",
    "POST api/v1/administration/people/{object}/reactivate": "gives back what was there",
    "POST register/": "nobody is signed in",
    "POST api/v1/registrations": "nobody is signed in",
    "POST administration/domain/": "a look into DNS",
    "POST administration/evidence/": "two operators look at it",
    "POST administration/application/submit/": "two operators look at it",
    "POST administration/application/withdraw/": "ending is safe",
    "POST api/v1/administration/application/check-domain": "a look into DNS",
    "PUT api/v1/administration/application/evidence": "two operators look at it",
    "POST api/v1/administration/application/submit": "two operators look at it",
    "POST api/v1/administration/application/withdraw": "ending is safe",
    "POST operator/applications/{object}/check-domain/": "a look into DNS",
    "POST api/v1/operator/applications/{object}/check-domain": "a look into DNS",
    "POST audit/patients/": "a search, whose words stay out of the address",
    "POST administration/people/import/": "a dry run",
    "POST api/v1/administration/people/imports": "a dry run",
    "POST administration/people/{object}/invite-again/": "somebody who was chosen before",
    "POST administration/people/{object}/revoke-invitation/": "ending is safe",
    "POST api/v1/administration/people/{object}/invitation": "somebody who was chosen before",
    "DELETE api/v1/administration/people/{object}/invitation": "ending is safe",
    "POST administration/api-keys/{object}/revoke/": "ending is safe",
    "POST api/v1/administration/api-keys/{object}/revoke": "ending is safe",
    "POST my/accesses/{object}/": "a question",
    "POST api/v1/me/blocks": "closes what others send to oneself",
    "DELETE api/v1/me/blocks/{object}": "opens what was open before",
    "POST account/blocked/{object}/lift/": "opens what was open before",
    "POST api/v1/me/reports": "administrators decide",
    "POST api/v1/me/access-log/{object}/inquiries": "a question",
    "POST emergency-access/{object}/end/": "ending is safe",
    "POST api/v1/emergency-accesses/{object}/end": "ending is safe",
    "POST api/v1/history-backup/open": "sealed under a key that the server lacks",
    "POST api/v1/history-backup/writer": "a device of one's own",
    "POST api/v1/history-backup/manifest": "saved by itself, all day long",
    "PUT api/v1/history-backup/pieces/{object}": "saved by itself, all day long",
    "POST api/v1/recovery-kit/fetch": "opens nothing without the code on the paper",
    "POST api/v1/device-approvals": "an administrator decides",
    "POST administration/device-approvals/{object}/refuse/": "ending is safe",
    "POST api/v1/administration/device-approvals/{object}/refuse": "ending is safe",
    "POST api/v1/device-joins": "an existing device decides",
    "POST api/v1/device-joins/{object}/backup-key": "sealed to the device that asks; the approval asked",
    "POST api/v1/device-joins/{object}/refuse": "ending is safe",
    "POST api/v1/device-joins/{object}/withdraw": "ending is safe",
    "POST account/devices/join/{object}/refuse/": "ending is safe",
    "POST administration/roles/new/": "a name",
    "POST administration/roles/{object}/": "a name, and who may be planned",
    "POST administration/roles/{object}/chain/": "whom to ask next",
    "POST administration/roles/{object}/close/": "the rota stays readable",
    "POST api/v1/administration/roles": "a name",
    "PUT api/v1/administration/roles/{object}": "a name, and who may be planned",
    "PUT api/v1/administration/roles/{object}/chain": "whom to ask next",
    "POST api/v1/administration/roles/{object}/close": "the rota stays readable",
    "POST administration/departments/": "a name",
    "POST administration/departments/{object}/": "a name",
    "POST administration/departments/{object}/close/": "only an empty one",
    "POST api/v1/administration/departments": "a name",
    "PUT api/v1/administration/departments/{object}": "a name",
    "POST api/v1/administration/departments/{object}/close": "only an empty one",
}


def changing() -> set[str]:
    """The doors that change something and are not the work itself, or are dangerous within it."""
    return {
        door.id
        for door in DOORS
        if door.method not in {"GET", "HEAD", "OPTIONS"}
        and (door.id in DANGEROUS or not door.route.startswith(EVERYDAY))
    }


def door_of(identifier: str) -> Door:
    return next(door for door in DOORS if door.id == identifier)


def knock(world: World, identifier: str, object_id: str) -> Any:
    """Do a dangerous thing as who may."""
    method, _, route = identifier.partition(" ")
    name, body = DANGEROUS[identifier]
    path = "/" + route.replace("{object}", object_id)
    person = world.people[name]
    if path.startswith("/api/"):
        return person.api.generic(method, path, _json(body), "application/json")
    return person.client.generic(method, path, urlencode(body), "application/x-www-form-urlencoded")


def _json(body: dict[str, Any]) -> str:
    instants = {"valid_from": "2026-01-01T00:00:00Z"} if "valid_from" in body else {}
    return json.dumps(body | instants | ({"department_id": None, "valid_until": None} if instants else {}))
