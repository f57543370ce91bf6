"""A patient of another organisation, as far as findings are shared: who it is, and what is shared."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from storage.access.cards import FindingCard, PatientCard
from storage.access.findings import findings_shared_with
from storage.actions.patients import opens_now


@dataclass(frozen=True, slots=True)
class SharedPatient:
    patient: PatientCard
    findings: Sequence[FindingCard]


def open_shared_patient(*, by: Actor, patient_id: uuid.UUID) -> SharedPatient:
    """Show a patient of whom something is shared with the actor, and record it for both organisations: once in a
    quarter of an hour, however often it is shown.

    Raises:
        NotFound: nothing of such a patient is shared with the actor now.
    """
    with transaction.atomic():
        findings = [card for card in findings_shared_with(by=by) if card.patient.patient_id == patient_id]
        if not findings:
            raise NotFound
        patient, share = findings[0].patient, findings[0].share
        if opens_now(patient_id, by):
            for organisation_id in {patient.organisation_id, by.organisation_id}:
                audit.record(
                    Event.PATIENT_READ,
                    by=by,
                    subject=f"patient/{patient_id}",
                    organisation_id=organisation_id,
                    patient=str(patient_id),
                    purpose=share.purpose if share else "",
                )
    return SharedPatient(patient, findings)
