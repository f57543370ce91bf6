"""The doors of patients who sign in, and those of clinicians that are about it."""

from typing import Any
from uuid import UUID

from tests.matrix.door import ADMINISTRATORS, CLINICIANS_OF_A, PATIENTS, UNKNOWN, Door, on, own
from tests.matrix.world import World


def _document(_world: World, _: UUID) -> dict[str, Any]:
    return {"document": "passport"}


def _reason(_world: World, _: UUID) -> dict[str, Any]:
    return {"reason": "mistake"}


def _answer(_world: World, _: UUID) -> dict[str, Any]:
    return {"answer": "The ward has looked at your values."}


PATIENT_DOORS = [
    on("GET", "patients/{object}/sign-in/", "patient", CLINICIANS_OF_A),
    on("GET", "patients/{object}/sign-in/invite/", "patient", CLINICIANS_OF_A),
    on("POST", "patients/{object}/sign-in/invite/", "patient", CLINICIANS_OF_A),
    on("POST", "patients/{object}/sign-in/withdraw/", "patient", CLINICIANS_OF_A),
    on("GET", "patients/{object}/sign-in/confirm/", "patient", CLINICIANS_OF_A),
    on("POST", "patients/{object}/sign-in/confirm/", "patient", CLINICIANS_OF_A, _document),
    on("GET", "patients/{object}/sign-in/unconfirm/", "patient", CLINICIANS_OF_A),
    on("POST", "patients/{object}/sign-in/unconfirm/", "patient", CLINICIANS_OF_A, _reason),
    on("GET", "patients/{object}/sign-in/end/", "patient", CLINICIANS_OF_A),
    on("POST", "patients/{object}/sign-in/end/", "patient", CLINICIANS_OF_A, _reason),
    on("GET", "api/v1/patients/{object}/sign-in", "patient", CLINICIANS_OF_A),
    on("POST", "api/v1/patients/{object}/sign-in/invitation", "patient", CLINICIANS_OF_A),
    on("DELETE", "api/v1/patients/{object}/sign-in/invitation", "patient", CLINICIANS_OF_A),
    on("POST", "api/v1/patients/{object}/sign-in/identity", "patient", CLINICIANS_OF_A, _document),
    on("POST", "api/v1/patients/{object}/sign-in/identity/withdraw", "patient", CLINICIANS_OF_A, _reason),
    on("POST", "api/v1/patients/{object}/sign-in/end", "patient", CLINICIANS_OF_A, _reason),
    Door("GET", "patient-invitation/", scope="open"),
    Door("POST", "patient-invitation/", scope="open"),
    on("POST", "my/shares/{object}/revoke/", "share", frozenset({"erika"})),
    own("GET", "api/v1/me/records", opens_to=PATIENTS),
    own("GET", "api/v1/me/shares", opens_to=PATIENTS),
    on("POST", "api/v1/me/shares/{object}/revoke", "share", frozenset({"erika"})),
    on("GET", "my/accesses/{object}/", "entry", frozenset({"erika"})),
    on("POST", "my/accesses/{object}/", "entry", frozenset({"erika"})),
    own("GET", "api/v1/me/access-inquiries", opens_to=PATIENTS),
    on("POST", "api/v1/me/access-log/{object}/inquiries", "entry", frozenset({"erika"})),
    own("GET", "administration/access-inquiries/", opens_to=ADMINISTRATORS),
    on("GET", "administration/access-inquiries/{object}/", "inquiry", frozenset({"adam"})),
    on("POST", "administration/access-inquiries/{object}/", "inquiry", frozenset({"adam"}), _answer),
    own("GET", "api/v1/access-inquiries", opens_to=ADMINISTRATORS),
    on("POST", "api/v1/access-inquiries/{object}/answer", "inquiry", frozenset({"adam"}), _answer),
    own("GET", "api/v1/me/access-log", opens_to=PATIENTS),
    own("GET", f"api/v1/me/access-log/new?after={UNKNOWN}", opens_to=PATIENTS),
]  # fmt: skip
