"""Every endpoint that there is: who may use it on an object of Hospital A. One that is not here fails the matrix."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from identity.scim.discovery import SCHEMAS, TYPES
from medicus.lib.actor import Scope
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from tests.cast import b64
from tests.matrix.administration_doors import ADMINISTRATION_DOORS
from tests.matrix.attention_doors import ATTENTION_DOORS
from tests.matrix.backup_doors import BACKUP_DOORS
from tests.matrix.case_doors import CASE_DOORS
from tests.matrix.device_doors import DEVICE_DOORS
from tests.matrix.directory_doors import DIRECTORY_DOORS
from tests.matrix.door import (
    ADMINISTRATORS,
    CAST,
    CLINICIANS_OF_A,
    COLLEAGUES_OF_A,
    EVERYBODY,
    IN_THE_ROOM,
    OPERATORS,
    UNKNOWN,
    Door,
    for_keys,
    on,
    own,
)
from tests.matrix.emergency_doors import EMERGENCY_DOORS
from tests.matrix.patient_case_doors import PATIENT_CASE_DOORS
from tests.matrix.patient_doors import PATIENT_DOORS
from tests.matrix.world import World
from tests.messaging import forge

__all__ = ["CAST", "DOORS", "EVERYBODY", "SAME_VIEW", "UNKNOWN", "Door"]


def _sharing(world: World, _: UUID) -> dict[str, Any]:
    ends = now() + timedelta(days=3)
    recipient = str(world.people["bob"].membership.id)
    return {"membership_id": recipient, "purpose": "second-opinion", "expires_at": ends.isoformat()}


def _message(world: World, group_id: UUID) -> dict[str, Any]:
    epoch = world.room.epoch
    return {"id": str(new_id()), "epoch": epoch, "body": b64(forge.application(group_id, epoch))}


def _commit(world: World, group_id: UUID) -> dict[str, Any]:
    return replace(world.room, id=group_id).commit(world.people["alice"])


def _leaf(world: World, _: UUID) -> dict[str, Any]:
    return {"epoch": world.room.epoch, "identity": "somebody:else@nowhere.example"}


def _approval(_world: World, _: UUID) -> dict[str, Any]:
    return {"fingerprint": b64(bytes(32)), "certificate": ""}


def _place(_world: World, _: UUID) -> dict[str, Any]:
    place = {"function": "nurse", "department_id": None, "is_admin": False, "valid_until": None}
    return place | {"valid_from": now().isoformat()}


def _decision(_world: World, _: UUID) -> dict[str, Any]:
    return {"submission": 0, "note": "Looked it up.", "reason": "Not found."}


def _shift(world: World, _: UUID) -> dict[str, Any]:
    begins, alice = now() + timedelta(days=30), world.people["alice"].membership.id
    times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=8)).isoformat()}
    return {"membership_id": str(alice)} | times


DOORS = [
    *PATIENT_DOORS,
    *ADMINISTRATION_DOORS,
    *PATIENT_CASE_DOORS,
    # the frame and the work list
    Door("GET", "health/live", scope="open"),
    Door("GET", "health/ready", scope="open"),
    own("GET", "api/v1/schema"),
    own("GET", "", opens_to=CAST),
    # conversations
    own("GET", "conversations/", opens_to=CAST),
    own("GET", "conversations/new/"),
    own("GET", "api/v1/key-packages", opens_to=CAST),
    own("POST", "api/v1/key-packages", lambda *_: {"key_packages": [], "last_resort": None}, CAST),
    own("POST", "api/v1/key-packages/claim", lambda *_: {"person_ids": []}, CAST),
    own("GET", "api/v1/welcomes", opens_to=CAST),
    on("DELETE", "api/v1/welcomes/{object}", "welcome", frozenset({"bob"})),
    *BACKUP_DOORS,
    own("GET", "api/v1/push", opens_to=CAST),
    own("POST", "api/v1/push", lambda *_: {"endpoint": "https://nowhere.example/", "p256dh": "", "auth": ""}, CAST),
    own("DELETE", "api/v1/push", opens_to=CAST),
    own("POST", "api/v1/push/test", opens_to=CAST),
    own("GET", "api/v1/groups", opens_to=CAST),
    own("POST", "api/v1/groups", lambda *_: {"id": str(new_id()), "kind": "no-such-kind"}),
    on("GET", "api/v1/groups/{object}", "group", IN_THE_ROOM),
    on("POST", "api/v1/groups/{object}/commits", "group", IN_THE_ROOM, _commit),
    on("GET", "api/v1/groups/{object}/entries", "group", IN_THE_ROOM),
    on("POST", "api/v1/groups/{object}/messages", "group", IN_THE_ROOM, _message),
    on("POST", "api/v1/groups/{object}/messages", "group", IN_THE_ROOM, _message, raw=True),
    on("POST", "api/v1/groups/{object}/receipts", "group", IN_THE_ROOM, lambda *_: {"delivered": 1, "seen": 1}),
    on("POST", "api/v1/groups/{object}/unknown-leaf", "group", IN_THE_ROOM, _leaf),
    on("GET", "api/v1/groups/{object}/contact", "contact", frozenset({"anton"})),
    on("POST", "api/v1/groups/{object}/contact", "contact", frozenset({"anton"}), lambda *_: {"answer": "accept"}),
    *ATTENTION_DOORS,
    *CASE_DOORS,
    # patients and findings
    own("GET", "patients/", opens_to=EVERYBODY - {"adam", "berta", "cora"}),
    own("POST", "patients/", opens_to=EVERYBODY - {"adam", "berta", "cora"}),
    on("GET", "patients/{object}/", "patient", CLINICIANS_OF_A),
    own("GET", "shared/"),
    on("GET", "findings/{object}/", "finding", CLINICIANS_OF_A | {"bob"}),
    on("GET", "findings/{object}/shares/", "finding", CLINICIANS_OF_A),
    on("POST", "findings/{object}/shares/", "finding", CLINICIANS_OF_A, _sharing),
    on("POST", "shares/{object}/revoke/", "share", CLINICIANS_OF_A),
    own("GET", "api/v1/patients", opens_to=EVERYBODY - {"adam", "berta", "cora"}),
    own("POST", "api/v1/patients", lambda *_: {}),
    on("GET", "api/v1/patients/{object}", "patient", CLINICIANS_OF_A),
    on("GET", "api/v1/patients/{object}/findings", "patient", CLINICIANS_OF_A),
    own("GET", "api/v1/findings?shared=with-me"),
    on("GET", "api/v1/findings/{object}", "finding", CLINICIANS_OF_A | {"bob"}),
    on("GET", "api/v1/findings/{object}/file", "finding", CLINICIANS_OF_A | {"bob"}),
    on("GET", "api/v1/findings/{object}/preview", "finding", CLINICIANS_OF_A | {"bob"}),
    on("POST", "api/v1/findings/{object}/shares", "finding", CLINICIANS_OF_A, _sharing),
    on("POST", "api/v1/shares/{object}/revoke", "share", CLINICIANS_OF_A),
    *EMERGENCY_DOORS,
    # uploads and attachments
    own("OPTIONS", "api/v1/uploads", opens_to=CAST, raw=True),
    own("POST", "api/v1/uploads", opens_to=CAST, raw=True),
    on("HEAD", "api/v1/uploads/{object}", "upload", frozenset({"alice"}), raw=True),
    on("PATCH", "api/v1/uploads/{object}", "upload", frozenset({"alice"}), raw=True),
    on("DELETE", "api/v1/uploads/{object}", "upload", frozenset({"alice"}), raw=True),
    on("GET", "api/v1/attachments/{object}", "attachment", IN_THE_ROOM, raw=True),
    # sign-in, devices, directory
    Door("GET", "sign-in/", scope="open"),
    Door("POST", "sign-in/", scope="open"),
    Door("GET", "sign-in/hospital/", scope="open"),
    Door("POST", "sign-in/hospital/", scope="open"),
    Door("GET", "sign-in/hospital/{object}/answer/", scope="open"),
    own("GET", "sign-in/second-factor/", opens_to=CAST),
    own("POST", "sign-in/second-factor/", opens_to=CAST),
    own("GET", "enrol/", opens_to=CAST),
    own("POST", "enrol/", opens_to=CAST),
    Door("POST", "sign-out/", scope="open"),
    Door("POST", "language/", scope="open"),
    own("GET", "membership/"),
    on("POST", "membership/", "membership", frozenset({"bob"}), lambda _, membership_id: {"membership": str(membership_id)}),
    own("GET", "account/", opens_to=CAST),
    own("POST", "account/sessions/end-others/", opens_to=CAST),
    on("POST", "account/sessions/{object}/end/", "session", frozenset({"alice"})),
    on("GET", "account/devices/{object}/revoke/", "device", frozenset({"alice"})),
    on("POST", "account/devices/{object}/revoke/", "device", frozenset({"alice"})),
    on("GET", "account/devices/join/{object}/", "join", frozenset({"alice"})),
    on("POST", "account/devices/join/{object}/refuse/", "join", frozenset({"alice"})),
    Door("POST", "sign-in/passkey/", scope="open"),
    Door("POST", "api/v1/passkeys/assertion-options", scope="open"),
    own("POST", "api/v1/passkeys/registration-options", opens_to=CAST),
    own("GET", "account/passkeys/add/", opens_to=CAST),
    own("POST", "account/passkeys/add/", opens_to=CAST),
    on("GET", "account/passkeys/{object}/", "passkey", frozenset({"alice"})),
    on("POST", "account/passkeys/{object}/", "passkey", frozenset({"alice"}), lambda *_: {"name": "Other"}),
    on("POST", "account/passkeys/{object}/remove/", "passkey", frozenset({"alice"})),
    own("GET", "account/password/", opens_to=CAST),
    own("POST", "account/password/", opens_to=CAST),
    on("POST", "account/sign-ins/{object}/mine/", "notice", frozenset({"alice"})),
    on("POST", "account/sign-ins/{object}/not-mine/", "notice", frozenset({"alice"})),
    own("GET", "account/confirm/", opens_to=CAST),
    own("POST", "account/confirm/", opens_to=CAST),
    own("POST", "api/v1/session/confirm", opens_to=CAST),
    own("GET", "account/recovery-codes/", opens_to=CAST),
    own("POST", "account/recovery-codes/", opens_to=CAST),
    own("POST", "account/confirm/hospital/", opens_to=frozenset()),
    own("GET", "account/recovery-kit/", opens_to=CAST),
    own("GET", "account/recovery-kit/use/", opens_to=CAST),
    # registration, checklist and applications
    Door("GET", "register/", scope="open"),
    Door("POST", "register/", scope="open"),
    Door("GET", "register/thanks/", scope="open"),
    Door("POST", "api/v1/registrations", scope="open"),
    own("GET", "administration/", opens_to=ADMINISTRATORS),
    own("GET", "administration/domain/", opens_to=ADMINISTRATORS),
    own("POST", "administration/domain/", opens_to=ADMINISTRATORS),
    own("GET", "administration/evidence/", opens_to=ADMINISTRATORS),
    own("POST", "administration/evidence/", opens_to=ADMINISTRATORS),
    own("GET", "administration/application/", opens_to=ADMINISTRATORS),
    own("POST", "administration/application/submit/", opens_to=ADMINISTRATORS),
    own("POST", "administration/application/withdraw/", opens_to=ADMINISTRATORS),
    own("GET", "api/v1/administration/checklist", opens_to=ADMINISTRATORS),
    own("GET", "api/v1/administration/figures", opens_to=ADMINISTRATORS),
    own("GET", "api/v1/administration/application", opens_to=ADMINISTRATORS),
    own("POST", "api/v1/administration/application/check-domain", opens_to=ADMINISTRATORS),
    own("PUT", "api/v1/administration/application/evidence", opens_to=ADMINISTRATORS),
    own("POST", "api/v1/administration/application/submit", opens_to=ADMINISTRATORS),
    own("POST", "api/v1/administration/application/withdraw", opens_to=ADMINISTRATORS),
    own("GET", "operator/applications/", opens_to=OPERATORS),
    on("GET", "operator/applications/{object}/", "application", OPERATORS),
    on("POST", "operator/applications/{object}/check-domain/", "application", OPERATORS),
    on("POST", "operator/applications/{object}/check/", "application", OPERATORS, _decision),
    on("POST", "operator/applications/{object}/approve/", "application", OPERATORS, _decision),
    on("POST", "operator/applications/{object}/decline/", "application", OPERATORS, _decision),
    on("POST", "operator/applications/{object}/link/", "application", OPERATORS),
    on("POST", "operator/applications/{object}/remove/", "application", OPERATORS),
    own("GET", "api/v1/operator/applications", opens_to=OPERATORS),
    on("GET", "api/v1/operator/applications/{object}", "application", OPERATORS),
    on("DELETE", "api/v1/operator/applications/{object}", "application", OPERATORS),
    on("POST", "api/v1/operator/applications/{object}/check-domain", "application", OPERATORS),
    on("POST", "api/v1/operator/applications/{object}/check", "application", OPERATORS, _decision),
    on("POST", "api/v1/operator/applications/{object}/approve", "application", OPERATORS, _decision),
    on("POST", "api/v1/operator/applications/{object}/decline", "application", OPERATORS, _decision),
    on("POST", "api/v1/operator/applications/{object}/link", "application", OPERATORS),
    # roles and rotas
    own("GET", "roles/"),
    own("GET", "roles/own-shifts.ics"),
    on("GET", "roles/{object}/", "role", COLLEAGUES_OF_A),
    on("GET", "roles/{object}/history/", "role", COLLEAGUES_OF_A),
    on("GET", "roles/{object}/shifts/", "role", frozenset({"adam"})),
    on("POST", "roles/{object}/shifts/", "role", frozenset({"adam"})),
    on("GET", "roles/{object}/take-over/", "role", frozenset({"alice"})),
    on("POST", "roles/{object}/take-over/", "role", frozenset({"alice"}), lambda *_: {"reason": "Now"}),
    on("POST", "roles/{object}/hand-back/", "role", frozenset({"alice", "adam"})),
    on("GET", "roles/{object}/import/", "role", frozenset({"adam"})),
    on("POST", "roles/{object}/import/", "role", frozenset({"adam"})),
    on("GET", "rota-imports/{object}/", "rota-import", frozenset({"adam"})),
    on("POST", "rota-imports/{object}/start/", "rota-import", frozenset({"adam"})),
    on("POST", "rota-imports/{object}/undo/", "rota-import", frozenset({"adam"})),
    on("GET", "shifts/{object}/", "shift", frozenset({"adam"})),
    on("POST", "shifts/{object}/", "shift", frozenset({"adam"})),
    on("POST", "shifts/{object}/remove/", "shift", frozenset({"adam"})),
    on("POST", "shifts/{object}/restore/", "removed-shift", frozenset({"adam"})),
    own("GET", "administration/roles/", opens_to=ADMINISTRATORS),
    own("GET", "administration/roles/new/", opens_to=ADMINISTRATORS),
    own("POST", "administration/roles/new/", opens_to=ADMINISTRATORS),
    on("GET", "administration/roles/{object}/", "role", frozenset({"adam"})),
    on("POST", "administration/roles/{object}/", "role", frozenset({"adam"})),
    on("GET", "administration/roles/{object}/chain/", "role", frozenset({"adam"})),
    on("POST", "administration/roles/{object}/chain/", "role", frozenset({"adam"})),
    on("POST", "administration/roles/{object}/close/", "role", frozenset({"adam"})),
    own("GET", "api/v1/administration/roles", opens_to=ADMINISTRATORS),
    own("POST", "api/v1/administration/roles", lambda *_: {"name": "Ward 3", "filled_by": "list"}, ADMINISTRATORS),
    on("GET", "api/v1/administration/roles/{object}", "role", frozenset({"adam"})),
    on("PUT", "api/v1/administration/roles/{object}", "role", frozenset({"adam"}), lambda *_: {"name": "Other", "filled_by": "list"}),
    on("PUT", "api/v1/administration/roles/{object}/chain", "role", frozenset({"adam"}), lambda *_: {"steps": []}),
    on("POST", "api/v1/administration/roles/{object}/close", "role", frozenset({"adam"})),
    own("GET", "api/v1/roles"),
    on("GET", "api/v1/roles/{object}", "role", COLLEAGUES_OF_A),
    on("GET", "api/v1/roles/{object}/on-duty", "role", COLLEAGUES_OF_A),
    on("GET", "api/v1/roles/{object}/shifts", "role", COLLEAGUES_OF_A),
    on("POST", "api/v1/roles/{object}/shifts", "role", frozenset({"adam"}), _shift),
    on("POST", "api/v1/roles/{object}/take-over", "role", frozenset({"alice"})),
    on("POST", "api/v1/roles/{object}/hand-back", "role", frozenset({"alice", "adam"})),
    on("PUT", "api/v1/shifts/{object}", "shift", frozenset({"adam"}), _shift),
    on("DELETE", "api/v1/shifts/{object}", "shift", frozenset({"adam"})),
    on("POST", "api/v1/shifts/{object}/restore", "removed-shift", frozenset({"adam"})),
    # an organisation's administration
    own("GET", "administration/people/", opens_to=ADMINISTRATORS),
    on("GET", "administration/people/{object}/", "colleague", frozenset({"adam"})),
    on("POST", "administration/people/{object}/", "colleague", frozenset({"adam"})),
    on("POST", "administration/people/{object}/deactivate/", "colleague", frozenset({"adam"})),
    on("POST", "administration/people/{object}/reactivate/", "colleague", frozenset({"adam"})),
    on("POST", "administration/people/{object}/reset-second-factor/", "colleague", frozenset({"adam"})),
    own("GET", "administration/people/import/", opens_to=ADMINISTRATORS),
    own("POST", "administration/people/import/", opens_to=ADMINISTRATORS),
    own("GET", "administration/people/import/template/", opens_to=ADMINISTRATORS),
    on("GET", "administration/people/import/{object}/", "people-import", frozenset({"adam"})),
    on("POST", "administration/people/import/{object}/start/", "people-import", frozenset({"adam"})),
    on("POST", "administration/people/import/{object}/undo/", "people-import", frozenset({"adam"})),
    own("GET", "api/v1/administration/people/imports", opens_to=ADMINISTRATORS),
    own("POST", "api/v1/administration/people/imports", lambda *_: {"csv": "email"}, ADMINISTRATORS),
    on("GET", "api/v1/administration/people/imports/{object}", "people-import", frozenset({"adam"})),
    on("POST", "api/v1/administration/people/imports/{object}/start", "people-import", frozenset({"adam"})),
    on("POST", "api/v1/administration/people/imports/{object}/undo", "people-import", frozenset({"adam"})),
    on("POST", "administration/people/import/{object}/links/", "people-import", frozenset({"adam"})),
    own("POST", "administration/people/export/", opens_to=ADMINISTRATORS),
    own("GET", "administration/people/invite/", opens_to=ADMINISTRATORS),
    own("POST", "administration/people/invite/", opens_to=ADMINISTRATORS),
    on("POST", "administration/people/{object}/invite-again/", "colleague", frozenset({"adam"})),
    on("POST", "administration/people/{object}/reset-password/", "colleague", frozenset({"adam"})),
    on("POST", "administration/people/{object}/revoke-invitation/", "colleague", frozenset({"adam"})),
    own("POST", "api/v1/administration/people", opens_to=ADMINISTRATORS),
    on("POST", "api/v1/administration/people/{object}/invitation", "colleague", frozenset({"adam"})),
    on("DELETE", "api/v1/administration/people/{object}/invitation", "colleague", frozenset({"adam"})),
    on("POST", "api/v1/administration/people/{object}/reset-password", "colleague", frozenset({"adam"})),
    on("GET", "administration/people/{object}/offboarding/", "colleague", frozenset({"adam"})),
    on("POST", "administration/people/{object}/offboarding/", "colleague", frozenset({"adam"}), lambda *_: {"reason": "left"}),
    on("GET", "api/v1/administration/people/{object}/offboarding", "colleague", frozenset({"adam"})),
    on("POST", "api/v1/administration/people/{object}/offboarding", "colleague", frozenset({"adam"})),
    on("GET", "administration/offboardings/{object}/", "offboarding", frozenset({"adam"})),
    on("GET", "administration/offboardings/{object}/pdf/", "offboarding", frozenset({"adam"})),
    on("GET", "api/v1/administration/offboardings/{object}", "offboarding", frozenset({"adam"})),
    Door("GET", "invitation/", scope="open"),
    Door("POST", "invitation/", scope="open"),
    own("GET", "administration/policies/", opens_to=ADMINISTRATORS),
    own("POST", "administration/policies/", opens_to=ADMINISTRATORS),
    own("GET", "api/v1/administration/policies", opens_to=ADMINISTRATORS),
    own("PATCH", "api/v1/administration/policies", opens_to=ADMINISTRATORS),
    own("GET", "administration/departments/", opens_to=ADMINISTRATORS),
    own("POST", "administration/departments/", opens_to=ADMINISTRATORS),
    on("GET", "administration/departments/{object}/", "department", frozenset({"adam"})),
    on("POST", "administration/departments/{object}/", "department", frozenset({"adam"})),
    on("POST", "administration/departments/{object}/close/", "department", frozenset({"adam"})),
    own("GET", "api/v1/administration/people", opens_to=ADMINISTRATORS, key=Scope.PEOPLE_READ),
    on("GET", "api/v1/administration/people/{object}", "colleague", frozenset({"adam"})),
    on("PUT", "api/v1/administration/people/{object}", "colleague", frozenset({"adam"}), _place),
    on("POST", "api/v1/administration/people/{object}/deactivate", "colleague", frozenset({"adam"})),
    on("POST", "api/v1/administration/people/{object}/reactivate", "colleague", frozenset({"adam"})),
    on("POST", "api/v1/administration/people/{object}/reset-second-factor", "colleague", frozenset({"adam"})),
    own("GET", "api/v1/administration/departments", opens_to=ADMINISTRATORS, key=Scope.PEOPLE_READ),
    own("POST", "api/v1/administration/departments", lambda *_: {"name": "Ward 3"}, ADMINISTRATORS),
    on("PUT", "api/v1/administration/departments/{object}", "department", frozenset({"adam"}), lambda *_: {"name": "Ward 3"}),
    on("POST", "api/v1/administration/departments/{object}/close", "department", frozenset({"adam"})),
    own("GET", "directory/"),
    *DIRECTORY_DOORS,
    *DEVICE_DOORS,
    own("GET", "api/v1/me", opens_to=CAST),
    own("GET", "api/v1/me/key-events", opens_to=CAST),
    own("POST", "api/v1/me/key-events/doubts", lambda *_: {"doubt": "missing"}, CAST),
    own("POST", "api/v1/identity-keys", lambda *_: {"csr": ""}, CAST),
    own("GET", "api/v1/devices", opens_to=CAST),
    own("POST", "api/v1/devices", lambda *_: {"id": str(new_id())}, CAST),
    on("POST", "api/v1/devices/{object}/challenge", "device", frozenset({"alice"})),
    on("POST", "api/v1/devices/{object}/attach", "device", frozenset({"alice"}), lambda *_: {"signature": b64(bytes(64))}),
    on("POST", "api/v1/devices/{object}/revoke", "device", frozenset({"alice", "adam"})),
    own("GET", "api/v1/recovery-kit", opens_to=CAST),
    own("POST", "api/v1/recovery-kit", lambda *_: {"sealed_key": b64(bytes(200))}, CAST),
    own("DELETE", "api/v1/recovery-kit", opens_to=CAST),
    own("POST", "api/v1/recovery-kit/fetch", opens_to=CAST),
    own("GET", "api/v1/device-joins", opens_to=CAST),
    own("POST", "api/v1/device-joins", lambda *_: {"device_id": str(new_id())}, CAST),
    on("GET", "api/v1/device-joins/{object}", "join", frozenset({"alice"})),
    on("POST", "api/v1/device-joins/{object}/approve", "join", frozenset({"alice"}), _approval),
    # To the device that the request becomes, which is nobody's while it waits: tests/identity/test_wrapped_backup_keys.py.
    on("POST", "api/v1/device-joins/{object}/backup-key", "join", frozenset()),
    on("POST", "api/v1/device-joins/{object}/refuse", "join", frozenset({"alice"})),
    on("POST", "api/v1/device-joins/{object}/withdraw", "join", frozenset({"alice"})),
    own("GET", "api/v1/directory"),
    # audit
    own("GET", "audit/", opens_to=frozenset({"adam", "berta", "cora"})),
    own("POST", "audit/export/", opens_to=frozenset({"adam", "berta", "cora"})),
    on("GET", "audit/events/{object}/proof/", "event", frozenset({"adam"})),
    own("GET", "audit/patients/", opens_to=ADMINISTRATORS),
    own("POST", "audit/patients/", lambda world, _: {"number": "4711"}, ADMINISTRATORS),
    on("GET", "api/v1/audit/events/{object}/proof", "event", frozenset({"adam"}), key=Scope.AUDIT_READ),
    on("GET", "audit/patients/{object}/", "patient", frozenset({"adam", "berta"})),
    on("GET", "api/v1/audit/patients/{object}/accesses", "patient", frozenset({"adam", "berta"})),
    own("GET", "api/v1/audit/events", opens_to=frozenset({"adam", "berta", "cora"}), key=Scope.AUDIT_READ),
    # single sign-on
    own("GET", "administration/single-sign-on/", opens_to=ADMINISTRATORS),
    own("POST", "administration/single-sign-on/", opens_to=ADMINISTRATORS),
    own("POST", "administration/single-sign-on/check/", opens_to=frozenset({"adam"})),
    own("POST", "administration/single-sign-on/turn-on/", opens_to=frozenset({"adam"})),
    own("POST", "administration/single-sign-on/turn-off/", opens_to=frozenset({"adam"})),
    on("POST", "administration/people/{object}/forget-account/", "colleague", frozenset({"adam"})),
    own("GET", "api/v1/administration/single-sign-on", opens_to=ADMINISTRATORS),
    own("PUT", "api/v1/administration/single-sign-on", opens_to=ADMINISTRATORS),
    own("POST", "api/v1/administration/single-sign-on/check", opens_to=frozenset({"adam"})),
    own("POST", "api/v1/administration/single-sign-on/turn-on", opens_to=frozenset({"adam"})),
    own("POST", "api/v1/administration/single-sign-on/turn-off", opens_to=frozenset({"adam"})),
    on("DELETE", "api/v1/administration/people/{object}/provider-account", "colleague", frozenset({"adam"})),
    # systems of a hospital
    own("GET", "administration/api-keys/", opens_to=ADMINISTRATORS),
    own("POST", "administration/api-keys/", opens_to=ADMINISTRATORS),
    on("POST", "administration/api-keys/{object}/revoke/", "api-key", frozenset({"adam"})),
    own("GET", "api/v1/administration/api-keys", opens_to=ADMINISTRATORS),
    own("POST", "api/v1/administration/api-keys", opens_to=ADMINISTRATORS),
    on("POST", "api/v1/administration/api-keys/{object}/revoke", "api-key", frozenset({"adam"})),
    for_keys("GET", "ServiceProviderConfig"),
    for_keys("GET", "ResourceTypes"),
    *(for_keys("GET", f"ResourceTypes/{name}") for name in TYPES),
    for_keys("GET", "Schemas"),
    *(for_keys("GET", f"Schemas/{urn}") for urn in SCHEMAS),
    for_keys("POST", ".search"),
    for_keys("GET", "Users"),
    for_keys("POST", "Users"),
    for_keys("POST", "Users/.search"),
    for_keys("GET", "Users/{object}", "colleague"),
    for_keys("PUT", "Users/{object}", "colleague"),
    for_keys("PATCH", "Users/{object}", "colleague"),
    for_keys("DELETE", "Users/{object}", "colleague"),
    for_keys("GET", "Groups"),
    for_keys("POST", "Groups"),
    for_keys("POST", "Groups/.search"),
    for_keys("GET", "Groups/{object}", "department"),
    for_keys("PUT", "Groups/{object}", "department"),
    for_keys("PATCH", "Groups/{object}", "department"),
    for_keys("DELETE", "Groups/{object}", "department"),
]  # fmt: skip

SAME_VIEW = {"conversations/{object}/": "conversations/"}
"""Pages whose server side is the same whatever the id: the browser asks the API, which is above."""
