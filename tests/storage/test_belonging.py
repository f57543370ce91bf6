"""Does this file belong to this patient? Umlauts and second names make no difference; another person does."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from medicus.lib.ids import new_id
from storage.access.cards import PatientCard
from storage.belonging import check_patient
from storage.dicom.dates import as_day, as_time
from storage.dicom.limited import Attributes
from storage.dicom.reasons import Reason, Refused

ERIKA = PatientCard(
    new_id(), new_id(), "Hospital A", "Müller-Lüdenscheidt", "Erika Maria", date(1964, 8, 12), "4711"
)
FILE = Attributes(
    study_uid="1", series_uid="1", sop_instance_uid="1", sop_class_uid="1", transfer_syntax_uid="1",
    patient_family_name="Müller-Lüdenscheidt", patient_given_name="Erika", patient_id="X-1",
    patient_birth_date="19640812", modality="CT", description="", study_date="", study_time="",
    timezone_offset="", instance_number=None, rows=None, columns=None, frames=None, window_center="",
    window_width="",
)  # fmt: skip

HERS: dict[str, dict[str, Any]] = {
    "as she writes herself": {},
    "in capitals": {"patient_family_name": "MÜLLER-LÜDENSCHEIDT", "patient_given_name": "ERIKA"},
    "umlauts written out": {"patient_family_name": "Mueller-Luedenscheidt"},
    "umlauts stripped": {"patient_family_name": "Muller Ludenscheidt"},
    "without the hyphen": {"patient_family_name": "Müller Lüdenscheidt"},
    "with her second name": {"patient_given_name": "Erika Maria"},
    "another second name": {"patient_given_name": "Erika M."},
    "no date of birth": {"patient_birth_date": ""},
    "the date in the old form": {"patient_birth_date": "1964.08.12"},
    "another hospital's number": {"patient_id": "999"},
    "both names in one": {"patient_family_name": "Müller-Lüdenscheidt Erika Maria", "patient_given_name": ""},
    "both names the other way": {
        "patient_family_name": "Erika Maria Müller-Lüdenscheidt",
        "patient_given_name": "",
    },
}
NOT_HERS: dict[str, dict[str, Any]] = {
    "another family name": {"patient_family_name": "Müller"},
    "another given name": {"patient_given_name": "Erich"},
    "her sister": {"patient_given_name": "Maria"},
    "another date of birth": {"patient_birth_date": "19640813"},
    "another date, same number": {"patient_birth_date": "19640813", "patient_id": "4711"},
    "the same number, another name": {"patient_family_name": "Anders", "patient_id": "4711"},
    "only her family name": {"patient_given_name": ""},
    "a name in other letters": {"patient_family_name": "Мюллер"},
    "only signs": {"patient_family_name": "^-"},
}


@pytest.mark.parametrize("change", HERS.values(), ids=HERS.keys())
def test_it_is_hers(change: dict[str, Any]) -> None:
    check_patient(replace(FILE, **change), ERIKA)


@pytest.mark.parametrize("change", NOT_HERS.values(), ids=NOT_HERS.keys())
def test_it_is_somebody_elses(change: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        check_patient(replace(FILE, **change), ERIKA)
    assert refused.value.reason is Reason.OTHER_PATIENT


def test_a_file_without_a_name_is_nobodys() -> None:
    with pytest.raises(Refused) as refused:
        check_patient(replace(FILE, patient_family_name=""), ERIKA)
    assert refused.value.reason is Reason.NO_PATIENT


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19640812", date(1964, 8, 12)),
        ("1964.08.12", date(1964, 8, 12)),
        ("19640230", None),
        ("1964", None),
        ("", None),
        ("00000000", None),
    ],
)
def test_days_as_dicom_writes_them(text: str, day: date | None) -> None:
    assert as_day(text) == day


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("072730", time(7, 27, 30)),
        ("072730.123456", time(7, 27, 30)),
        ("07", time(7, 0)),
        ("07:27", time(7, 27)),
        ("235960", time(23, 59, 59)),
        ("2460", None),
        ("7", None),
        ("", None),
    ],
)
def test_times_as_dicom_writes_them(text: str, shown: time | None) -> None:
    assert as_time(text) == shown
