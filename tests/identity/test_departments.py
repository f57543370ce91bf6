"""Departments: added, renamed, closed when nobody is in them any more."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import AuditEvent
from identity.actions import close_department, create_department, create_membership, create_person
from identity.models import Department, Membership
from identity.states import Function
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

LIST = "/administration/departments/"
API = "/api/v1/administration/departments"


@pytest.fixture
def ward(adam):
    return create_department(by=SYSTEM, organisation_id=adam.organisation.id, name="Ward 3")


def at(name, department):
    return reverse(f"identity:{name}", args=[department.id])


def test_adam_adds_one_and_renames_it(adam, hospital_a):
    assert adam.client.post(LIST, {"name": "Ward 7", "speciality": "cardiology"}).status_code == 302
    made = Department.objects.get(name="Ward 7")
    assert (
        adam.client.post(at("department", made), {"name": "Ward 8", "speciality": "none"}).status_code == 302
    )
    made.refresh_from_db()
    assert (made.name, made.speciality) == ("Ward 8", "none")
    recorded = AuditEvent.objects.filter(organisation_id=hospital_a.id).values_list("event", flat=True)
    assert {"department:create", "department:change"} <= set(recorded)


def test_a_name_stands_once(adam, ward):
    for address in (LIST, at("department", adam.membership.department)):
        answer = adam.client.post(address, {"name": "Ward 3", "speciality": "none"})
        assert answer.status_code == 400
        assert "of this name already" in answer.content.decode()


def test_an_empty_one_is_closed_and_its_name_is_free_again(adam, ward):
    assert adam.client.post(at("department-close", ward)).status_code == 302
    ward.refresh_from_db()
    assert ward.closed_at
    assert "closed on" in adam.client.get(LIST).content.decode()
    for name in ("department", "department-close"):
        assert adam.client.post(at(name, ward), {"name": "x", "speciality": "none"}).status_code == 404
    assert adam.client.post(LIST, {"name": "Ward 3", "speciality": "none"}).status_code == 302
    assert AuditEvent.objects.filter(event="department:close").exists()


def test_one_with_people_is_not_closed_before_they_have_left(adam, alice):
    answer = adam.client.post(at("department-close", alice.membership.department))
    assert answer.status_code == 409
    assert "1 person is in this department" in answer.content.decode()
    Membership.objects.filter(id=alice.membership.id).update(valid_until=now())
    assert adam.client.post(at("department-close", alice.membership.department)).status_code == 302


def test_nobody_is_put_into_a_closed_one(adam, alice, ward):
    close_department(by=adam.actor, department_id=ward.id)
    place = {"function": "nurse", "department": str(ward.id), "valid_from": "2026-01-01"}
    address = reverse("identity:person", args=[alice.membership.id])
    assert adam.client.post(address, place).status_code == 400
    person = create_person(by=SYSTEM, email="n@hospital-a.example", given_name="N", family_name="N")
    with pytest.raises(NotFound):
        create_membership(
            by=adam.actor,
            person_id=person.id,
            organisation_id=adam.organisation.id,
            function=Function.NURSE,
            department_id=ward.id,
        )


@pytest.mark.parametrize("who", ["alice", "berta"])
def test_others_change_nothing(who, request, ward):
    stranger = request.getfixturevalue(who)
    form = {"name": "Mine", "speciality": "none"}
    assert stranger.client.get(at("department", ward)).status_code == 404
    for name in ("department", "department-close"):
        assert stranger.client.post(at(name, ward), form).status_code == 404
    ward.refresh_from_db()
    assert (ward.name, ward.closed_at) == ("Ward 3", None)


def test_the_api_does_the_same(adam, alice):
    made = adam.api.post(API, {"name": "Ward 9"}).json()
    changed = adam.api.put(f"{API}/{made['id']}", {"name": "Ward 10"}, content_type="application/json").json()
    assert changed["name"] == "Ward 10"
    assert adam.api.post(f"{API}/{made['id']}/close").json()["closed_at"]
    assert adam.api.post(API, {"name": ""}).status_code == 400
    assert alice.api.post(API, {"name": "Ward 9"}).status_code == 404
    rows = adam.api.get(API).json()["departments"]
    assert [row["name"] for row in rows][-1] == "Ward 10"
    assert {row["members"] for row in rows} == {0, 1}


def test_the_database_itself_keeps_names_of_open_ones_apart(ward):
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.create(organisation=ward.organisation, name="Ward 3", speciality="none")
