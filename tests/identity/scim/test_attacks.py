"""What a system must not do over SCIM: each is refused, nothing changes, and the log tells of it."""

from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from identity.models import ApiKey, Department, Membership, Person
from identity.scim.resources import GROUP, MEDICUS
from medicus.lib.actor import Scope
from medicus.lib.clock import now
from tests.identity.scim.conftest import SCIM_TYPE, System, patch, person
from tests.matrix.world import snapshot

pytestmark = pytest.mark.django_db

UNKNOWN = "01900000-0000-7000-8000-00000000dead"
LEFT_BY_A_REFUSAL = frozenset(
    {"audit.AuditEvent", "audit.AuditPerson", "audit.Unsequenced", "identity.ApiKey"}
)


def refused(keycloak) -> list[bytes]:
    rows = AuditEvent.objects.filter(event="scim:refuse", organisation_id=keycloak.organisation.id)
    return [bytes(row.canonical) for row in rows]


def every_way(kind: str, identifier: str) -> list[tuple[str, str, dict]]:
    body = person("x.y") if kind == "Users" else {"schemas": [GROUP], "displayName": "Taken over"}
    change = {"op": "replace", "path": "active" if kind == "Users" else "displayName", "value": False}
    place = f"{kind}/{identifier}"
    return [("GET", place, {}), ("PUT", place, body), ("PATCH", place, patch(change)), ("DELETE", place, {})]


@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_what_is_of_another_hospital_is_not_there(keycloak, foreign, bob, kind):
    theirs = bob.membership.id if kind == "Users" else bob.membership.department_id
    before = snapshot(but=LEFT_BY_A_REFUSAL)
    for known, unknown in zip(every_way(kind, str(theirs)), every_way(kind, UNKNOWN), strict=True):
        answers = [keycloak.ask(method, path, body or None) for method, path, body in (known, unknown)]
        assert {answer.status_code for answer in answers} == {404}, known
        assert answers[0].content == answers[1].content, known
    assert snapshot(but=LEFT_BY_A_REFUSAL) == before
    assert len(refused(keycloak)) == 8
    assert foreign.get(f"{kind}/{theirs}").status_code == 200


def test_a_search_finds_nothing_of_another_hospital(keycloak, bob, alice):
    everybody = {each["id"] for each in keycloak.get("Users").json()["Resources"]}
    assert everybody == {str(alice.membership.id)}
    for text in (
        f'userName eq "{bob.person.email}"',
        f'id eq "{bob.membership.id}"',
        "active eq true or active eq false",
    ):
        found = {each["id"] for each in keycloak.get("Users", filter=text).json()["Resources"]}
        assert found <= everybody, text
    theirs = bob.membership.department_id
    assert (
        keycloak.get("Groups", filter=f'id eq "{theirs}" or not (displayName eq "x")').json()["totalResults"]
        == 1
    )
    assert keycloak.get("Users", filter=f'groups eq "{theirs}"').json()["totalResults"] == 0


def test_nobody_learns_which_addresses_another_hospital_has(keycloak, bob):
    answers = []
    for address in (bob.person.email, "nobody@hospital-b.example"):
        answer = keycloak.post("Users", person(userName=address, emails=[{"value": address}]))
        answers.append((answer.status_code, answer.content))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400


@pytest.mark.parametrize(
    "extra",
    [
        {"is_admin": True}, {"isAdmin": True}, {"organisation": UNKNOWN}, {"organisation_id": UNKNOWN},
        {"password": "correct horse battery"}, {"roles": [{"value": "admin"}]}, {"entitlements": [{"value": "x"}]},
        {"person": {"is_admin": True}}, {"membership_id": UNKNOWN}, {"valid_until": None}, {"auth_version": 7},
        {"urn:ietf:params:scim:schemas:extension:other:2.0:User": {"is_admin": True}},
        {MEDICUS: {"function": "nurse", "is_admin": True}}, {MEDICUS: {"function": "operator"}},
        {"name": {"givenName": "A", "familyName": "B", "is_admin": True}},
    ],
)  # fmt: skip
def test_nothing_is_assigned_that_is_not_scims(keycloak, made, extra):
    told = made("otto.ohne")
    before = snapshot(but=LEFT_BY_A_REFUSAL)
    for answer in (
        keycloak.post("Users", person("x.y", **extra)),
        keycloak.ask("PUT", f"Users/{told['id']}", person("otto.ohne", **extra)),
        keycloak.patch(f"Users/{told['id']}", {"op": "replace", "value": extra}),
        *(
            keycloak.patch(f"Users/{told['id']}", {"op": "add", "path": name, "value": value})
            for name, value in extra.items()
        ),
    ):
        assert answer.status_code == 400, answer.content
    assert snapshot(but=LEFT_BY_A_REFUSAL) == before
    assert len(refused(keycloak)) == 4


def test_what_only_the_service_says_is_not_taken_from_outside(keycloak, made, alice):
    told = made("nora.neu", id=UNKNOWN, meta={"location": "https://evil.example"}, groups=[])
    assert told["id"] != UNKNOWN
    assert "evil" not in str(told)
    for path, value in (("id", UNKNOWN), ("meta.location", "x"), ("groups", [{"value": UNKNOWN}])):
        answer = keycloak.patch(f"Users/{told['id']}", {"op": "replace", "path": path, "value": value})
        assert (answer.status_code, answer.json()["scimType"]) == (400, "mutability"), path


def test_no_password_reaches_the_account_and_no_administrator_is_made(keycloak, made, alice):
    hashed = alice.person.password
    place = f"Users/{alice.membership.id}"
    keycloak.patch(place, {"op": "add", "path": "password", "value": "correct horse battery"})
    keycloak.patch(place, {"op": "replace", "value": {"roles": [{"value": "admin", "primary": True}]}})
    assert Person.objects.get(id=alice.person.id).password == hashed
    assert not Membership.objects.filter(is_admin=True).exists()


def test_only_a_key_for_scim_that_holds_comes_in(keycloak, adam, hospital_a):
    wrong = System(hospital_a, Scope.PEOPLE_READ, Scope.AUDIT_READ)
    assert wrong.get("Users").status_code == 404
    assert wrong.get("Users")["Content-Type"] == SCIM_TYPE
    assert adam.api.get("/scim/v2/Users").status_code == 401
    assert Client().get("/scim/v2/Users").json()["status"] == "401"
    assert Client().get(f"/scim/v2/Users?access_token={keycloak.token}").status_code == 400
    ApiKey.objects.filter(id=keycloak.key.id).update(revoked_at=now())
    for path in ("Users", "Groups", "Schemas", "ServiceProviderConfig"):
        assert keycloak.get(path).status_code == 401, path
    reasons = [bytes(row.canonical) for row in AuditEvent.objects.filter(event="api-key:refuse")]
    for reason in ("scope", "in-address", "revoked"):
        assert any(f'"reason":"{reason}"'.encode() in each for each in reasons), reason


def test_bodies_that_are_bombs_are_refused(keycloak, made):
    told = made()
    deep, long_one = "[" * 100_000, '{"a":"' + "x" * 1_000_001 + '"}'
    for content, status in ((deep, 400), (long_one, 413), ("\xff", 400), ("", 400)):
        answer = keycloak.client.generic("POST", "/scim/v2/Users", content, SCIM_TYPE)
        assert answer.status_code == status, content[:10]
        assert answer.json()["status"] == str(status)
    many = [{"op": "replace", "path": "active", "value": True}] * 201
    assert keycloak.patch(f"Users/{told['id']}", *many).status_code == 400
    path = "emails[" + " and ".join(['type eq "x"'] * 500) + "].value"
    assert keycloak.patch(f"Users/{told['id']}", {"op": "add", "path": path, "value": "x"}).status_code == 400
    removed = [{"value": str(number)} for number in range(501)]
    group = keycloak.post("Groups", {"schemas": [GROUP], "displayName": "W"}).json()
    answer = keycloak.patch(f"Groups/{group['id']}", {"op": "remove", "path": "members", "value": removed})
    assert answer.status_code == 400
    odd: list[Any] = [5, "x", [5], [{}], [{"op": 5, "path": 5, "value": [[]]}], {}]
    for place in (f"Users/{told['id']}", f"Groups/{group['id']}"):
        for operations in odd:
            answer = keycloak.ask("PATCH", place, patch() | {"Operations": operations})
            assert answer.status_code == 400, operations
    assert keycloak.post("Users/.search", {"count": 1e300, "startIndex": [], "filter": {}}).status_code == 400
    assert keycloak.post("Users", person(userName=" ")).status_code == 400
    wrong_type = keycloak.client.generic("POST", "/scim/v2/Users", "<a/>", "text/xml")
    assert wrong_type.status_code == 415


def test_texts_of_any_kind_are_texts(keycloak, made):
    told = made("nora.neu", name={"givenName": "=1+1", "familyName": "<b>'; DROP TABLE--"})
    assert told["name"]["familyName"] == "<b>'; DROP TABLE--"
    for value in ("a\0b", "x" * 300):
        answer = keycloak.patch(
            f"Users/{told['id']}", {"op": "replace", "path": "name.familyName", "value": value}
        )
        assert answer.status_code == 400
    assert keycloak.get("Users", filter='userName eq "\\u0000"').json()["totalResults"] == 0


def test_a_closed_department_is_not_there(keycloak, hospital_a):
    group = keycloak.post("Groups", {"schemas": [GROUP], "displayName": "W"}).json()
    Department.objects.filter(id=group["id"]).update(closed_at=now())
    assert keycloak.get(f"Groups/{group['id']}").status_code == 404
