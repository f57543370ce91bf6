"""Patients and findings as the work list meets them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medicus.lib.actor import SYSTEM
from storage import actions as storage
from storage.access import FindingCard, PatientCard, findings_of
from storage.models import Job
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState
from tests.cast import Member
from tests.storage import dicom_files


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def patient_of() -> Callable[..., PatientCard]:
    """Make a patient of a member's hospital: Erika Muster, as in the sample file, unless said otherwise."""
    return _patient_of


def _patient_of(member: Member, family_name: str = "Muster", identifier: str = "P-1") -> PatientCard:
    return storage.create_patient(
        by=member.actor,
        family_name=family_name,
        given_name="Erika",
        born_on=dt.date(1964, 8, 12),
        identifier=identifier,
    )


@pytest.fixture
def clean_finding() -> Callable[[Member, PatientCard], FindingCard]:
    """Receive the sample file for a patient, and let it be examined."""
    return _clean_finding


def _clean_finding(member: Member, patient: PatientCard) -> FindingCard:
    stored_object = sealed.write(
        organisation_id=patient.organisation_id,
        kind=ObjectKind.FINDING,
        chunks=[dicom_files.sound()],
        state=ObjectState.QUARANTINE,
    )
    storage.add_finding(by=member.actor, stored_object=stored_object, patient_id=patient.patient_id)
    storage.ingest(by=SYSTEM, job_id=Job.objects.get(stored_object=stored_object).id)
    [finding] = findings_of(by=member.actor, patient_id=patient.patient_id)
    return finding
