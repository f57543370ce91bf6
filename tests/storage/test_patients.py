"""Folders of patients: made, found and opened within one hospital, by those who treat."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id
from storage import access, actions
from storage.models import Patient, PatientOpening
from tests.cast import Member
from tests.storage.folders import folder_of

pytestmark = pytest.mark.django_db
ERIKA = {"family_name": "Muster", "given_name": "Erika", "born_on": "1964-08-12", "identifier": "4711"}


def test_alice_makes_a_folder_and_anton_opens_it(alice: Member, anton: Member) -> None:
    made = alice.api.post("/api/v1/patients", ERIKA)
    assert made.status_code == 201
    body = made.json()
    assert body == ERIKA | {
        "id": body["id"],
        "organisation": {"id": str(alice.organisation.id), "name": "Hospital A"},
    }
    assert anton.api.get(f"/api/v1/patients/{body['id']}").json() == body | {"guarded_by": ""}
    assert AuditEvent.objects.filter(event="patient:create").count() == 1


def test_for_everybody_else_the_patient_does_not_exist(
    alice: Member, adam: Member, bob: Member, charlie: Member
) -> None:
    patient = folder_of(alice)
    for stranger in (adam, bob, charlie):
        for suffix in ("", "/findings"):
            forbidden = stranger.api.get(f"/api/v1/patients/{patient.patient_id}{suffix}")
            absent = stranger.api.get(f"/api/v1/patients/{new_id()}{suffix}")
            assert (forbidden.status_code, forbidden.content) == (404, absent.content)
        assert stranger.client.get(f"/patients/{patient.patient_id}/").status_code == 404
        assert not access.may_add_findings(by=stranger.actor, patient_id=patient.patient_id)
    assert access.may_add_findings(by=alice.actor, patient_id=patient.patient_id)


def test_who_treats_nobody_has_no_patients(adam: Member) -> None:
    assert adam.api.get("/api/v1/patients").status_code == 404
    assert adam.api.post("/api/v1/patients", ERIKA).status_code == 404
    assert adam.client.get("/patients/").status_code == 404
    assert access.patients(by=adam.actor) == []
    assert not Patient.objects.exists()


def test_each_hospital_sees_its_own(alice: Member, bob: Member) -> None:
    folder_of(alice)
    folder_of(bob, given_name="Bert")
    assert [row["given_name"] for row in alice.api.get("/api/v1/patients").json()["results"]] == ["Erika"]
    assert [row["given_name"] for row in bob.api.get("/api/v1/patients").json()["results"]] == ["Bert"]


@pytest.mark.parametrize("query", ["4711", " 4711 ", "mus", "Muster, Eri", "erika muster", "MÜSTER"])
def test_alice_finds_her_by_number_or_name(alice: Member, query: str) -> None:
    folder_of(alice, family_name="Müster" if query == "MÜSTER" else "Muster")
    folder_of(alice, family_name="Anders", given_name="Anna", identifier="4712")
    found = alice.api.get("/api/v1/patients", {"q": query}).json()
    assert [row["identifier"] for row in found["results"]] == ["4711"]
    assert found["total"] == 1


@pytest.mark.parametrize("query", ["471", "uster", "Muster Anna", "%", "…"])
def test_what_does_not_match_finds_nobody(alice: Member, query: str) -> None:
    folder_of(alice)
    assert alice.api.get("/api/v1/patients", {"q": query}).json()["results"] == []


def test_the_list_is_by_name_in_pages(alice: Member) -> None:
    for number in range(27):
        folder_of(alice, family_name=f"Muster{number:02}", identifier=str(number))
    first = alice.api.get("/api/v1/patients").json()
    last = alice.api.get("/api/v1/patients", {"page": 2}).json()
    assert (first["total"], first["pages"], len(first["results"])) == (27, 2, 25)
    assert [row["family_name"] for row in last["results"]] == ["Muster25", "Muster26"]
    assert alice.api.get("/api/v1/patients", {"page": 99}).json() == last


WRONG = {
    "no name": {"family_name": "  "},
    "a name of 101 letters": {"given_name": "x" * 101},
    "a number with a line break": {"identifier": "4\n7"},
    "born next week": {"born_on": now().date() + timedelta(days=7)},
    "born in 1850": {"born_on": date(1850, 1, 1)},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_a_patient_is_refused_at_its_field(alice: Member, change: dict) -> None:
    with pytest.raises(Invalid) as refused:
        folder_of(alice, **change)
    assert list(refused.value.errors) == list(change)
    assert not Patient.objects.exists()


def test_malformed_input_is_refused_at_its_field(alice: Member) -> None:
    answer = alice.api.post("/api/v1/patients", ERIKA | {"born_on": "12.08.1964"})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["born_on"]


def test_a_number_is_given_once_per_hospital(alice: Member, bob: Member) -> None:
    folder_of(alice)
    with pytest.raises(Conflict) as refused:
        folder_of(alice, given_name="Bert", identifier=" 4711")
    assert list(refused.value.errors) == ["identifier"]
    folder_of(bob)


def test_the_database_holds_that_too(alice: Member) -> None:
    folder_of(alice)
    row = Patient.objects.get()
    row.pk = new_id()
    with pytest.raises(IntegrityError, match="identifier"), transaction.atomic():
        row.save(force_insert=True)


# the record


def test_a_look_at_the_list_is_recorded_with_how_many_names_it_showed(alice: Member) -> None:
    folder_of(alice)
    alice.api.get("/api/v1/patients")
    (event,) = AuditEvent.objects.filter(event="patient:list")
    assert b'"listed":1' in bytes(event.canonical)
    assert b"Muster" not in bytes(event.canonical)


def test_a_folder_is_recorded_once_in_a_quarter_of_an_hour(alice: Member, anton: Member) -> None:
    patient = folder_of(alice)
    for _ in range(3):
        actions.open_patient_folder(by=alice.actor, patient_id=patient.patient_id)
    actions.open_patient_folder(by=anton.actor, patient_id=patient.patient_id)
    assert AuditEvent.objects.filter(event="patient:read").count() == 2
    PatientOpening.objects.update(opened_at=now() - timedelta(minutes=16))
    actions.open_patient_folder(by=alice.actor, patient_id=patient.patient_id)
    assert AuditEvent.objects.filter(event="patient:read").count() == 3


def test_without_the_audit_row_nothing_is_made_or_shown(
    alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = folder_of(alice)

    def away(*args: object, **keywords: object) -> None:
        raise RuntimeError("the log is away")

    monkeypatch.setattr("audit.actions.record", away)
    with pytest.raises(RuntimeError):
        folder_of(alice, identifier="4712")
    with pytest.raises(RuntimeError):
        actions.look_up_patients(by=alice.actor)
    with pytest.raises(RuntimeError):
        actions.open_patient_folder(by=alice.actor, patient_id=patient.patient_id)
    assert Patient.objects.count() == 1
    assert not PatientOpening.objects.exists()


def test_the_service_opens_no_folder(alice: Member) -> None:
    patient = folder_of(alice)
    with pytest.raises(NotFound):
        actions.open_patient_folder(by=SYSTEM, patient_id=patient.patient_id)


def test_the_list_takes_the_same_queries_for_two_patients_and_for_twenty(alice: Member) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            actions.look_up_patients(by=alice.actor)
        return len(captured)

    for number in range(2):
        folder_of(alice, identifier=str(number))
    few = queries()
    for number in range(2, 20):
        folder_of(alice, identifier=str(number))
    assert queries() == few <= 8
