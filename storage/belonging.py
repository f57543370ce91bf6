"""Is a file about the patient it was uploaded for? A wrong answer puts an image into a stranger's folder.

The family name must agree, and the given name and date of birth where the file has them. Case, accents,
umlauts and a second given name make no difference; a file without a name says nothing and is not assigned.
"""

import unicodedata

from identity.names import search_words
from storage.access.cards import PatientCard
from storage.dicom.dates import as_day
from storage.dicom.limited import Attributes
from storage.dicom.reasons import Reason, Refused


def check_patient(attributes: Attributes, patient: PatientCard) -> None:
    """Compare the file's patient module (PS3.3 C.7.1.1) with the chosen patient.

    Raises:
        Refused: NO_PATIENT, OTHER_PATIENT.
    """
    if not attributes.patient_family_name:
        raise Refused(Reason.NO_PATIENT)
    born_on = as_day(attributes.patient_birth_date)
    if born_on is not None and born_on != patient.born_on:
        raise Refused(Reason.OTHER_PATIENT)
    if not _same_name(attributes, patient):
        raise Refused(Reason.OTHER_PATIENT)


def _same_name(attributes: Attributes, patient: PatientCard) -> bool:
    family, given = attributes.patient_family_name, attributes.patient_given_name
    if given:
        return _agree(family, patient.family_name) and _agree(_first(given), _first(patient.given_name))
    # Written without the caret: both names in one component, in either order.
    in_order, reversed_order = (
        f"{patient.family_name} {patient.given_name}",
        f"{patient.given_name} {patient.family_name}",
    )
    return _agree(family, in_order) or _agree(family, reversed_order)


def _first(given_name: str) -> str:
    return next(iter(given_name.replace("-", " ").split()), "")


def _agree(one: str, other: str) -> bool:
    return not _spellings(one).isdisjoint(_spellings(other))


def _spellings(name: str) -> set[str]:
    """A name in letters only, with umlauts written out and with umlauts stripped: Mueller and Muller."""
    decomposed = unicodedata.normalize("NFKD", name)
    stripped = "".join(character for character in decomposed if not unicodedata.combining(character))
    return {"".join(search_words(name)), "".join(search_words(stripped))} - {""}
