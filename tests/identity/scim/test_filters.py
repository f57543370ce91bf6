"""Searching over SCIM: every operator, pages, limits, and a count of queries that does not grow."""

import time

import pytest
from django.contrib.auth.hashers import make_password

from identity.actions import create_department
from identity.models import Department, Membership, Person
from identity.scim.resources import ENTERPRISE, MEDICUS
from identity.states import Function
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(keycloak, made):
    create_department(by=SYSTEM, organisation_id=keycloak.organisation.id, name="Cardiology")
    made("nora.neu", externalId="E1", **{ENTERPRISE: {"department": "Cardiology"}})
    nurse = {"function": "nurse", "speciality": "nephrology", "telematikId": "1-20012345678"}
    several = {"subSpecialities": ["pain-therapy", "palliative-care"], "languages": ["tr", "de"]}
    made("otto.ohne", userName="OOhne", active=False, **{MEDICUS: nurse | several})
    made("paul.pech", name={"givenName": "Paul", "familyName": "Pech", "honorificPrefix": "Dr."})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('userName eq "NORA.NEU@hospital-a.example"', {"Neu"}),
        ('userName eq "oohne"', {"Ohne"}),
        ('userName eq "otto.ohne@hospital-a.example"', set()),
        ('userName ne "oohne"', {"Neu", "Pech"}),
        ('userName sw "oo" or userName co "paul"', {"Ohne", "Pech"}),
        ('name.familyName ew "H"', {"Pech"}),
        ('name.familyName gt "O"', {"Ohne", "Pech"}),
        ('externalId eq "E1"', {"Neu"}),
        ('externalId eq "e1"', set()),
        ("externalId pr", {"Neu"}),
        ("not (externalId pr)", {"Ohne", "Pech"}),
        ("name.honorificPrefix pr and active eq true", {"Pech"}),
        ("active eq false", {"Ohne"}),
        ('active ne false and (userName co "neu" or userName co "ohne")', {"Neu"}),
        ('emails eq "paul.pech@hospital-a.example"', {"Pech"}),
        ('emails[type eq "work" and value co "paul"]', {"Pech"}),
        ('emails[type eq "home" and value co "paul"]', set()),
        ('emails[type eq "work"].value eq "nora.neu@hospital-a.example"', {"Neu"}),
        (f'{ENTERPRISE}:department eq "cardiology"', {"Neu"}),
        (f'{MEDICUS}:function eq "nurse"', {"Ohne"}),
        (f'{MEDICUS}:speciality eq "nephrology"', {"Ohne"}),
        (f'{MEDICUS}:subSpecialities eq "pain-therapy"', {"Ohne"}),
        (f'{MEDICUS}:subSpecialities ne "pain-therapy"', {"Neu", "Pech"}),
        (f'{MEDICUS}:languages eq "TR" and {MEDICUS}:telematikId sw "1-2"', {"Ohne"}),
        (f'{MEDICUS}:languages eq "\' OR 1=1"', set()),
        (f"not ({MEDICUS}:languages pr)", {"Neu", "Pech"}),
        ("groups pr", {"Neu"}),
        ('id eq "no id"', set()),
        ('USERNAME SW "nora"', {"Neu"}),
        (r'userName eq "a\" or userName pr or userName eq \"b"', set()),
        ("name.familyName eq \"' OR 1=1 --\"", set()),
        ('name.familyName co "%"', set()),
    ],
)  # fmt: skip
def test_a_filter_finds(keycloak, three, text, names):
    found = keycloak.get("Users", filter=text).json()
    assert {each["name"]["familyName"] for each in found["Resources"]} == names
    assert found["totalResults"] == len(names)


@pytest.mark.parametrize(
    "bad",
    [
        "userName", "userName eq", "userName eq nora", 'userName like "x"', "(userName pr", 'password eq "x"',
        'no.such eq "x"', 'active gt "x"', 'id co "x"', "userName eq null", "meta.created pr", "is_admin eq true",
        'emails[type eq "work"', 'person__password sw "a"',
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_answered_is_refused(keycloak, three, bad):
    answer = keycloak.get("Users", filter=bad)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter"), answer.content


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 3000 + "userName pr" + ")" * 3000,
        "not (" * 40 + "userName pr" + ")" * 40,
        " and ".join(["userName pr"] * 60),
        'userName eq "' + "x" * 5000 + '"',
        "[" * 1000,
    ],
)
def test_a_filter_that_is_a_bomb_is_refused_quickly(keycloak, bomb):
    begun = time.process_time()
    answer = keycloak.post("Users/.search", {"filter": bomb})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")
    assert time.process_time() - begun < 1


def test_pages_follow_each_other(keycloak, three):
    pages = [keycloak.get("Users", startIndex=index, count=1).json() for index in (1, 2, 3, 4)]
    assert [page["totalResults"] for page in pages] == [3] * 4
    assert [page["itemsPerPage"] for page in pages] == [1, 1, 1, 0]
    names = [each["name"]["familyName"] for page in pages for each in page["Resources"]]
    assert names == ["Neu", "Ohne", "Pech"]
    assert keycloak.get("Users", count=0).json()["Resources"] == []
    assert keycloak.get("Users", startIndex=-5, count=-1).json()["itemsPerPage"] == 0
    assert keycloak.get("Users", startIndex=99999999999).json()["itemsPerPage"] == 0
    by_post = keycloak.post(
        "Users/.search", {"filter": "active eq true", "count": 1, "attributes": ["userName"]}
    )
    assert by_post.json()["totalResults"] == 2
    assert set(by_post.json()["Resources"][0]) == {"schemas", "id", "userName"}


def test_a_page_costs_six_queries_and_is_bounded_however_many_there_are(keycloak, django_assert_num_queries):
    many_people(keycloak.organisation, 1000)
    with django_assert_num_queries(
        6
    ):  # the key, its last use, the count, the page, sub-specialities, languages
        answer = keycloak.get("Users", count=100_000).json()
    assert (answer["totalResults"], answer["itemsPerPage"]) == (1000, 200)
    with django_assert_num_queries(4):  # the key, the count, the page, the members
        groups = keycloak.get("Groups").json()
    assert len(groups["Resources"][0]["members"]) == 1000
    with django_assert_num_queries(5):
        assert (
            keycloak.get("Users", filter='userName eq "p500@hospital-a.example"').json()["totalResults"] == 1
        )


def many_people(organisation, count: int) -> Department:
    """Make people without a password in one department, in a few statements."""
    password, at = make_password(None), now()
    department = create_department(by=SYSTEM, organisation_id=organisation.id, name="Everybody")
    people = [
        Person(
            id=new_id(), email=f"p{number}@{organisation.domain}", given_name="P", family_name=f"Probe{number}",
            search_name=f" p probe{number}", password=password, created_at=at,
        )
        for number in range(count)
    ]  # fmt: skip
    Person.objects.bulk_create(people, batch_size=500)
    places = [
        Membership(
            id=new_id(), person=person, organisation=organisation, department=department,
            function=Function.NURSE, valid_from=at,
        )
        for person in people
    ]  # fmt: skip
    Membership.objects.bulk_create(places, batch_size=500)
    return department
