"""Two hospitals with their people, one that is not verified yet, and two operators, for trying Medicus: nobody here exists."""

from dataclasses import dataclass

from identity.states import Function, Language, Speciality, SubSpeciality

PASSWORD = "gemeinsam-sicher-heilen"  # noqa: S105 (printed by `seed_demo`, for the one-machine mode only)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`enrolled`: has a second factor; the others show how one is set up."""

    email_name: str
    title: str
    given_name: str
    family_name: str
    function: Function
    department: str
    is_admin: bool = False
    enrolled: bool = True
    sub_specialities: tuple[SubSpeciality, ...] = ()
    languages: tuple[Language, ...] = (Language.GERMAN, Language.ENGLISH)


@dataclass(frozen=True, slots=True)
class DemoHospital:
    name: str
    domain: str
    city: str
    departments: dict[str, Speciality]
    people: tuple[DemoPerson, ...]


DEPARTMENTS = {
    "Kardiologie": Speciality.CARDIOLOGY,
    "Radiologie": Speciality.RADIOLOGY,
    "Neurologie": Speciality.NEUROLOGY,
    "Notaufnahme": Speciality.EMERGENCY_MEDICINE,
    "Informationstechnik": Speciality.NONE,
}

NORDSTADT = DemoHospital(
    "Klinikum Nordstadt",
    "nordstadt.example",
    "Mannheim",
    DEPARTMENTS,
    (
        DemoPerson(
            "a.brandt",
            "Dr. med.",
            "Anna",
            "Brandt",
            Function.PHYSICIAN,
            "Kardiologie",
            sub_specialities=(SubSpeciality.CONGENITAL_HEART, SubSpeciality.INTENSIVE_CARE),
        ),
        DemoPerson("j.mueller", "Prof. Dr. med.", "Jürgen", "Müller", Function.PHYSICIAN, "Radiologie"),
        DemoPerson(
            "l.yildiz",
            "Dr. med.",
            "Leyla",
            "Yıldız",
            Function.PHYSICIAN,
            "Neurologie",
            languages=(Language.GERMAN, Language.TURKISH),
        ),
        DemoPerson("t.kraemer", "", "Tobias", "Krämer", Function.NURSE, "Notaufnahme"),
        DemoPerson(
            "s.papadopoulos", "", "Sofia", "Papadopoulos", Function.PHYSICIAN, "Notaufnahme", enrolled=False
        ),
        DemoPerson("s.vogel", "", "Stefan", "Vogel", Function.IT, "Informationstechnik", is_admin=True),
    ),
)

SUEDSTADT = DemoHospital(
    "Universitätsklinikum Südstadt",
    "suedstadt.example",
    "Freiburg",
    DEPARTMENTS | {"Neuroradiologie": Speciality.RADIOLOGY},
    (
        DemoPerson("m.weiss", "Prof. Dr. med.", "Martin", "Weiß", Function.PHYSICIAN, "Kardiologie"),
        DemoPerson(
            "e.demir",
            "Dr. med.",
            "Elif",
            "Demir",
            Function.PHYSICIAN,
            "Neuroradiologie",
            sub_specialities=(SubSpeciality.PAEDIATRIC_RADIOLOGY,),
            languages=(Language.GERMAN, Language.TURKISH),
        ),
        DemoPerson("c.hoffmann", "PD Dr. med.", "Clara", "Hoffmann", Function.PHYSICIAN, "Neurologie"),
        DemoPerson("k.schaefer", "", "Katharina", "Schäfer", Function.MTR, "Radiologie"),
        DemoPerson(
            "j.oeztuerk", "Dr. med.", "Jonas", "Öztürk", Function.PHYSICIAN, "Notaufnahme", enrolled=False
        ),
        DemoPerson("p.neumann", "", "Petra", "Neumann", Function.IT, "Informationstechnik", is_admin=True),
    ),
)

WESTSTADT = DemoHospital(
    "Klinik Weststadt",
    "weststadt.example",
    "Worms",
    {"Informationstechnik": Speciality.NONE},
    (DemoPerson("w.reuter", "", "Wiebke", "Reuter", Function.IT, "Informationstechnik", is_admin=True),),
)
"""On its way: its administrator sees the checklist, and an operator sees its application."""

OPERATORS = DemoHospital(
    "Medicus",
    "plattform.example",
    "",
    {},
    (
        DemoPerson("o.lindner", "", "Olga", "Lindner", Function.ADMINISTRATION, "", is_admin=True),
        DemoPerson("r.oster", "", "Rolf", "Oster", Function.ADMINISTRATION, "", is_admin=True),
    ),
)
"""Two, for an approval takes two."""


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """Somebody who signs in to see who looked at their data. number: of the record, in the first hospital."""

    name: str
    number: str
    email: str


PATIENT = DemoPatient("Erika Mustermann", "100245", "erika.mustermann@zuhause.example")

HOSPITALS = (NORDSTADT, SUEDSTADT)
EVERYBODY = (*HOSPITALS, WESTSTADT, OPERATORS)
