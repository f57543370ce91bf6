"""What an identity management states for the directory: set, changed, cleared; the person's own word goes first."""

import pytest

from audit.models import AuditEvent
from identity.actions import set_own_languages
from identity.models import HeldSubSpeciality, Membership, Person, SpokenLanguage
from identity.scim.resources import MEDICUS
from medicus.lib.actor import Actor, Role
from tests.identity.scim.conftest import person

pytestmark = pytest.mark.django_db

STATED = {
    "function": "physician",
    "speciality": "nephrology",
    "subSpecialities": ["pain-therapy", "palliative-care"],
    "languages": ["de", "tr"],
    "telematikId": "1-20012345678",
}


@pytest.fixture
def nora(made):
    return made(**{MEDICUS: STATED})


def told(keycloak, nora):
    return keycloak.get(f"Users/{nora['id']}").json()[MEDICUS]


def events(name):
    return AuditEvent.objects.filter(event=name).count()


def test_they_are_announced_as_an_extension(keycloak):
    names = {each["name"] for each in keycloak.get(f"Schemas/{MEDICUS}").json()["attributes"]}
    assert names == {"function", "speciality", "subSpecialities", "languages", "telematikId"}
    (extension,) = [
        each
        for each in keycloak.get("ResourceTypes/User").json()["schemaExtensions"]
        if each["schema"] == MEDICUS
    ]
    assert extension["required"] is True


def test_they_are_made_with_the_user_and_shown_with_their_source(keycloak, nora, bob):
    assert nora[MEDICUS] == STATED == told(keycloak, nora)
    (found,) = bob.api.get("/api/v1/directory?q=neu").json()["results"]
    assert (found["stated_by_import"], found["languages_stated_by"]) == (True, "Hospital A")
    assert (events("directory:state"), events("languages:state")) == (1, 1)


def test_put_changes_what_is_sent_keeps_what_is_left_out_and_clears_what_is_empty(keycloak, nora):
    place = f"Users/{nora['id']}"
    answer = keycloak.ask("PUT", place, person(**{MEDICUS: {"languages": ["uk"], "subSpecialities": []}}))
    assert answer.status_code == 200, answer.content
    kept = {name: STATED[name] for name in ("function", "speciality", "telematikId")}
    assert answer.json()[MEDICUS] == kept | {"languages": ["uk"]}
    assert keycloak.ask("PUT", place, person()).json()[MEDICUS] == kept | {"languages": ["uk"]}
    assert events("directory:state") == 2, "the same again is no event"


@pytest.mark.parametrize(
    ("operation", "name", "value"),
    [
        ({"op": "add", "path": f"{MEDICUS}:languages", "value": ["uk"]}, "languages", ["de", "tr", "uk"]),
        ({"op": "Replace", "path": f"{MEDICUS}:languages", "value": ["uk"]}, "languages", ["uk"]),
        ({"op": "remove", "path": f"{MEDICUS}:languages"}, "languages", None),
        ({"op": "replace", "path": f"{MEDICUS}:speciality", "value": "cardiology"}, "speciality", "cardiology"),
        ({"op": "remove", "path": f"{MEDICUS}:speciality"}, "speciality", None),
        ({"op": "remove", "path": f"{MEDICUS}:telematikId"}, "telematikId", None),
        ({"op": "replace", "value": {f"{MEDICUS}:telematikId": "1-3"}}, "telematikId", "1-3"),
        ({"op": "replace", "value": {MEDICUS: {"telematikId": "1-3"}}}, "telematikId", "1-3"),
        (
            {"op": "replace", "path": f"{MEDICUS}:subSpecialities", "value": ["allergology"]},
            "subSpecialities",
            ["allergology"],
        ),
    ],
)  # fmt: skip
def test_patch_changes_one_and_leaves_the_others(keycloak, nora, operation, name, value):
    answer = keycloak.patch(f"Users/{nora['id']}", operation)
    assert answer.status_code == 200, answer.content
    expected = {key: each for key, each in (STATED | {name: value}).items() if each is not None}
    assert answer.json()[MEDICUS] == expected == told(keycloak, nora)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("speciality", "wizardry"),
        ("speciality", "none"),
        ("subSpecialities", ["cardiology"]),
        ("subSpecialities", "pain-therapy\0"),
        ("languages", ["klingon"]),
        ("languages", ["de"] * 3 + [f"x{number}" for number in range(20)]),
        ("languages", [{"value": "de"}]),
        ("telematikId", "12345"),
        ("telematikId", "1-" + "2" * 130),
        ("isAdmin", True),
    ],
)
def test_what_is_not_of_the_sets_is_refused_and_nothing_is_changed(keycloak, nora, name, value):
    answer = keycloak.ask("PUT", f"Users/{nora['id']}", person(**{MEDICUS: STATED | {name: value}}))
    assert answer.status_code == 400, answer.content
    assert keycloak.post("Users", person("otto.ohne", **{MEDICUS: {name: value}})).status_code == 400
    assert told(keycloak, nora) == STATED
    assert not Person.objects.filter(email="otto.ohne@hospital-a.example").exists()


def test_what_the_person_says_goes_first_from_then_on(keycloak, nora):
    place = Membership.objects.get(id=nora["id"])
    herself = Actor(place.person_id, place.organisation_id, None, frozenset({Role.CLINICIAN}))
    set_own_languages(by=herself, languages=["de", "tr"])
    assert Person.objects.get(id=place.person_id).languages_stated_by is None
    answer = keycloak.patch(
        f"Users/{nora['id']}", {"op": "replace", "path": f"{MEDICUS}:languages", "value": ["uk"]}
    )
    assert (answer.status_code, answer.json()[MEDICUS]["languages"]) == (200, ["de", "tr"])
    set_own_languages(by=herself, languages=[])
    keycloak.patch(f"Users/{nora['id']}", {"op": "replace", "path": f"{MEDICUS}:languages", "value": ["uk"]})
    assert not SpokenLanguage.objects.exists(), "who has taken everything back is not spoken for"


def test_languages_that_a_person_has_stated_before_there_was_a_day_for_it_are_their_own(keycloak, alice):
    SpokenLanguage.objects.create(person=alice.person, tag="de")
    place = f"Users/{alice.membership.id}"
    answer = keycloak.patch(place, {"op": "replace", "path": f"{MEDICUS}:languages", "value": ["uk"]})
    assert answer.json()[MEDICUS]["languages"] == ["de"]


def test_the_page_of_the_person_says_who_has_stated_the_languages(keycloak, alice):
    operation = {"op": "replace", "path": f"{MEDICUS}:languages", "value": ["uk"]}
    keycloak.patch(f"Users/{alice.membership.id}", operation)
    assert "Hospital A has imported this on" in alice.client.get("/account/languages/").content.decode()
    alice.client.post("/account/languages/", {"languages": ["uk"]})
    assert "has imported this" not in alice.client.get("/account/languages/").content.decode()


def test_a_hospital_states_nothing_of_people_of_another_one(foreign, nora):
    operation = {"op": "replace", "path": f"{MEDICUS}:speciality", "value": "cardiology"}
    assert foreign.patch(f"Users/{nora['id']}", operation).status_code == 404
    assert HeldSubSpeciality.objects.count() == 2


def test_an_administrators_own_statement_is_no_import(keycloak, nora, adam):
    stated = {"speciality": "cardiology", "sub_specialities": [], "telematik_id": ""}
    adam.api.put(f"/api/v1/administration/people/{nora['id']}/directory", stated, "application/json")
    assert Membership.objects.get(id=nora["id"]).stated_by_import is False
    assert told(keycloak, nora) == {
        "function": "physician",
        "speciality": "cardiology",
        "languages": ["de", "tr"],
    }
