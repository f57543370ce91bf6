"""Patients and a finding for the demo data, made by the same actions as everything else."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from identity import actions as identity
from identity.demo import PATIENT
from medicus.lib.actor import SYSTEM, Actor, Role
from storage import actions
from storage.access import Demographics, patient_numbered
from storage.actions.jobs import job_of
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState

PATIENTS = (
    Demographics("CompressedSamples", "CT1", date(1966, 3, 14), "1CT1"),
    Demographics("Mustermann", "Erika", date(1964, 8, 12), "100245"),
    Demographics("Özdemir", "Kemal", date(1951, 11, 2), "100871"),
)
"""The first is the patient whom pydicom's CT names."""
FINDING = "CT_small.dcm"


def make_demo_findings(*, actors: Mapping[str, Actor]) -> None:
    """Give the first clinician's hospital three patients, and the first of these an examined CT."""
    by = next(actor for actor in actors.values() if actor.has(Role.CLINICIAN))
    made = [
        actions.create_patient(
            by=by,
            family_name=patient.family_name,
            given_name=patient.given_name,
            born_on=patient.born_on,
            identifier=patient.identifier,
        )
        for patient in PATIENTS
    ]
    stored_object = sealed.write(
        organisation_id=made[0].organisation_id,
        kind=ObjectKind.FINDING,
        chunks=[_sample()],
        state=ObjectState.QUARANTINE,
    )
    finding = actions.add_finding(
        by=by, stored_object=stored_object, patient_id=made[0].patient_id, file_name=FINDING
    )
    actions.ingest(by=SYSTEM, job_id=job_of(finding).id)


def let_demo_patient_in(*, actors: Mapping[str, Actor], password: str) -> None:
    """Invite the demo's patient to their record, as a clinician does, and take the invitation up."""
    by = next(actor for actor in actors.values() if actor.has(Role.CLINICIAN))
    patient_id = patient_numbered(organisation_id=by.organisation_id, number=PATIENT.number)
    assert patient_id, "made by `make_demo_findings`"
    made = actions.invite_to_record(by=by, patient_id=patient_id)
    identity.let_demo_patient_in(
        by=SYSTEM, token=made.token, code=made.code, email=PATIENT.email, password=password
    )


def _sample() -> bytes:
    from pydicom.data import get_testdata_file  # noqa: PLC0415  # only the demo needs it, every process loads this file

    path = get_testdata_file(FINDING)
    assert isinstance(path, str)
    return Path(path).read_bytes()
