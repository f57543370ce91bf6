"""What happens to patients: a folder is made, looked for, opened."""

import math
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from storage.access.cards import Demographics, FindingCard, PatientCard
from storage.access.emergencies import EmergencyCard, current_emergency
from storage.access.findings import finding_counts, findings_of, own_finding_row, purpose_within
from storage.access.guarding import department_of, reached_in_emergency
from storage.access.openings import OpeningCard, openings_of
from storage.access.patients import (
    IDENTIFIER_INDEX,
    open_patient,
    patient_row,
    patients,
    patients_matching,
    seal_demographics,
)
from storage.keys.attributes import keyring
from storage.models import Patient, PatientOpening
from storage.objects.sealed import OPENING_LASTS

PAGE_SIZE = 25
OLDEST = timedelta(days=366 * 130)
NAME_CHARACTERS, IDENTIFIER_CHARACTERS = 100, 64


@dataclass(frozen=True, slots=True)
class PatientRow:
    """findings: how many there are, deleted ones left out."""

    patient: PatientCard
    findings: int


@dataclass(frozen=True, slots=True)
class PatientPage:
    """One page of patients by name."""

    results: Sequence[PatientRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Folder:
    """A patient, their findings (the newest first), and who has looked at these last.

    department: in which the actor works, and for which they may protect the folder; "" where they may not.
    emergency: through which alone the actor is here."""

    patient: PatientCard
    findings: Sequence[FindingCard]
    openings: Sequence[OpeningCard]
    department: str = ""
    emergency: EmergencyCard | None = None


def create_patient(
    *, by: Actor, family_name: str, given_name: str, born_on: date, identifier: str
) -> PatientCard:
    """Make the folder of a patient of the actor's organisation.

    Raises:
        NotFound: the actor is no clinician.
        Invalid: a field is empty or too long, or the date is no date of birth.
        Conflict: the organisation already has a patient with this identifier.
    """
    if by.organisation_id is None or by.person_id is None or not by.has(Role.CLINICIAN):
        raise NotFound
    demographics = _checked(
        Demographics(family_name.strip(), given_name.strip(), born_on, identifier.strip())
    )
    ring = keyring([by.organisation_id])
    patient = Patient(
        organisation_id=by.organisation_id,
        identifier_index=ring.blind_index(by.organisation_id, IDENTIFIER_INDEX, demographics.identifier),
        created_by_id=by.person_id,
        created_at=now(),
    )
    patient.sealed_demographics = seal_demographics(ring, patient, demographics)
    with transaction.atomic():
        _insert(patient)
        audit.record(Event.PATIENT_CREATE, by=by, subject=f"patient/{patient.id}", patient=str(patient.id))
    return open_patient(patient, ring)


def _checked(demographics: Demographics) -> Demographics:
    limits = {
        "family_name": NAME_CHARACTERS,
        "given_name": NAME_CHARACTERS,
        "identifier": IDENTIFIER_CHARACTERS,
    }
    errors = {}
    for field, characters in limits.items():
        value = getattr(demographics, field)
        if not value or not value.isprintable():
            errors[field] = _("Please fill in this field.")
        elif len(value) > characters:
            errors[field] = _("At most %(count)d characters.") % {"count": characters}
    if not now().date() - OLDEST < demographics.born_on <= now().date() + timedelta(days=1):
        errors["born_on"] = _("This is not a date of birth.")
    if errors:
        raise Invalid(errors=errors)
    return demographics


def _insert(patient: Patient) -> None:
    try:
        with transaction.atomic():
            patient.save(force_insert=True)
    except IntegrityError:
        taken = _("There already is a patient with this identifier.")
        raise Conflict(taken, errors={"identifier": taken}) from None


def look_up_patients(*, by: Actor, query: str = "", page: int = 1) -> PatientPage:
    """Show patients of the actor's organisation, all or those that match, and record that names were read.

    Raises:
        NotFound: the actor is no clinician.
    """
    if not by.has(Role.CLINICIAN):
        raise NotFound
    with transaction.atomic():
        found = patients_matching(by=by, query=query) if query.strip() else patients(by=by)
        pages = max(1, math.ceil(len(found) / PAGE_SIZE))
        page = min(max(page, 1), pages)
        shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        audit.record(Event.PATIENT_LIST, by=by, details={"listed": len(shown)})
    counts = finding_counts([card.patient_id for card in shown])
    return PatientPage(_with_counts(shown, counts), len(found), page, pages)


def _with_counts(shown: Sequence[PatientCard], counts: Counter[uuid.UUID]) -> list[PatientRow]:
    return [PatientRow(card, counts[card.patient_id]) for card in shown]


def open_patient_folder(*, by: Actor, patient_id: uuid.UUID) -> Folder:
    """Open a patient's folder and record it: once in a quarter of an hour, however often the page refreshes.

    Raises:
        NotFound: absent or not for this actor.
    """
    with transaction.atomic():
        row = patient_row(by=by, patient_id=patient_id)
        _record_look(row, by=by)
        patient = open_patient(row, keyring([row.organisation_id]))
        findings = findings_of(by=by, patient_id=patient_id)
    openings = openings_of([card.finding_id for card in findings])
    if reached_in_emergency(row, by):
        return Folder(patient, findings, openings, emergency=current_emergency(by=by, patient_id=row.id))
    department = department_of(by)
    return Folder(patient, findings, openings, department.name if department else "")


def look_at_patient(*, by: Actor, patient_id: uuid.UUID) -> PatientCard:
    """Who a patient is, recorded like the opening of the folder, in the caller's transaction.

    Raises:
        NotFound: absent or not for this actor.
    """
    row = patient_row(by=by, patient_id=patient_id)
    _record_look(row, by=by)
    return open_patient(row, keyring([row.organisation_id]))


def _record_look(row: Patient, *, by: Actor) -> None:
    """Once in a quarter of an hour, however often somebody looks."""
    if opens_now(row.id, by):
        audit.record(
            Event.PATIENT_READ,
            by=by,
            subject=f"patient/{row.id}",
            patient=str(row.id),
            purpose=purpose_within(row, by=by),
        )


def open_folder_of(*, by: Actor, finding_id: uuid.UUID) -> Folder:
    """`open_patient_folder` of the patient whose finding this is.

    Raises:
        NotFound: absent, another organisation's, or not for this actor.
    """
    return open_patient_folder(by=by, patient_id=own_finding_row(by=by, finding_id=finding_id).patient_id)


def opens_now(patient_id: uuid.UUID, by: Actor) -> bool:
    """True for one of the requests of a person that come within `OPENING_LASTS`."""
    if by.person_id is None:
        raise NotFound
    moment = now()
    mine = PatientOpening.objects.filter(patient=patient_id, person=by.person_id)
    if mine.filter(opened_at__gt=moment - OPENING_LASTS).exists():
        return False
    if mine.filter(opened_at__lte=moment - OPENING_LASTS).update(opened_at=moment):
        return True
    opening = PatientOpening(patient_id=patient_id, person_id=by.person_id, opened_at=moment)
    PatientOpening.objects.bulk_create([opening], ignore_conflicts=True)
    return mine.filter(opened_at=moment).exists()
