"""Patients, as an actor may see them: those of the own organisation, for clinicians."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import QuerySet

from identity.names import search_form, search_words
from medicus.lib import callbacks
from medicus.lib.actor import Actor, Role
from medicus.lib.errors import NotFound
from storage.access.cards import Demographics, PatientCard
from storage.access.guarding import within_reach
from storage.keys.attributes import Keyring, keyring
from storage.models import Patient

IDENTIFIER_INDEX = "patient.identifier"


def visible_patients(*, by: Actor) -> QuerySet[Patient]:
    """The patients whose folders an actor may open: without the protected ones of other departments."""
    found = Patient.objects.select_related("organisation", "guarded_by")
    if by.has(Role.SYSTEM):
        return found
    if by.organisation_id is None or not by.has(Role.CLINICIAN):
        return found.none()
    return found.filter(within_reach(by), organisation=by.organisation_id)


def patient_row(*, by: Actor, patient_id: uuid.UUID) -> Patient:
    """Get a patient's row, still sealed.

    Raises:
        NotFound: absent or not for this actor.
    """
    found = visible_patients(by=by).filter(id=patient_id).first()
    if found is None:
        raise NotFound
    return found


def patient_card(*, by: Actor, patient_id: uuid.UUID) -> PatientCard:
    """Who a patient is.

    Raises:
        NotFound: absent or not for this actor.
    """
    return open_patients([patient_row(by=by, patient_id=patient_id)])[0]


def patients(*, by: Actor) -> list[PatientCard]:
    """All patients that an actor may see, by name."""
    return sorted(open_patients(list(visible_patients(by=by))), key=_by_name)


def recent_patients(*, by: Actor, limit: int) -> list[PatientCard]:
    """The patients whose folders the actor opened last, the latest first."""
    opened = visible_patients(by=by).filter(openings__person=by.person_id)
    return open_patients(list(opened.order_by("-openings__opened_at")[:limit]))


def patients_matching(*, by: Actor, query: str) -> list[PatientCard]:
    """Search by identifier (exactly) or by the beginnings of names (in any order), ordered by name.

    Names are sealed, so this opens every patient of the organisation; an identifier is found by its index."""
    by_identifier = _by_identifier(by, query)
    if by_identifier:
        return by_identifier
    words = search_words(query)
    return [card for card in patients(by=by) if _matches(card, words)]


def cases_of(*, by: Actor, patient_id: uuid.UUID) -> list[Any]:
    """The cases about a patient that the actor takes part in, as `messaging` tells them; for who opens the folder."""
    told = callbacks.call("patient-cases", by=by, patient_id=patient_id)
    return [case for cases in told for case in cases]


def correspondence_with(*, by: Actor, patient: PatientCard) -> Any:
    """Whether a patient can be written to, and the conversations with them that the actor is in, as `messaging` tells
    it; for who opens the folder. None where nobody tells."""
    told = callbacks.call("patient-correspondence", by=by, patient_id=patient.patient_id, name=patient.name)
    return told[0] if told else None


def patient_numbered(*, organisation_id: uuid.UUID | None, number: str) -> uuid.UUID | None:
    """The id of an organisation's patient who has this number; nothing of them is opened."""
    if organisation_id is None or not number:
        return None
    index = keyring([organisation_id]).blind_index(organisation_id, IDENTIFIER_INDEX, number)
    found = Patient.objects.filter(organisation=organisation_id, identifier_index=index)
    return found.values_list("id", flat=True).first()


def _by_identifier(by: Actor, query: str) -> list[PatientCard]:
    if by.organisation_id is None or not query.strip():
        return []
    ring = keyring([by.organisation_id])
    index = ring.blind_index(by.organisation_id, IDENTIFIER_INDEX, query)
    return open_patients(list(visible_patients(by=by).filter(identifier_index=index)), ring)


def _matches(card: PatientCard, words: Sequence[str]) -> bool:
    names = search_form(card.family_name, card.given_name)
    return bool(words) and all(f" {word}" in names for word in words)


def _by_name(card: PatientCard) -> tuple[str, str, date]:
    return card.family_name.casefold(), card.given_name.casefold(), card.born_on


def may_add_findings(*, by: Actor, patient_id: uuid.UUID) -> bool:
    """Answer the uploads: may this actor add findings to this patient?"""
    return visible_patients(by=by).filter(id=patient_id).exists()


# sealing


def seal_demographics(ring: Keyring, patient: Patient, demographics: Demographics) -> bytes:
    """Seal who a patient is, for this row only."""
    plaintext = json.dumps(asdict(demographics) | {"born_on": demographics.born_on.isoformat()})
    return ring.seal(patient.organisation_id, _context(patient), plaintext.encode())


def open_patients(rows: Sequence[Patient], ring: Keyring | None = None) -> list[PatientCard]:
    """Open rows that the actor was found to be allowed to see."""
    ring = ring or keyring({row.organisation_id for row in rows})
    return [open_patient(row, ring) for row in rows]


def open_patient(row: Patient, ring: Keyring) -> PatientCard:
    found = json.loads(ring.unseal(row.organisation_id, _context(row), bytes(row.sealed_demographics)))
    return PatientCard(
        patient_id=row.id,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
        guarded_by=row.guarded_by.name if row.guarded_by else "",
        **found | {"born_on": date.fromisoformat(found["born_on"])},
    )


def _context(patient: Patient) -> str:
    return f"patient.demographics/{patient.id}"
