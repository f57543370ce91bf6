"""One world for the matrix: what belongs to Hospital A, what of it was opened to Bob, and everybody who tries."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from storage.access import FindingCard, PatientCard, ShareCard
from tests.cast import Member
from tests.messaging.rooms import Room

NOT_COMPARED = {"sessions.Session", "identity.Attempts"}
"""What a refused request may touch: when somebody was last active, and how often they guessed."""


@dataclass
class World:
    """Alice (clinician at A) owns it all; Bob (clinician at B) is in her conversation and holds a share.

    Anton is Alice's colleague, whom Bob has sent a contact request; Alice and Bob have a case, on which Adam has placed
    a legal hold; Adam is their IT admin; Berta is Bob's IT admin;
    Charlie (clinician) and Cora (IT admin) are of Hospital C and have nothing to do with it; Olga is an operator.
    Hospital S is not verified. Erika is the patient whom it is all about, and signs in; Paula is another patient of
    Hospital A; Erika, Alice and Bob are in a patient case. A third patient is protected by a department of which nobody
    of them is; Anton is there in an emergency.
    Erika may ask about one entry of her log, and has asked about another one."""

    people: dict[str, Member]
    patient: PatientCard
    finding: FindingCard
    share: ShareCard
    room: Room
    contact: str
    case: str
    patient_case: Room
    hold: str
    welcome_id: str
    upload: str
    attachment: str
    people_import: str
    event: str
    application: str
    offboarding: str
    api_key: str
    join: str
    approval: str
    guarded: str
    emergency: str
    entry: str
    inquiry: str
    blocked: str
    piece: str
    report: str
    issuer: str
    endpoint: str
    rota: dict[str, str]

    @property
    def secrets(self) -> dict[str, str]:
        """What must not stand in any answer to a stranger."""
        return {
            "patient": str(self.patient.patient_id),
            "patient's name": "Muster",
            "finding": str(self.finding.finding_id),
            "share": str(self.share.share_id),
            "group": str(self.room.id),
            "contact": self.contact,
            "case": self.case,
            "patient-case": str(self.patient_case.id),
            "hold": self.hold,
            "welcome": self.welcome_id,
            "upload": self.upload,
            "attachment": self.attachment,
            "people-import": self.people_import,
            "event": self.event,
            "application": self.application,
            "offboarding": self.offboarding,
            "api-key": self.api_key,
            "join": self.join,
            "approval": self.approval,
            "guarded": self.guarded,
            "emergency": self.emergency,
            "entry": self.entry,
            "inquiry": self.inquiry,
            "piece": self.piece,
            "report": self.report,
            "issuer": self.issuer,
        } | self.rota


def snapshot(*, but: frozenset[str] = frozenset()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but `NOT_COMPARED` and those of `but`."""
    with connection.cursor() as cursor:
        return {
            model._meta.label: _rows(cursor, model)
            for model in apps.get_models()
            if model._meta.label not in NOT_COMPARED | but
        }


def _rows(cursor: CursorWrapper, model: type[Model]) -> list[tuple[Any, ...]]:
    """In plain SQL: the matrix asks for it thousands of times, and Django would build each query anew."""
    key = ", ".join(field.column for field in model._meta.pk_fields)
    cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {key}")
    return [
        tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
        for row in cursor.fetchall()
    ]
