"""What a list states for the directory: read by cells, shown with its source, exported, and gone when it is undone."""

import csv
import io

import pytest
from django.utils import translation

from audit.models import AuditEvent
from identity.actions import check_people, run_import, start_import, undo_import
from identity.models import HeldSubSpeciality, Membership, PeopleImport, Person, SpokenLanguage
from identity.staff_csv import Row, read
from identity.stated import CLOSED_SETS, codes_in
from medicus.lib.actor import SYSTEM
from tests.identity.test_staff_csv import HEAD, NORA, faults, sheet

pytestmark = pytest.mark.django_db

DIRECTORY_HEAD = f"{HEAD};speciality;sub_specialities;languages;telematik_id"
FULL = f"{NORA};nephrology;pain-therapy palliative-care;de tr;1-20012345678".replace("Ward 3", "")
BARE = FULL.split("nephrology")[0] + ";;;"


def imported(adam, *rows, head=DIRECTORY_HEAD) -> PeopleImport:
    waiting = check_people(by=adam.actor, content="\n".join([head, *rows]).encode()).waiting
    assert waiting is not None
    start_import(by=adam.actor, import_id=waiting.id)
    run_import(by=SYSTEM, import_id=waiting.id)
    waiting.refresh_from_db()
    return waiting


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("pain-therapy palliative-care", ["pain-therapy", "palliative-care"]),
        ("Pain therapy; Palliative care", ["pain-therapy", "palliative-care"]),
        ("Spezielle Schmerztherapie|", None),
        ("PAIN-THERAPY,pain therapy", ["pain-therapy"]),
        ("", []),
        (" ; ", []),
    ],
)
def test_codes_are_read_by_code_and_by_name(cell, codes):
    found, fault = codes_in(cell, "sub_specialities")
    assert (found, bool(fault)) == (codes or [], codes is None)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("column", CLOSED_SETS)
def test_every_name_is_read_in_either_language(column, language):
    with translation.override(language):
        names = {str(name): code for code, name in CLOSED_SETS[column].items()}
    for name, code in names.items():
        assert codes_in(name, column) == ([code], ""), name


def test_german_names_of_the_columns_are_read():
    head = f"{HEAD};Fachrichtung;Schwerpunkte;Sprachen;Telematik-ID"
    (row,) = sheet(f'{NORA};Nephrologie;pain-therapy;"Deutsch; Türkisch";1-2', head=head).rows
    assert (row.speciality, row.sub_specialities, row.languages) == ("nephrology", "pain-therapy", "de tr")
    assert row.telematik_id == "1-2"


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("nephrology", "wizardry", "speciality"),
        ("nephrology", "nephrology cardiology", "speciality"),
        ("nephrology", "none", "speciality"),
        ("pain-therapy", "cardiology", "sub_specialities"),
        ("de tr", "de klingon", "languages"),
        ("de tr", "de en fr it es pt nl pl cs sk hu ro bg hr sr bs", "languages"),
        ("1-20012345678", "12345", "telematik_id"),
        ("1-20012345678", "1-" + "2" * 130, "telematik_id"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(old, new, column):
    assert faults(FULL.replace(old, new), head=DIRECTORY_HEAD) == [(2, column)]


def test_an_unknown_code_is_quoted_and_the_accepted_ones_are_named():
    (fault,) = sheet(FULL.replace("de tr", "de klingon"), head=DIRECTORY_HEAD).faults
    assert "Unknown: klingon. Possible: Albanian, " in fault.sentence
    (fault,) = sheet(FULL.replace("nephrology", "x" * 500), head=DIRECTORY_HEAD).faults
    assert "x" * 61 not in fault.sentence


def test_a_list_that_was_checked_before_there_were_such_columns_is_still_imported():
    (row,) = sheet(NORA).rows
    assert Row(*row.values()[:9]) == row


def test_what_a_list_states_stands_in_the_directory_with_its_source(adam, bob):
    imported(adam, FULL)
    nora = Membership.objects.get(person__email="nora@hospital-a.example")
    assert (nora.speciality, nora.telematik_id, nora.stated_by_import) == (
        "nephrology",
        "1-20012345678",
        True,
    )
    (found,) = bob.api.get("/api/v1/directory?q=m").json()["results"]
    assert [each["code"] for each in found["sub_specialities"]] == ["pain-therapy", "palliative-care"]
    assert {each["code"] for each in found["languages"]} == {"de", "tr"}
    assert (found["stated_by_import"], found["languages_stated_by"]) == (True, "Hospital A")
    page = bob.client.get("/directory/?q=m").content.decode()
    assert "imported by the hospital, " in page
    assert "languages imported by Hospital A, " in page
    assert (
        "imported by the hospital, " in adam.client.get(f"/administration/people/{nora.id}/").content.decode()
    )
    told = list(AuditEvent.objects.filter(event__in=["directory:state", "languages:state"]))
    assert sorted(each.event for each in told) == ["directory:state", "languages:state"]
    assert {each.organisation_id for each in told} == {adam.organisation.id}


@pytest.mark.parametrize(("head", "row"), [(DIRECTORY_HEAD, BARE), (HEAD, NORA.replace("Ward 3", ""))])
def test_an_empty_cell_and_an_absent_column_state_nothing(adam, head, row):
    imported(adam, row, head=head)
    nora = Membership.objects.select_related("person").get(person__email="nora@hospital-a.example")
    assert (nora.speciality, nora.stated_at, nora.stated_by_import) == ("", None, False)
    assert nora.person.languages_stated_at is None
    assert not AuditEvent.objects.filter(event__in=["directory:state", "languages:state"]).exists()


def test_undoing_takes_what_was_stated_along(adam):
    found = imported(adam, FULL)
    undo_import(by=adam.actor, import_id=found.id)
    assert not Person.objects.filter(email="nora@hospital-a.example").exists()
    assert not HeldSubSpeciality.objects.exists()
    assert not SpokenLanguage.objects.exists()


def test_the_page_shows_what_the_list_states_before_it_is_imported(adam):
    waiting = check_people(by=adam.actor, content=f"{DIRECTORY_HEAD}\n{FULL}".encode()).waiting
    page = adam.client.get(f"/administration/people/import/{waiting.id}/").content.decode()
    for words in ("Nephrology", "Palliative care", "Turkish", "1-20012345678"):
        assert words in page


def test_what_is_exported_can_be_imported_again(adam):
    imported(adam, FULL)
    text = adam.client.post("/administration/people/export/", {"q": "müller"}).content.decode()
    (line,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert line["sub_specialities"] == "pain-therapy palliative-care"
    (row,) = read(text.encode(), domain="hospital-a.example", departments=[]).rows
    assert (row.speciality, row.languages, row.telematik_id) == ("nephrology", "de tr", "1-20012345678")


def test_an_export_costs_the_same_however_many_there_are(adam, django_assert_max_num_queries):
    imported(adam, *(FULL.replace("nora@", f"p{number}@") for number in range(20)))
    with django_assert_max_num_queries(25):
        assert adam.client.post("/administration/people/export/").status_code == 200
