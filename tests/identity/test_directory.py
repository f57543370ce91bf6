"""Who is found in the directory, and by whom."""

import datetime as dt
import uuid

import pytest

from audit.models import AuditEvent
from identity.access import Sought, directory
from identity.actions import create_membership
from identity.models import Membership, Organisation, Person
from identity.names import search_form
from identity.states import Function, Speciality
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from tests.conftest import member

API = "/api/v1/directory"


def names(found) -> list[str]:
    return [entry.name for entry in found.results]


def test_bob_finds_alice_across_hospitals(bob, alice, device_of):
    answer = bob.api.get(f"{API}?q=ahr").json()
    verified_at = Organisation.objects.get(id=alice.organisation.id).verified_at
    assert answer == {
        "results": [
            {
                "membership_id": str(alice.membership.id),
                "person_id": str(alice.person.id),
                "name": "Alice Ahrens",
                "function": "Physician",
                "speciality": "Cardiology",
                "speciality_code": "cardiology",
                "sub_specialities": [],
                "stated_at": None,
                "stated_by_import": False,
                "languages": [],
                "languages_stated_by": "",
                "languages_stated_at": None,
                "department": "Cardiology",
                "organisation": {
                    "id": str(alice.organisation.id),
                    "name": "Hospital A",
                    "city": "Freiburg",
                    "verified_at": f"{verified_at:%Y-%m-%dT%H:%M:%S.%fZ}",
                    "verified_by": "by the operator of this service",
                },
                "reachable": False,
                "duties": [],
            }
        ],
        "total": 1,
        "page": 1,
        "pages": 1,
    }
    device_of(alice)
    assert bob.api.get(f"{API}?q=ahr").json()["results"][0]["reachable"] is True


def test_nobody_finds_themselves(alice, anton):
    assert names(directory(by=alice.actor)) == ["Anton Albrecht"]


def test_people_are_in_the_order_of_their_family_names(charlie, bob, alice, adam, hospital_a):
    member(hospital_a, "Anna", "Äcker")
    expected = ["Anna Äcker", "Alice Ahrens", "Adam Arnold", "Bob Becker"]
    assert names(directory(by=charlie.actor)) == expected


@pytest.mark.parametrize("query", ["müller", "MUELLER", "muller", "jürg mül", "müller jürgen"])
def test_umlauts_case_and_order_do_not_matter(alice, hospital_b, query):
    member(hospital_b, "Jürgen", "Müller")
    member(hospital_b, "Jürgen", "Schmidt")
    assert names(directory(by=alice.actor, sought=Sought(query=query))) == ["Jürgen Müller"]


@pytest.mark.parametrize("query", ["%", "_", "' OR 1=1 --", "\\"])
def test_patterns_of_databases_are_only_text(alice, bob, query):
    assert directory(by=alice.actor, sought=Sought(query=query + "zzz")).total == 0


def test_speciality_and_hospital_narrow_the_search(charlie, alice, bob, hospital_b):
    assert names(directory(by=charlie.actor, sought=Sought(speciality=Speciality.CARDIOLOGY))) == [
        "Alice Ahrens"
    ]
    assert names(directory(by=charlie.actor, sought=Sought(organisation_id=hospital_b.id))) == ["Bob Becker"]
    nobody = directory(
        by=charlie.actor, sought=Sought(speciality=Speciality.CARDIOLOGY, organisation_id=hospital_b.id)
    )
    assert names(nobody) == []


def test_an_unverified_hospital_is_not_seen_and_sees_only_itself(alice, charlie, hospital_c):
    Organisation.objects.filter(id=hospital_c.id).update(verified_at=None)
    member(hospital_c, "Carla", "Clemens")
    assert names(directory(by=alice.actor)) == []
    assert names(directory(by=charlie.actor)) == ["Carla Clemens"]
    page = charlie.client.get("/directory/").content.decode()
    assert "Not verified" in page


@pytest.mark.parametrize(
    "change",
    [
        {"valid_until": "now"},
        {"valid_from": "tomorrow"},
        {"function": Function.PATIENT},
    ],
)
def test_who_has_left_has_not_begun_or_is_a_patient_is_not_found(alice, bob, change):
    times = {"now": now(), "tomorrow": now() + dt.timedelta(days=1)}
    change = {field: times.get(value, value) for field, value in change.items()}
    Membership.objects.filter(id=bob.membership.id).update(**change)
    assert names(directory(by=alice.actor)) == []


def test_an_inactive_person_is_not_found(alice, bob):
    Person.objects.filter(id=bob.person.id).update(is_active=False)
    assert names(directory(by=alice.actor)) == []


def test_a_patient_finds_nobody(alice, hospital_a):
    patient = member(hospital_a, "Paul", "Pohl", Function.PATIENT)
    assert patient.api.get(API).status_code == 404
    assert names(directory(by=patient.actor)) == []
    assert names(directory(by=alice.actor)) == []


def test_somebody_with_two_hospitals_is_found_in_both_and_finds_neither_self(alice, bob, hospital_b):
    create_membership(
        by=SYSTEM, person_id=alice.person.id, organisation_id=hospital_b.id, function=Function.PHYSICIAN
    )
    assert names(directory(by=bob.actor)) == ["Alice Ahrens", "Alice Ahrens"]
    assert names(directory(by=alice.actor)) == ["Bob Becker"]


def test_a_stranger_finds_nobody(alice, client):
    from identity.access import STRANGER

    assert directory(by=STRANGER).total == 0
    assert client.get(API).status_code == 401


@pytest.fixture
def crowd(hospital_b):
    people = [
        Person(
            email=f"p{number}@x.example",
            given_name="P",
            family_name=f"N{number:03}",
            search_name=search_form(f"N{number:03}", "P"),
            created_at=now(),
        )
        for number in range(60)
    ]
    Person.objects.bulk_create(people)
    Membership.objects.bulk_create(
        Membership(person=person, organisation=hospital_b, function=Function.NURSE, valid_from=now())
        for person in people
    )


def test_results_come_in_pages(alice, crowd):
    first = directory(by=alice.actor)
    assert (len(first.results), first.total, first.page, first.pages) == (25, 60, 1, 3)
    last = directory(by=alice.actor, page=3)
    assert (len(last.results), last.results[-1].name) == (10, "P N059")
    assert directory(by=alice.actor, page=99).page == 3


def test_the_number_of_queries_does_not_grow_with_the_people(alice, crowd, django_assert_num_queries):
    with django_assert_num_queries(
        7
    ):  # own organisation, count, ids of the page, the page; who is on duty: two; what they have stated
        directory(by=alice.actor, sought=Sought(query="n0"))


def test_the_page_works_without_a_script(alice, crowd):
    page = alice.client.get("/directory/?q=n0&page=2")
    text = page.content.decode()
    assert "P N025" in text
    assert "Page 2 of 3" in text
    assert 'href="?q=n0&amp;page=3"' in text
    assert "Verified" in text


def test_a_conversation_starts_from_the_list_with_who_can_be_reached(alice, bob, berta, device_of):
    device_of(bob)
    page = alice.client.get("/directory/").content.decode()
    assert f"/conversations/new/?person={bob.person.id}" in page
    assert str(berta.person.id) not in page


def test_an_empty_result_says_what_to_do(alice):
    assert "Nobody is here yet" in alice.client.get("/directory/").content.decode()
    page = alice.client.get("/directory/?q=zzz").content.decode()
    assert "Nobody was found" in page
    assert "Show everybody" in page


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=x", "speciality=nonsense", "organisation=nonsense", f"organisation={uuid.UUID(int=1)}"],
)
def test_what_a_browser_could_not_have_sent(alice, bob, query):
    assert alice.client.get(f"/directory/?{query}").status_code == 200
    assert alice.api.get(f"{API}?{query}").status_code in (200, 400)


def test_names_are_text_and_never_markup(alice, hospital_b):
    member(hospital_b, "<b>Eve</b>", "<script>alert(1)</script>")
    page = alice.client.get("/directory/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_search_is_recorded_without_what_was_searched(alice, bob):
    alice.api.get(f"{API}?q=becker")
    event = AuditEvent.objects.get(event="directory:search")
    assert b"becker" not in bytes(event.canonical).lower()
    assert event.organisation_id == alice.organisation.id


@pytest.mark.parametrize("words", ["hospital b", "HOSP B", "freib hospital b"])
def test_a_hospital_is_found_by_the_beginnings_of_its_name_and_city(charlie, alice, bob, words):
    assert names(directory(by=charlie.actor, sought=Sought(hospital=words))) == ["Bob Becker"]
    assert charlie.api.get(f"{API}?hospital={words}").json()["total"] == 1
    assert names(directory(by=charlie.actor, sought=Sought(hospital="worms"))) == []


def test_a_hospital_that_one_may_not_see_has_no_name(alice, bob, hospital_c):
    Organisation.objects.filter(id=hospital_c.id).update(verified_at=None)
    page = alice.client.get(f"/directory/?organisation={hospital_c.id}").content.decode()
    assert "Hospital C" not in page
    assert "Unknown organisation" in page
    assert (
        "Hospital B" in alice.client.get(f"/directory/?organisation={bob.organisation.id}").content.decode()
    )
