"""The specialities of medicine that people are found by: fields with their branches, and sub-specialities.

The cut is that of the German Medical Association's model regulations for further training ((Muster-)Weiterbildungs-
ordnung): a *field* (Gebiet), its *branches* (Facharzt within a field), and *sub-specialities* (Schwerpunkt,
Zusatz-Weiterbildung), each with the specialities in which it is usual. The codes and short names are our own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Speciality(StrEnum):
    """The speciality of a department or a person."""

    ANAESTHESIOLOGY = "anaesthesiology"
    ANGIOLOGY = "angiology"
    CARDIOLOGY = "cardiology"
    CHILD_PSYCHIATRY = "child-psychiatry"
    DERMATOLOGY = "dermatology"
    EMERGENCY_MEDICINE = "emergency-medicine"
    ENDOCRINOLOGY = "endocrinology"
    FORENSIC_MEDICINE = "forensic-medicine"
    GASTROENTEROLOGY = "gastroenterology"
    GENERAL_MEDICINE = "general-medicine"
    GERIATRICS = "geriatrics"
    GYNAECOLOGY = "gynaecology"
    HAEMATO_ONCOLOGY = "haemato-oncology"
    HEART_SURGERY = "heart-surgery"
    HUMAN_GENETICS = "human-genetics"
    HYGIENE = "hygiene"
    INFECTIOLOGY = "infectiology"
    INTERNAL_MEDICINE = "internal-medicine"
    LABORATORY_MEDICINE = "laboratory-medicine"
    MAXILLOFACIAL_SURGERY = "maxillofacial-surgery"
    MICROBIOLOGY = "microbiology"
    NEPHROLOGY = "nephrology"
    NEUROLOGY = "neurology"
    NEUROPATHOLOGY = "neuropathology"
    NEUROSURGERY = "neurosurgery"
    NUCLEAR_MEDICINE = "nuclear-medicine"
    OCCUPATIONAL_MEDICINE = "occupational-medicine"
    OPHTHALMOLOGY = "ophthalmology"
    ORTHOPAEDICS = "orthopaedics"
    OTORHINOLARYNGOLOGY = "otorhinolaryngology"
    PAEDIATRICS = "paediatrics"
    PAEDIATRIC_SURGERY = "paediatric-surgery"
    PATHOLOGY = "pathology"
    PHARMACOLOGY = "pharmacology"
    PHONIATRICS = "phoniatrics"
    PLASTIC_SURGERY = "plastic-surgery"
    PNEUMOLOGY = "pneumology"
    PSYCHIATRY = "psychiatry"
    PSYCHOSOMATICS = "psychosomatics"
    PUBLIC_HEALTH = "public-health"
    RADIOLOGY = "radiology"
    RADIOTHERAPY = "radiotherapy"
    REHABILITATION = "rehabilitation"
    RHEUMATOLOGY = "rheumatology"
    SURGERY = "surgery"
    THORACIC_SURGERY = "thoracic-surgery"
    TRANSFUSION_MEDICINE = "transfusion-medicine"
    UROLOGY = "urology"
    VASCULAR_SURGERY = "vascular-surgery"
    VISCERAL_SURGERY = "visceral-surgery"
    NONE = "none"


_S = Speciality

SPECIALITY_NAMES: dict[str, Promise] = {
    _S.ANAESTHESIOLOGY: _("Anaesthesiology"),
    _S.ANGIOLOGY: _("Angiology"),
    _S.CARDIOLOGY: _("Cardiology"),
    _S.CHILD_PSYCHIATRY: _("Child and adolescent psychiatry"),
    _S.DERMATOLOGY: _("Dermatology"),
    _S.EMERGENCY_MEDICINE: _("Emergency medicine"),
    _S.ENDOCRINOLOGY: _("Endocrinology"),
    _S.FORENSIC_MEDICINE: _("Forensic medicine"),
    _S.GASTROENTEROLOGY: _("Gastroenterology"),
    _S.GENERAL_MEDICINE: _("General medicine"),
    _S.GERIATRICS: _("Geriatrics"),
    _S.GYNAECOLOGY: _("Gynaecology and obstetrics"),
    _S.HAEMATO_ONCOLOGY: _("Haematology and oncology"),
    _S.HEART_SURGERY: _("Heart surgery"),
    _S.HUMAN_GENETICS: _("Human genetics"),
    _S.HYGIENE: _("Hygiene and environmental medicine"),
    _S.INFECTIOLOGY: _("Infectious diseases"),
    _S.INTERNAL_MEDICINE: _("Internal medicine"),
    _S.LABORATORY_MEDICINE: _("Laboratory medicine"),
    _S.MAXILLOFACIAL_SURGERY: _("Oral and maxillofacial surgery"),
    _S.MICROBIOLOGY: _("Microbiology and virology"),
    _S.NEPHROLOGY: _("Nephrology"),
    _S.NEUROLOGY: _("Neurology"),
    _S.NEUROPATHOLOGY: _("Neuropathology"),
    _S.NEUROSURGERY: _("Neurosurgery"),
    _S.NUCLEAR_MEDICINE: _("Nuclear medicine"),
    _S.OCCUPATIONAL_MEDICINE: _("Occupational medicine"),
    _S.OPHTHALMOLOGY: _("Ophthalmology"),
    _S.ORTHOPAEDICS: _("Orthopaedics and trauma surgery"),
    _S.OTORHINOLARYNGOLOGY: _("Otorhinolaryngology"),
    _S.PAEDIATRICS: _("Paediatrics"),
    _S.PAEDIATRIC_SURGERY: _("Paediatric surgery"),
    _S.PATHOLOGY: _("Pathology"),
    _S.PHARMACOLOGY: _("Pharmacology and toxicology"),
    _S.PHONIATRICS: _("Phoniatrics and paediatric audiology"),
    _S.PLASTIC_SURGERY: _("Plastic surgery"),
    _S.PNEUMOLOGY: _("Pneumology"),
    _S.PSYCHIATRY: _("Psychiatry"),
    _S.PSYCHOSOMATICS: _("Psychosomatic medicine"),
    _S.PUBLIC_HEALTH: _("Public health"),
    _S.RADIOLOGY: _("Radiology"),
    _S.RADIOTHERAPY: _("Radiotherapy"),
    _S.REHABILITATION: _("Physical and rehabilitation medicine"),
    _S.RHEUMATOLOGY: _("Rheumatology"),
    _S.SURGERY: _("Surgery"),
    _S.THORACIC_SURGERY: _("Thoracic surgery"),
    _S.TRANSFUSION_MEDICINE: _("Transfusion medicine"),
    _S.UROLOGY: _("Urology"),
    _S.VASCULAR_SURGERY: _("Vascular surgery"),
    _S.VISCERAL_SURGERY: _("Visceral surgery"),
}

BRANCHES: Mapping[str, frozenset[Speciality]] = {
    _S.INTERNAL_MEDICINE: frozenset(
        {
            _S.ANGIOLOGY,
            _S.CARDIOLOGY,
            _S.ENDOCRINOLOGY,
            _S.GASTROENTEROLOGY,
            _S.GERIATRICS,
            _S.HAEMATO_ONCOLOGY,
            _S.INFECTIOLOGY,
            _S.NEPHROLOGY,
            _S.PNEUMOLOGY,
            _S.RHEUMATOLOGY,
        }
    ),
    _S.SURGERY: frozenset(
        {
            _S.HEART_SURGERY,
            _S.ORTHOPAEDICS,
            _S.PAEDIATRIC_SURGERY,
            _S.PLASTIC_SURGERY,
            _S.THORACIC_SURGERY,
            _S.VASCULAR_SURGERY,
            _S.VISCERAL_SURGERY,
        }
    ),
    _S.OTORHINOLARYNGOLOGY: frozenset({_S.PHONIATRICS}),
    _S.PATHOLOGY: frozenset({_S.NEUROPATHOLOGY}),
}
"""The branches of the fields that have some. Who looks for a field finds those of its branches, too."""


class SubSpeciality(StrEnum):
    """What a person is trained in beyond the speciality."""

    ACUTE_MEDICINE = "acute-medicine"
    ADDICTION_MEDICINE = "addiction-medicine"
    ALLERGOLOGY = "allergology"
    ANDROLOGY = "andrology"
    CHEMOTHERAPY = "tumour-drug-therapy"
    CONGENITAL_HEART = "adult-congenital-heart-disease"
    DERMATOHISTOLOGY = "dermatohistology"
    DIABETOLOGY = "diabetology"
    FORENSIC_PSYCHIATRY = "forensic-psychiatry"
    GENETIC_COUNSELLING = "genetic-counselling"
    GYNAECOLOGICAL_ENDOCRINOLOGY = "gynaecological-endocrinology"
    GYNAECOLOGICAL_ONCOLOGY = "gynaecological-oncology"
    HAEMOSTASEOLOGY = "haemostaseology"
    HAND_SURGERY = "hand-surgery"
    HOSPITAL_HYGIENE = "hospital-hygiene"
    IMMUNOLOGY = "immunology"
    INTENSIVE_CARE = "intensive-care"
    MEDICAL_INFORMATICS = "medical-informatics"
    NEONATOLOGY = "neonatology"
    NEUROPAEDIATRICS = "neuropaediatrics"
    NEURORADIOLOGY = "neuroradiology"
    NUTRITION = "nutrition"
    OCCUPATIONAL_PRACTICE = "occupational-practice"
    PAEDIATRIC_CARDIOLOGY = "paediatric-cardiology"
    PAEDIATRIC_ENDOCRINOLOGY = "paediatric-endocrinology"
    PAEDIATRIC_GASTROENTEROLOGY = "paediatric-gastroenterology"
    PAEDIATRIC_NEPHROLOGY = "paediatric-nephrology"
    PAEDIATRIC_ONCOLOGY = "paediatric-haemato-oncology"
    PAEDIATRIC_ORTHOPAEDICS = "paediatric-orthopaedics"
    PAEDIATRIC_PNEUMOLOGY = "paediatric-pneumology"
    PAEDIATRIC_RADIOLOGY = "paediatric-radiology"
    PAEDIATRIC_RHEUMATOLOGY = "paediatric-rheumatology"
    PAIN_THERAPY = "pain-therapy"
    PALLIATIVE_CARE = "palliative-care"
    PERINATAL_MEDICINE = "perinatal-medicine"
    PHLEBOLOGY = "phlebology"
    PREHOSPITAL_EMERGENCY = "prehospital-emergency-medicine"
    PROCTOLOGY = "proctology"
    RHEUMATIC_ORTHOPAEDICS = "rheumatic-orthopaedics"
    SLEEP_MEDICINE = "sleep-medicine"
    SOCIAL_MEDICINE = "social-medicine"
    SPECIAL_ORTHOPAEDIC_SURGERY = "special-orthopaedic-surgery"
    SPECIAL_TRAUMA_SURGERY = "special-trauma-surgery"
    SPECIAL_VISCERAL_SURGERY = "special-visceral-surgery"
    SPORTS_MEDICINE = "sports-medicine"
    TRANSPLANTATION = "transplantation"
    TROPICAL_MEDICINE = "tropical-medicine"


@dataclass(frozen=True, slots=True)
class SubSpecialityRow:
    """A sub-speciality. within: the specialities in which it is usual; none: in many, across all of them."""

    name: Promise
    within: frozenset[Speciality] = frozenset()


def _row(name: Promise, *within: Speciality) -> SubSpecialityRow:
    return SubSpecialityRow(name, frozenset(within))


_T = SubSpeciality

SUB_SPECIALITIES: Mapping[str, SubSpecialityRow] = {
    _T.ACUTE_MEDICINE: _row(_("Acute and emergency care in hospital")),
    _T.ADDICTION_MEDICINE: _row(_("Addiction medicine"), _S.PSYCHIATRY, _S.GENERAL_MEDICINE),
    _T.ALLERGOLOGY: _row(_("Allergology")),
    _T.ANDROLOGY: _row(_("Andrology"), _S.UROLOGY, _S.DERMATOLOGY, _S.ENDOCRINOLOGY),
    _T.CHEMOTHERAPY: _row(_("Drug therapy of tumours")),
    _T.CONGENITAL_HEART: _row(_("Congenital heart disease in adults"), _S.CARDIOLOGY),
    _T.DERMATOHISTOLOGY: _row(_("Dermatohistology"), _S.DERMATOLOGY, _S.PATHOLOGY),
    _T.DIABETOLOGY: _row(_("Diabetology"), _S.ENDOCRINOLOGY, _S.INTERNAL_MEDICINE, _S.PAEDIATRICS),
    _T.FORENSIC_PSYCHIATRY: _row(_("Forensic psychiatry"), _S.PSYCHIATRY),
    _T.GENETIC_COUNSELLING: _row(_("Genetic counselling in one's own field")),
    _T.GYNAECOLOGICAL_ENDOCRINOLOGY: _row(_("Gynaecological endocrinology and reproduction"), _S.GYNAECOLOGY),
    _T.GYNAECOLOGICAL_ONCOLOGY: _row(_("Gynaecological oncology"), _S.GYNAECOLOGY),
    _T.HAEMOSTASEOLOGY: _row(
        _("Haemostaseology"), _S.HAEMATO_ONCOLOGY, _S.LABORATORY_MEDICINE, _S.TRANSFUSION_MEDICINE
    ),
    _T.HAND_SURGERY: _row(_("Hand surgery"), _S.ORTHOPAEDICS, _S.PLASTIC_SURGERY, _S.SURGERY),
    _T.HOSPITAL_HYGIENE: _row(_("Hospital hygiene"), _S.HYGIENE, _S.MICROBIOLOGY),
    _T.IMMUNOLOGY: _row(_("Immunology")),
    _T.INTENSIVE_CARE: _row(_("Intensive care")),
    _T.MEDICAL_INFORMATICS: _row(_("Medical informatics")),
    _T.NEONATOLOGY: _row(_("Neonatology"), _S.PAEDIATRICS),
    _T.NEUROPAEDIATRICS: _row(_("Neuropaediatrics"), _S.PAEDIATRICS),
    _T.NEURORADIOLOGY: _row(_("Neuroradiology"), _S.RADIOLOGY),
    _T.NUTRITION: _row(_("Nutritional medicine")),
    _T.OCCUPATIONAL_PRACTICE: _row(_("Company medicine")),
    _T.PAEDIATRIC_CARDIOLOGY: _row(_("Paediatric cardiology"), _S.PAEDIATRICS),
    _T.PAEDIATRIC_ENDOCRINOLOGY: _row(_("Paediatric endocrinology"), _S.PAEDIATRICS),
    _T.PAEDIATRIC_GASTROENTEROLOGY: _row(_("Paediatric gastroenterology"), _S.PAEDIATRICS),
    _T.PAEDIATRIC_NEPHROLOGY: _row(_("Paediatric nephrology"), _S.PAEDIATRICS),
    _T.PAEDIATRIC_ONCOLOGY: _row(_("Paediatric haematology and oncology"), _S.PAEDIATRICS),
    _T.PAEDIATRIC_ORTHOPAEDICS: _row(_("Paediatric orthopaedics"), _S.ORTHOPAEDICS),
    _T.PAEDIATRIC_PNEUMOLOGY: _row(_("Paediatric pneumology"), _S.PAEDIATRICS),
    _T.PAEDIATRIC_RADIOLOGY: _row(_("Paediatric radiology"), _S.RADIOLOGY),
    _T.PAEDIATRIC_RHEUMATOLOGY: _row(_("Paediatric rheumatology"), _S.PAEDIATRICS),
    _T.PAIN_THERAPY: _row(_("Pain therapy")),
    _T.PALLIATIVE_CARE: _row(_("Palliative care")),
    _T.PERINATAL_MEDICINE: _row(_("Perinatal medicine"), _S.GYNAECOLOGY),
    _T.PHLEBOLOGY: _row(_("Phlebology"), _S.ANGIOLOGY, _S.VASCULAR_SURGERY, _S.DERMATOLOGY),
    _T.PREHOSPITAL_EMERGENCY: _row(_("Prehospital emergency medicine")),
    _T.PROCTOLOGY: _row(_("Proctology"), _S.VISCERAL_SURGERY, _S.GASTROENTEROLOGY, _S.DERMATOLOGY),
    _T.RHEUMATIC_ORTHOPAEDICS: _row(_("Orthopaedic rheumatology"), _S.ORTHOPAEDICS),
    _T.SLEEP_MEDICINE: _row(_("Sleep medicine")),
    _T.SOCIAL_MEDICINE: _row(_("Social medicine")),
    _T.SPECIAL_ORTHOPAEDIC_SURGERY: _row(_("Special orthopaedic surgery"), _S.ORTHOPAEDICS),
    _T.SPECIAL_TRAUMA_SURGERY: _row(_("Special trauma surgery"), _S.ORTHOPAEDICS),
    _T.SPECIAL_VISCERAL_SURGERY: _row(_("Special visceral surgery"), _S.VISCERAL_SURGERY),
    _T.SPORTS_MEDICINE: _row(_("Sports medicine")),
    _T.TRANSPLANTATION: _row(_("Transplantation medicine")),
    _T.TROPICAL_MEDICINE: _row(_("Tropical medicine")),
}


def speciality_name(speciality: str) -> str:
    """What people call a speciality, in the language of the request; nothing for none."""
    return str(SPECIALITY_NAMES.get(speciality, ""))


def sub_speciality_name(code: str) -> str:
    """What people call a sub-speciality, in the language of the request."""
    row = SUB_SPECIALITIES.get(code)
    return str(row.name) if row else code


def with_branches(speciality: str) -> frozenset[str]:
    """A speciality and, where it is a field, its branches."""
    return frozenset({speciality}) | BRANCHES.get(speciality, frozenset())
