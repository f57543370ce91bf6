"""Who may open a folder: everybody who treats patients there, or only the people of one department."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.errors import Conflict
from storage.access.cards import PatientCard
from storage.access.guarding import department_of, reached_in_emergency
from storage.access.patients import open_patient, patient_row
from storage.keys.attributes import keyring
from storage.models import Patient


def guard_patient(*, by: Actor, patient_id: uuid.UUID) -> PatientCard:
    """Protect a folder: from now on only the people of the actor's own department open it, others in an emergency.

    What has been shared stays shared.

    Raises:
        NotFound: absent, or not for this actor.
        Conflict: it is protected, the actor works in no department, or is here in an emergency only.
    """
    with transaction.atomic():
        row = regular_row(by, patient_id)
        department = department_of(by)
        if department is None:
            raise Conflict(_("You work in no department. Your administrator can enter yours."))
        if not Patient.objects.filter(id=row.id, guarded_by=None).update(guarded_by=department):
            raise Conflict(_("This folder is protected already."))
        _record(Event.PATIENT_GUARD, by, row, department.id)
    return _card(patient_row(by=by, patient_id=patient_id))


def release_patient(*, by: Actor, patient_id: uuid.UUID) -> PatientCard:
    """Open a protected folder again to everybody of the hospital who treats patients.

    Raises:
        NotFound: absent, or not for this actor.
        Conflict: it is not protected, or the actor is here in an emergency only.
    """
    with transaction.atomic():
        row = regular_row(by, patient_id)
        department_id = row.guarded_by_id
        if not department_id or not Patient.objects.filter(id=row.id, guarded_by=department_id).update(
            guarded_by=None
        ):
            raise Conflict(_("This folder is not protected."))
        _record(Event.PATIENT_RELEASE, by, row, department_id)
    return _card(patient_row(by=by, patient_id=patient_id))


def require_regular(row: Patient, by: Actor) -> None:
    """What outlasts an emergency is left to who reaches the folder without one.

    Raises:
        Conflict: only an emergency opens the folder to the actor.
    """
    if reached_in_emergency(row, by):
        raise Conflict(_("In an emergency you may look and add findings; this is left to the department."))


def regular_row(by: Actor, patient_id: uuid.UUID) -> Patient:
    """`patient_row`, for what outlasts an emergency; see `require_regular`."""
    row = patient_row(by=by, patient_id=patient_id)
    require_regular(row, by)
    return row


def _record(event: Event, by: Actor, row: Patient, department_id: uuid.UUID) -> None:
    details = {"department": str(department_id)}
    audit.record(event, by=by, subject=f"patient/{row.id}", patient=str(row.id), details=details)


def _card(row: Patient) -> PatientCard:
    return open_patient(row, keyring([row.organisation_id]))
