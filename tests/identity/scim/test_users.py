"""Users over SCIM: made, changed, closed, opened again and removed, as Entra ID, Okta and Keycloak ask for it."""

import pytest
from django.core import mail
from django.urls import reverse

from audit.models import AuditEvent
from identity.actions import create_api_key, create_department, create_membership
from identity.models import ApiKey, Invitation, Membership, Person
from identity.scim.resources import ENTERPRISE, MEDICUS, USER
from identity.states import Function
from medicus.lib.actor import SYSTEM, Scope
from medicus.lib.clock import now
from tests.identity.scim.conftest import SCIM_TYPE, patch, person

pytestmark = pytest.mark.django_db

ENTRA = {
    "schemas": [USER, ENTERPRISE],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "Nora.Neu@hospital-a.example",
    "active": True,
    "addresses": [{"type": "work", "formatted": "Main Street 1", "primary": True}],
    "displayName": "Nora Neu",
    "emails": [{"type": "work", "value": "Nora.Neu@hospital-a.example", "primary": True}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Nora Neu", "familyName": "Neu", "givenName": "Nora"},
    "phoneNumbers": [{"type": "work", "value": "555-0100"}],
    "preferredLanguage": "de-DE",
    "title": "Oberärztin",
    ENTERPRISE: {"department": "Cardiology", "employeeNumber": "4711", "manager": {"value": "x"}},
}
KEYCLOAK = {
    "schemas": [USER],
    "externalId": "7b1f9a34",
    "userName": "nneu",
    "name": {"givenName": "Nora", "familyName": "Neu"},
    "emails": [{"value": "nora.neu@hospital-a.example", "primary": True}],
    "active": True,
}


@pytest.fixture
def cardiology(hospital_a):
    return create_department(by=SYSTEM, organisation_id=hospital_a.id, name="Cardiology")


def place_of(answer) -> Membership:
    return Membership.objects.select_related("person").get(id=answer["id"])


def events_of(keycloak) -> list[str]:
    rows = AuditEvent.objects.filter(organisation_id=keycloak.organisation.id)
    by_key = [
        row for row in rows.order_by("event_id") if str(keycloak.key.id).encode() in bytes(row.canonical)
    ]
    return [row.event for row in by_key]


def test_entra_makes_a_user_in_a_department(keycloak, cardiology):
    answer = keycloak.post("Users", ENTRA)
    assert (answer.status_code, answer["Content-Type"]) == (201, SCIM_TYPE)
    told = answer.json()
    assert (
        answer["Location"] == told["meta"]["location"] == f"http://localhost:8000/scim/v2/Users/{told['id']}"
    )
    membership = place_of(told)
    made = membership.person
    assert (made.email, made.name) == ("nora.neu@hospital-a.example", "Nora Neu")
    assert not made.has_usable_password()
    assert (membership.department, membership.function, membership.is_admin) == (
        cardiology, Function.ADMINISTRATION, False,
    )  # fmt: skip
    assert membership.external_id == ENTRA["externalId"]
    assert told[ENTERPRISE] == {"department": "Cardiology"}
    assert told["groups"][0]["value"] == str(cardiology.id)
    assert keycloak.get(f"Users/{told['id']}").json() == told
    assert {"person:create", "membership:create"} <= set(events_of(keycloak))


def test_keycloak_makes_a_user_whose_name_is_no_address(keycloak):
    told = keycloak.post("Users", KEYCLOAK).json()
    assert told["userName"] == "nneu"
    assert place_of(told).person.email == "nora.neu@hospital-a.example"
    found = keycloak.get("Users", filter='userName eq "NNEU"').json()
    assert [each["id"] for each in found["Resources"]] == [told["id"]]
    again = keycloak.post("Users", KEYCLOAK | {"emails": [{"value": "other@hospital-a.example"}]})
    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")
    assert not Person.objects.filter(email="other@hospital-a.example").exists()


def test_without_an_address_the_name_is_it(keycloak):
    told = keycloak.post(
        "Users", {name: value for name, value in person().items() if name != "emails"}
    ).json()
    assert told["emails"][0]["value"] == "nora.neu@hospital-a.example"
    refused = keycloak.post("Users", {name: v for name, v in KEYCLOAK.items() if name != "emails"})
    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")


def test_the_same_person_is_made_once(keycloak, made, alice):
    made()
    for name in ("nora.neu", "alice.ahrens"):
        again = keycloak.post("Users", person(name))
        assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness"), name


def test_an_address_must_lie_in_the_hospitals_domain(keycloak, made):
    other = [{"value": "nora@hospital-b.example"}]
    assert keycloak.post("Users", person(emails=other)).status_code == 400
    told = made()
    for operation in ({"op": "replace", "path": "emails", "value": other},):
        assert keycloak.patch(f"Users/{told['id']}", operation).status_code == 400
    assert Person.objects.get(memberships__id=told["id"]).email == "nora.neu@hospital-a.example"


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "path": "active", "value": False},
        {"op": "replace", "value": {"active": False}},
        {"op": "Replace", "value": {"active": "False"}},
        {"op": "add", "path": "active", "value": False},
    ],
)
def test_active_false_closes_at_once_and_true_opens_again(keycloak, alice, operation):
    place = f"Users/{alice.membership.id}"
    answer = keycloak.patch(place, operation)
    assert answer.status_code == 200
    assert answer.json()["active"] is False
    assert alice.api.get(reverse("identity:me")).status_code == 401
    assert Membership.objects.get(id=alice.membership.id).deactivated_at
    assert (
        keycloak.patch(place, {"op": "Replace", "path": "active", "value": "True"}).json()["active"] is True
    )
    told = [each for each in events_of(keycloak) if each in {"person:offboard", "membership:reactivate"}]
    assert told == ["person:offboard", "membership:reactivate"]


def test_entra_changes_many_things_at_once_and_what_is_not_kept_is_passed_over(keycloak, made, cardiology):
    told = made()
    answer = keycloak.patch(
        f"Users/{told['id']}",
        {"op": "Replace", "path": "displayName", "value": "Somebody"},
        {"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "555"},
        {"op": "Add", "path": 'addresses[type eq "work"].locality', "value": "Freiburg"},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "n.alt@hospital-a.example"},
        {"op": "Replace", "path": "name.familyName", "value": "Alt"},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "cardiology"},
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "somebody"},
        {"op": "Replace", "path": f"{MEDICUS}:function", "value": "nurse"},
        {"op": "Replace", "value": {"name.givenName": "Norah", "title": "x", "externalId": "e1"}},
    )
    assert answer.status_code == 200, answer.content
    membership = place_of(told)
    assert membership.person.name == "Norah Alt"
    assert membership.person.email == "n.alt@hospital-a.example"
    assert (membership.department, membership.function, membership.external_id) == (cardiology, "nurse", "e1")
    assert "person:change" in events_of(keycloak)
    only_passed_over = keycloak.patch(f"Users/{told['id']}", {"op": "add", "path": "nickName", "value": "N"})
    assert only_passed_over.status_code == 200


def test_a_patch_is_done_whole_or_not_at_all(keycloak, made):
    told = made()
    answer = keycloak.patch(
        f"Users/{told['id']}",
        {"op": "replace", "path": "name.familyName", "value": "Alt"},
        {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "Nowhere"},
    )
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert "Nowhere" in answer.json()["detail"]
    assert place_of(told).person.family_name == "Neu"


def test_put_replaces_and_keeps_what_the_client_does_not_know(keycloak, made, cardiology):
    told = made(**{ENTERPRISE: {"department": "Cardiology"}, MEDICUS: {"function": "physician"}})
    answer = keycloak.ask(
        "PUT", f"Users/{told['id']}", person(name={"givenName": "Norah", "familyName": "Neu"})
    )
    assert answer.status_code == 200
    membership = place_of(told)
    assert (membership.person.given_name, membership.function) == ("Norah", "physician")
    assert membership.department == cardiology
    removed = keycloak.patch(f"Users/{told['id']}", {"op": "remove", "path": f"{ENTERPRISE}:department"})
    assert ENTERPRISE not in removed.json()


def test_who_is_removed_is_closed_and_comes_back_to_the_same_place(keycloak, made):
    told = made()
    assert keycloak.ask("DELETE", f"Users/{told['id']}").status_code == 204
    for answer in (keycloak.get(f"Users/{told['id']}"), keycloak.ask("DELETE", f"Users/{told['id']}")):
        assert answer.status_code == 404
    assert keycloak.get("Users").json()["totalResults"] == 0
    assert place_of(told).deactivated_at
    again = keycloak.post("Users", person(**{MEDICUS: {"function": "nurse"}}))
    assert again.status_code == 201
    assert again.json()["id"] == told["id"]
    assert (again.json()["active"], place_of(told).function) == (True, "nurse")


def test_a_place_is_made_closed_where_the_directory_says_so(keycloak, made):
    assert place_of(made(active=False)).deactivated_at


def test_the_last_administrator_stays(keycloak, adam):
    place = f"Users/{adam.membership.id}"
    for answer in (
        keycloak.patch(place, {"op": "replace", "path": "active", "value": False}),
        keycloak.ask("DELETE", place),
    ):
        assert answer.status_code == 409
        assert "last administrator" in answer.json()["detail"]
    assert adam.api.get(reverse("identity:me")).status_code == 200


def test_the_account_of_somebody_who_works_elsewhere_too_is_not_changed(keycloak, alice, hospital_b):
    create_membership(
        by=SYSTEM, person_id=alice.person.id, organisation_id=hospital_b.id, function=Function.PHYSICIAN
    )
    place = f"Users/{alice.membership.id}"
    for path, value in (("name.familyName", "X"), ("emails", [{"value": "x@hospital-a.example"}])):
        refused = keycloak.patch(place, {"op": "replace", "path": path, "value": value})
        assert refused.status_code == 409
    # the place is the hospital's own
    changed = keycloak.patch(place, {"op": "replace", "path": f"{MEDICUS}:function", "value": "nurse"})
    assert changed.status_code == 200
    assert keycloak.patch(place, {"op": "replace", "path": "active", "value": False}).status_code == 200
    assert Membership.objects.get(person=alice.person, organisation=hospital_b).deactivated_at is None
    alice.person.refresh_from_db()
    assert (alice.person.family_name, alice.person.email) == ("Ahrens", "alice.ahrens@hospital-a.example")


def test_the_key_that_closes_the_place_of_its_maker_goes_on_and_their_others_end(keycloak, ada):
    ApiKey.objects.filter(id=keycloak.key.id).update(created_by=ada.person)
    other = create_api_key(
        by=ada.actor, organisation_id=ada.organisation.id, name="Other", scopes=[Scope.PEOPLE_READ]
    )
    place = f"Users/{ada.membership.id}"
    assert keycloak.patch(place, {"op": "replace", "path": "active", "value": False}).status_code == 200
    assert keycloak.get(place).json()["active"] is False
    assert ApiKey.objects.get(id=other.key.id).revoked_at


def test_a_place_past_its_last_day_is_not_active_and_not_opened(keycloak, alice):
    Membership.objects.filter(id=alice.membership.id).update(valid_until=now())
    place = f"Users/{alice.membership.id}"
    assert keycloak.get(place).json()["active"] is False
    opened = keycloak.patch(place, {"op": "replace", "path": "active", "value": True})
    assert opened.status_code == 409
    assert "last day" in opened.json()["detail"]


def test_who_comes_anew_gets_a_link_where_mail_is_set_up(
    keycloak, made, settings, django_capture_on_commit_callbacks
):
    told = made("otto.ohne")
    assert not Invitation.objects.exists()
    settings.EMAIL_HOST = "mail.hospital-a.example"
    with django_capture_on_commit_callbacks(execute=True):
        told = made("nora.neu")
        made("paula.pause", active=False)
    assert [letter.to for letter in mail.outbox] == [["nora.neu@hospital-a.example"]]
    keycloak.patch(
        f"Users/{told['id']}",
        {"op": "replace", "path": "emails", "value": [{"value": "n@hospital-a.example"}]},
    )
    # the link went to an address that is not theirs any more
    assert Invitation.objects.get().ended_at


def test_a_bad_request_says_what_is_wrong(keycloak, made):
    told = made()
    for answer, scim_type in (
        (keycloak.post("Users", []), "invalidSyntax"),
        (keycloak.post("Users", {"schemas": [USER]}), "invalidValue"),
        (keycloak.post("Users", person(**{MEDICUS: {"function": "patient"}})), "invalidValue"),
        (keycloak.patch(f"Users/{told['id']}", {"op": "eat", "path": "active"}), "invalidValue"),
        (keycloak.patch(f"Users/{told['id']}", {"op": "remove"}), "noTarget"),
        (
            keycloak.patch(f"Users/{told['id']}", {"op": "replace", "path": "no.such.path", "value": 1}),
            "invalidPath",
        ),
        (keycloak.ask("PATCH", f"Users/{told['id']}", patch() | {"Operations": None}), "invalidSyntax"),
        (keycloak.get("Users", count="many"), "invalidValue"),
    ):
        assert (answer.status_code, answer["Content-Type"]) == (400, SCIM_TYPE), answer.content
        assert answer.json()["scimType"] == scim_type, answer.content
        assert answer.json()["status"] == "400"
    broken = keycloak.client.generic("POST", "/scim/v2/Users", "{", SCIM_TYPE)
    assert broken.status_code == 400
