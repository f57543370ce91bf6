"""The directory as FHIR R4: structurally valid, saying the same, and as closed as the page."""

import pytest
from django.test import Client
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.endpoint import Endpoint as FhirEndpoint
from fhir.resources.R4B.healthcareservice import HealthcareService
from fhir.resources.R4B.organization import Organization
from fhir.resources.R4B.practitioner import Practitioner
from fhir.resources.R4B.practitionerrole import PractitionerRole

from audit.models import AuditEvent
from identity.actions import (
    add_endpoint,
    create_api_key,
    set_own_languages,
    state_in_directory,
    state_organisation,
)
from identity.models import Organisation
from identity.states import ConnectionType, Function
from medicus.lib.actor import SYSTEM, Scope
from tests.conftest import member

BASE = "/api/v1/directory/fhir"
TELEMATIK_ID = "https://gematik.de/fhir/sid/telematik-id"
SHAPES = {
    "Organization": Organization,
    "HealthcareService": HealthcareService,
    "PractitionerRole": PractitionerRole,
    "Practitioner": Practitioner,
    "Endpoint": FhirEndpoint,
}


@pytest.fixture
def stated(adam, alice):
    state_organisation(by=adam.actor, telematik_id="5-2-260326822")
    add_endpoint(by=adam.actor, connection_type=ConnectionType.TIM, address="matrix:u/heart:a.example")
    add_endpoint(by=adam.actor, connection_type=ConnectionType.KIM, address="mailto:heart@a.example")
    state_in_directory(
        by=adam.actor,
        membership_id=alice.membership.id,
        speciality="",
        sub_specialities=["intensive-care"],
        telematik_id="1-20012345678",
    )
    set_own_languages(by=alice.actor, languages=["de", "tr"])


def search(client, kind, query=""):
    answer = client.get(f"{BASE}/{kind}?{query}")
    assert answer.status_code == 200, answer.content
    assert answer.headers["content-type"].startswith("application/fhir+json")
    bundle = answer.json()
    Bundle.model_validate(bundle)
    for entry in bundle.get("entry", []):
        SHAPES[kind].model_validate(entry["resource"])
    return bundle


def resources(bundle):
    return [entry["resource"] for entry in bundle.get("entry", [])]


@pytest.mark.parametrize("kind", SHAPES)
def test_each_resource_is_valid_and_can_be_read_by_its_id(charlie, stated, kind):
    for resource in resources(search(charlie.api, kind)):
        answer = charlie.api.get(f"{BASE}/{kind}/{resource['id']}")
        assert answer.status_code == 200
        assert answer.json() == resource


def test_a_practitioner_role_ties_a_person_to_a_hospital(charlie, alice, stated):
    [role] = resources(search(charlie.api, "PractitionerRole", "practitioner.name=ahr"))
    assert role["id"] == str(alice.membership.id)
    assert role["practitioner"] == {
        "reference": f"Practitioner/{alice.person.id}",
        "display": "Alice Ahrens",
    }
    assert role["organization"]["reference"] == f"Organization/{alice.organisation.id}"
    assert role["healthcareService"] == [{"reference": f"HealthcareService/{alice.membership.department_id}"}]
    codes = [coding["code"] for each in role["specialty"] for coding in each["coding"]]
    assert codes == ["cardiology", "intensive-care"]


def test_a_practitioner_has_a_telematik_id_and_languages(charlie, alice, stated):
    [person] = resources(search(charlie.api, "Practitioner", "communication=tr"))
    assert (person["name"][0]["family"], person["name"][0]["given"]) == ("Ahrens", ["Alice"])
    [identifier] = person["identifier"]
    assert (identifier["system"], identifier["value"]) == (TELEMATIK_ID, "1-20012345678")
    spoken = [each["coding"][0] for each in person["communication"]]
    assert [(each["system"], each["code"]) for each in spoken] == [
        ("urn:ietf:bcp:47", "de"),
        ("urn:ietf:bcp:47", "tr"),
    ]


def test_an_organisation_is_found_by_its_telematik_id_with_its_badge_and_addresses(charlie, alice, stated):
    [found] = resources(search(charlie.api, "Organization", f"identifier={TELEMATIK_ID}|5-2-260326822"))
    assert found["name"] == "Hospital A"
    told = {each["url"]: each for each in found["extension"][0]["extension"]}
    assert told["source"]["valueString"] == "by the operator of this service"
    endpoints = resources(search(charlie.api, "Endpoint", f"organization=Organization/{found['id']}"))
    assert {f"Endpoint/{each['id']}" for each in endpoints} == {
        each["reference"] for each in found["endpoint"]
    }
    assert {each["connectionType"]["code"] for each in endpoints} == {"kim", "tim"}


@pytest.mark.parametrize("code", ["cardiology", "internal-medicine", "intensive-care"])
def test_specialty_finds_branches_and_sub_specialities(charlie, alice, bob, stated, code):
    [role] = resources(search(charlie.api, "PractitionerRole", f"specialty={code}"))
    assert role["practitioner"]["display"] == "Alice Ahrens"


def test_parameters_combine_and_departments_are_services(charlie, alice, anton, stated):
    hospital = f"organization=Organization/{alice.organisation.id}"
    [service] = resources(search(charlie.api, "HealthcareService", f"{hospital}&specialty=cardiology"))
    assert service["name"] == "Cardiology"
    assert search(charlie.api, "HealthcareService", f"{hospital}&specialty=urology")["total"] == 0


def test_pages_lead_on(charlie, alice, anton, bob):
    first = search(charlie.api, "PractitionerRole", "_count=2")
    links = {each["relation"]: each["url"] for each in first["link"]}
    assert (first["total"], len(first["entry"])) == (4, 2)
    rest = charlie.api.get(links["next"]).json()
    assert "next" not in {each["relation"] for each in rest["link"]}
    ids = {each["id"] for each in resources(first) + resources(rest)}
    assert len(ids) == 4


@pytest.mark.parametrize(
    "query",
    [
        "nonsense=1",
        "_count=0",
        "_count=1000",
        "page=x",
        "organization=nonsense",
        "_id=1",
        "_include=x",
        "specialty=urology&specialty=cardiology",
    ],
)
def test_what_cannot_be_searched_is_refused_and_never_ignored(charlie, query):
    assert charlie.api.get(f"{BASE}/PractitionerRole?{query}").status_code == 400


def test_another_type_is_not_there(charlie, alice):
    assert charlie.api.get(f"{BASE}/Patient").status_code == 404
    assert charlie.api.get(f"{BASE}/Practitioner/{alice.membership.id}").status_code == 404


@pytest.mark.parametrize("kind", SHAPES)
def test_an_unverified_hospital_is_hidden_and_sees_only_itself(charlie, alice, stated, sara, kind):
    shown = {each["id"] for each in resources(search(charlie.api, kind))}
    own = {each["id"] for each in resources(search(sara.api, kind))}
    assert not shown & own
    for identifier in shown:
        assert sara.api.get(f"{BASE}/{kind}/{identifier}").status_code == 404
    Organisation.objects.filter(id=alice.organisation.id).update(verified_at=None)
    told = {each["id"] for each in resources(search(charlie.api, kind))}
    assert not any(
        str(each) in told for each in (alice.membership.id, alice.person.id, alice.organisation.id)
    )


def test_a_patient_finds_nobody(alice, hospital_a, stated):
    patient = member(hospital_a, "Paul", "Pohl", Function.PATIENT)
    for kind in SHAPES:
        assert patient.api.get(f"/api/v1/directory/fhir/{kind}").status_code == 404


def test_a_system_of_a_hospital_reads_it_by_its_key_and_every_search_is_an_event(alice, hospital_b, stated):
    key = create_api_key(by=SYSTEM, organisation_id=hospital_b.id, name="PIS", scopes=[Scope.DIRECTORY_READ])
    system = Client(headers={"authorization": f"Bearer {key.token}"})
    assert search(system, "PractitionerRole", "practitioner.name=ahrens")["total"] == 1
    event = AuditEvent.objects.get(event="directory:search")
    assert event.organisation_id == hospital_b.id
    assert b"ahrens" not in bytes(event.canonical).lower()
    wrong = create_api_key(by=SYSTEM, organisation_id=hospital_b.id, name="X", scopes=[Scope.PEOPLE_READ])
    refused = Client(headers={"authorization": f"Bearer {wrong.token}"})
    assert refused.get(f"{BASE}/PractitionerRole").status_code == 404


@pytest.mark.parametrize(
    ("kind", "queries"), [("PractitionerRole", 4), ("Practitioner", 6), ("Organization", 3)]
)
def test_the_number_of_queries_is_fixed(
    charlie, alice, anton, bob, stated, kind, queries, django_assert_num_queries
):
    from identity.access.fhir_directory import ResourceType, fhir_search

    with django_assert_num_queries(queries):
        fhir_search(by=charlie.actor, resource_type=ResourceType(kind), asked={})
