"""Closed sets of `identity`, and what each value is called."""

from collections.abc import Collection
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class OrganisationKind(StrEnum):
    HOSPITAL = "hospital"
    CLINIC = "clinic"
    PRACTICE = "practice"


class Function(StrEnum):
    """What a person does in an organisation (FHIR PractitionerRole.code)."""

    PHYSICIAN = "physician"
    NURSE = "nurse"
    MTR = "radiographer"
    ADMINISTRATION = "administration"
    IT = "it"
    PATIENT = "patient"


CLINICAL = frozenset({Function.PHYSICIAN, Function.NURSE, Function.MTR})
"""The functions that treat patients: they act in the role of a clinician."""

STAFF = frozenset(Function) - {Function.PATIENT}
"""The functions whose holders stand in the directory."""


class Way(StrEnum):
    """How somebody signed in, or tried to."""

    PASSWORD = "password"  # noqa: S105 (a way, not one)
    """Refused at the password: no way of a completed sign-in."""
    TOTP = "totp"
    RECOVERY_CODE = "recovery-code"
    PASSKEY = "passkey"
    """After a password."""
    PASSKEY_ALONE = "passkey-alone"


class Ceremony(StrEnum):
    """What a passkey's challenge is for (WebAuthn Level 3 section 7)."""

    CREATE = "create"
    GET = "get"


class Speciality(StrEnum):
    """The speciality of a department, after the German further-training regulations for physicians."""

    ANAESTHESIOLOGY = "anaesthesiology"
    CARDIOLOGY = "cardiology"
    DERMATOLOGY = "dermatology"
    EMERGENCY_MEDICINE = "emergency-medicine"
    ENDOCRINOLOGY = "endocrinology"
    GASTROENTEROLOGY = "gastroenterology"
    GENERAL_MEDICINE = "general-medicine"
    GERIATRICS = "geriatrics"
    GYNAECOLOGY = "gynaecology"
    HAEMATO_ONCOLOGY = "haemato-oncology"
    INTERNAL_MEDICINE = "internal-medicine"
    LABORATORY_MEDICINE = "laboratory-medicine"
    NEPHROLOGY = "nephrology"
    NEUROLOGY = "neurology"
    NEUROSURGERY = "neurosurgery"
    OPHTHALMOLOGY = "ophthalmology"
    ORTHOPAEDICS = "orthopaedics"
    OTORHINOLARYNGOLOGY = "otorhinolaryngology"
    PAEDIATRICS = "paediatrics"
    PATHOLOGY = "pathology"
    PNEUMOLOGY = "pneumology"
    PSYCHIATRY = "psychiatry"
    RADIOLOGY = "radiology"
    RADIOTHERAPY = "radiotherapy"
    SURGERY = "surgery"
    UROLOGY = "urology"
    NONE = "none"


FUNCTION_NAMES: dict[str, Promise] = {
    Function.PHYSICIAN: _("Physician"),
    Function.NURSE: _("Nurse"),
    Function.MTR: _("Radiographer"),
    Function.ADMINISTRATION: _("Administration"),
    Function.IT: _("IT"),
    Function.PATIENT: _("Patient"),
}

SPECIALITY_NAMES: dict[str, Promise] = {
    Speciality.ANAESTHESIOLOGY: _("Anaesthesiology"),
    Speciality.CARDIOLOGY: _("Cardiology"),
    Speciality.DERMATOLOGY: _("Dermatology"),
    Speciality.EMERGENCY_MEDICINE: _("Emergency medicine"),
    Speciality.ENDOCRINOLOGY: _("Endocrinology"),
    Speciality.GASTROENTEROLOGY: _("Gastroenterology"),
    Speciality.GENERAL_MEDICINE: _("General medicine"),
    Speciality.GERIATRICS: _("Geriatrics"),
    Speciality.GYNAECOLOGY: _("Gynaecology and obstetrics"),
    Speciality.HAEMATO_ONCOLOGY: _("Haematology and oncology"),
    Speciality.INTERNAL_MEDICINE: _("Internal medicine"),
    Speciality.LABORATORY_MEDICINE: _("Laboratory medicine"),
    Speciality.NEPHROLOGY: _("Nephrology"),
    Speciality.NEUROLOGY: _("Neurology"),
    Speciality.NEUROSURGERY: _("Neurosurgery"),
    Speciality.OPHTHALMOLOGY: _("Ophthalmology"),
    Speciality.ORTHOPAEDICS: _("Orthopaedics and trauma surgery"),
    Speciality.OTORHINOLARYNGOLOGY: _("Otorhinolaryngology"),
    Speciality.PAEDIATRICS: _("Paediatrics"),
    Speciality.PATHOLOGY: _("Pathology"),
    Speciality.PNEUMOLOGY: _("Pneumology"),
    Speciality.PSYCHIATRY: _("Psychiatry"),
    Speciality.RADIOLOGY: _("Radiology"),
    Speciality.RADIOTHERAPY: _("Radiotherapy"),
    Speciality.SURGERY: _("Surgery"),
    Speciality.UROLOGY: _("Urology"),
}


WAY_NAMES: dict[str, Promise] = {
    Way.PASSWORD: _("Password"),
    Way.TOTP: _("Password and code of the app"),
    Way.RECOVERY_CODE: _("Password and recovery code"),
    Way.PASSKEY: _("Password and passkey"),
    Way.PASSKEY_ALONE: _("Passkey"),
}


def way_name(way: str) -> str:
    """What people call a way to sign in, in the language of the request."""
    return str(WAY_NAMES.get(way, way))


def function_name(function: str) -> str:
    """What people call a function, in the language of the request."""
    return str(FUNCTION_NAMES.get(function, function))


def speciality_name(speciality: str) -> str:
    """What people call a speciality, in the language of the request; empty for none."""
    return str(SPECIALITY_NAMES.get(speciality, ""))


def words_of(codes: Collection[str]) -> dict[str, str]:
    """What those of these codes are called that are functions, for the pages of the audit log."""
    return {code: function_name(code) for code in codes if code in FUNCTION_NAMES}
