"""Groups over SCIM: the departments of the hospital, and who is in them."""

import pytest

from identity.models import Department, Membership
from identity.scim.resources import GROUP

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(keycloak):
    return keycloak.post("Groups", {"schemas": [GROUP], "displayName": "Ward 3", "externalId": "w3"}).json()


def department_of(member) -> str | None:
    found = Membership.objects.get(id=member["id"]).department_id
    return str(found) if found else None


def members(keycloak, group) -> set[str]:
    return {each["value"] for each in keycloak.get(f"Groups/{group['id']}").json().get("members", [])}


def test_a_group_is_a_department(keycloak, ward, adam):
    assert Department.objects.get(id=ward["id"]).name == "Ward 3"
    assert "Ward 3" in adam.client.get("/administration/departments/").content.decode()
    assert (
        keycloak.patch(
            f"Groups/{ward['id']}", {"op": "replace", "path": "displayName", "value": "Ward 7"}
        ).status_code
        == 204
    )
    assert (
        keycloak.patch(
            f"Groups/{ward['id']}", {"op": "Replace", "value": {"displayName": "Ward 8"}}
        ).status_code
        == 204
    )
    assert keycloak.get(f"Groups/{ward['id']}").json()["displayName"] == "Ward 8"
    again = keycloak.post("Groups", {"schemas": [GROUP], "displayName": "Ward 8"})
    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")


def test_entra_lets_people_enter_and_leave(keycloak, ward, made):
    nora, otto = made("nora.neu"), made("otto.ohne")
    place = f"Groups/{ward['id']}"
    entering = [{"value": nora["id"]}, {"value": otto["id"]}]
    assert keycloak.patch(place, {"op": "Add", "path": "members", "value": entering}).status_code == 204
    assert members(keycloak, ward) == {nora["id"], otto["id"]}
    # by a filter as the standard has it, and by a value as Entra ID sends it
    keycloak.patch(place, {"op": "remove", "path": f'members[value eq "{nora["id"]}"]'})
    keycloak.patch(place, {"op": "Remove", "path": "members", "value": [{"value": otto["id"]}]})
    assert members(keycloak, ward) == set()
    assert department_of(nora) is department_of(otto) is None


def test_who_enters_one_leaves_the_other(keycloak, ward, made):
    nora = made("nora.neu")
    other = keycloak.post(
        "Groups", {"schemas": [GROUP], "displayName": "Ward 4", "members": [{"value": nora["id"]}]}
    ).json()
    assert department_of(nora) == other["id"]
    keycloak.patch(f"Groups/{ward['id']}", {"op": "add", "path": "members", "value": [{"value": nora["id"]}]})
    assert department_of(nora) == ward["id"]
    # Entra ID tells the leaving afterwards: that is the old department's affair alone
    keycloak.patch(f"Groups/{other['id']}", {"op": "remove", "path": f'members[value eq "{nora["id"]}"]'})
    assert department_of(nora) == ward["id"]


def test_put_and_replace_mean_all_members(keycloak, ward, made):
    nora, otto, paul = made("nora.neu"), made("otto.ohne"), made("paul.pech")
    place = f"Groups/{ward['id']}"
    body = {
        "schemas": [GROUP],
        "displayName": "Ward 3",
        "members": [{"value": nora["id"]}, {"value": otto["id"]}],
    }
    assert keycloak.ask("PUT", place, body).status_code == 200
    assert members(keycloak, ward) == {nora["id"], otto["id"]}
    keycloak.patch(place, {"op": "replace", "path": "members", "value": [{"value": paul["id"]}]})
    assert members(keycloak, ward) == {paul["id"]}
    keycloak.patch(place, {"op": "remove", "path": "members"})
    assert members(keycloak, ward) == set()


def test_a_group_that_is_removed_is_a_closed_department_and_its_people_stay(keycloak, ward, made):
    nora = made("nora.neu")
    keycloak.patch(f"Groups/{ward['id']}", {"op": "add", "path": "members", "value": [{"value": nora["id"]}]})
    assert keycloak.ask("DELETE", f"Groups/{ward['id']}").status_code == 204
    assert keycloak.get(f"Groups/{ward['id']}").status_code == 404
    assert Department.objects.get(id=ward["id"]).closed_at
    assert keycloak.get(f"Users/{nora['id']}").json()["active"] is True
    assert department_of(nora) is None


def test_nobody_of_another_hospital_enters(keycloak, ward, bob, made):
    unknown = "01900000-0000-7000-8000-00000000dead"
    nora = made("nora.neu")
    for stranger in (str(bob.membership.id), unknown, "x"):
        entering = [{"value": nora["id"]}, {"value": stranger}]
        answer = keycloak.patch(f"Groups/{ward['id']}", {"op": "add", "path": "members", "value": entering})
        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert members(keycloak, ward) == set()
    bob.membership.refresh_from_db()
    assert bob.membership.department.organisation_id == bob.organisation.id


def test_members_are_left_out_where_the_client_does_without(keycloak, ward, made, django_assert_num_queries):
    nora = made("nora.neu")
    keycloak.patch(f"Groups/{ward['id']}", {"op": "add", "path": "members", "value": [{"value": nora["id"]}]})
    found = keycloak.get("Groups", excludedAttributes="members", filter='displayName eq "ward 3"').json()
    assert found["totalResults"] == 1
    assert "members" not in found["Resources"][0]
    with django_assert_num_queries(2):  # the key, the department
        keycloak.get(f"Groups/{ward['id']}", attributes="displayName")
    inside = keycloak.get("Groups", filter=f'id eq "{ward["id"]}" and members eq "{nora["id"]}"').json()
    assert inside["totalResults"] == 1
    assert keycloak.get("Groups", filter=f'members.value eq "{ward["id"]}"').json()["totalResults"] == 0
