"""The people of a hospital, as its administrator finds and changes them: pages, API and command."""

import datetime as dt

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from identity.access import Wanted, devices_of, directory, staff
from identity.actions import create_membership
from identity.models import Membership, Person
from identity.states import Function, StaffFilter
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from tests.cast import sign_in
from tests.conftest import member
from tests.identity.test_commands import run

DAY = dt.timedelta(days=1)


def page_of(who, name="person"):
    return reverse(f"identity:{name}", args=[who.membership.id])


def place(**changes):
    return {"function": "nurse", "department": "", "valid_from": "2026-01-01", "valid_until": ""} | changes


def names(by, **wanted):
    return [entry.name for entry in staff(by=by.actor, wanted=Wanted(**wanted)).results]


def events(of):
    return set(AuditEvent.objects.filter(organisation_id=of.id).values_list("event", flat=True))


def test_adam_finds_everybody_of_his_hospital_and_nobody_else(adam, alice, anton, bob):
    text = adam.client.get(reverse("identity:people")).content.decode()
    assert all(name in text for name in ("Alice Ahrens", "Anton Albrecht", "Adam Arnold"))
    assert "Becker" not in text
    assert names(adam, query="ahr") == ["Alice Ahrens"]
    assert names(adam, query=alice.person.email[:12]) == ["Alice Ahrens"]
    assert names(adam, function=Function.IT) == ["Adam Arnold"]
    assert names(adam, department_id=alice.membership.department_id) == ["Alice Ahrens"]
    assert names(adam, department_id=bob.membership.department_id) == []


def test_adam_filters_by_what_needs_his_attention(adam, dora, alice):
    Membership.objects.filter(id=alice.membership.id).update(valid_until=now() + 10 * DAY)
    assert names(adam, only=StaffFilter.EXPIRING) == ["Alice Ahrens"]
    assert names(adam, only=StaffFilter.NO_SECOND_FACTOR) == ["Alice Ahrens", "Adam Arnold"]
    assert names(adam, only=StaffFilter.INACTIVE) == []
    Membership.objects.filter(id=dora.membership.id).update(
        valid_from=now() - 2 * DAY, valid_until=now() - DAY
    )
    Membership.objects.filter(id=alice.membership.id).update(deactivated_at=now())
    assert names(adam, only=StaffFilter.INACTIVE) == ["Alice Ahrens", "Dora Dietz"]


@pytest.mark.parametrize("who", ["alice", "anton"])
def test_who_administers_nothing_reads_no_list(who, request):
    stranger = request.getfixturevalue(who)
    for name in ("people", "departments"):
        assert stranger.client.get(reverse(f"identity:{name}")).status_code == 404
    assert stranger.api.get("/api/v1/administration/people").status_code == 404
    with pytest.raises(NotFound):
        staff(by=stranger.actor, wanted=Wanted())


def test_a_patient_is_no_staff(adam, hospital_a):
    patient = member(hospital_a, "Paula", "Patient", Function.PATIENT)
    assert "Paula Patient" not in names(adam)
    assert adam.client.get(page_of(patient)).status_code == 404


def test_the_list_takes_the_same_queries_however_many(adam, hospital_a, django_assert_num_queries):
    adam.client.get(reverse("identity:people"))
    with django_assert_num_queries(6):
        adam.client.get(reverse("identity:people"))
    for number in range(60):
        person = Person.objects.create(
            email=f"p{number}@hospital-a.example",
            family_name=f"P{number}",
            search_name=f" p{number}",
            created_at=now(),
        )
        Membership.objects.create(
            person=person, organisation=hospital_a, function=Function.NURSE, valid_from=now()
        )
    with django_assert_num_queries(6):
        answer = adam.client.get(reverse("identity:people"), {"page": 2})
    assert "Page 2 of 2" in answer.content.decode()


def test_adam_changes_a_place_and_who_gets_a_role_signs_in_anew(adam, alice, anton, hospital_a):
    ward = anton.membership.department_id
    answer = adam.client.post(page_of(alice), place(department=ward, valid_until="2030-12-31"))
    assert answer.status_code == 302
    changed = Membership.objects.get(id=alice.membership.id)
    assert (changed.function, changed.department_id) == (Function.NURSE, ward)
    # the last day is included, in the time zone of the service
    assert changed.valid_until.isoformat() == "2030-12-31T23:00:00+00:00"
    assert "membership:change" in events(hospital_a)
    assert alice.client.get("/").status_code == 302
    assert "2030-12-31" in adam.client.get(page_of(alice)).content.decode()


def test_a_change_of_dates_alone_ends_no_session(adam, alice):
    same = place(function="physician", department=alice.membership.department_id, valid_until="2099-01-01")
    assert adam.client.post(page_of(alice), same).status_code == 302
    assert alice.client.get("/").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"function": "patient"},
        {"function": "surgeon"},
        {"valid_from": "2026-05-01", "valid_until": "2026-04-01"},
        {"valid_until": "tomorrow"},
    ],
)
def test_a_wrong_field_is_named_and_nothing_changes(adam, alice, wrong):
    answer = adam.client.post(page_of(alice), place(**wrong))
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert Membership.objects.get(id=alice.membership.id).function == Function.PHYSICIAN


def test_a_department_of_another_hospital_is_no_choice(adam, alice, bob):
    answer = adam.client.post(page_of(alice), place(department=bob.membership.department_id))
    assert answer.status_code == 400
    body = {"function": "nurse", "department_id": str(bob.membership.department_id), "is_admin": False}
    body |= {"valid_from": "2026-01-01T00:00:00Z", "valid_until": None}
    path = f"/api/v1/administration/people/{alice.membership.id}"
    assert adam.api.put(path, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("who", ["alice", "anton", "berta", "bob"])
def test_nobody_else_opens_or_changes_alice(who, request, alice):
    stranger = request.getfixturevalue(who)
    unknown = reverse("identity:person", args=[bob_s_unknown()])
    assert stranger.client.get(page_of(alice)).status_code == stranger.client.get(unknown).status_code == 404
    for name in ("person", "person-deactivate", "person-reactivate", "person-reset-second-factor"):
        assert stranger.client.post(page_of(alice, name), place()).status_code == 404
    assert Membership.objects.get(id=alice.membership.id).deactivated_at is None


def bob_s_unknown():
    return "01900000-0000-7000-8000-00000000dead"


def test_nobody_changes_their_own_place(adam):
    for name in ("person-deactivate", "person-reactivate"):
        assert adam.client.post(page_of(adam, name)).status_code == 409
    answer = adam.client.post(page_of(adam), place(function="it"))
    assert answer.status_code == 400
    assert "another administrator" in answer.content.decode()
    assert Membership.objects.get(id=adam.membership.id).is_admin


def test_who_is_deactivated_has_no_access_by_any_path_until_it_is_undone(
    adam, alice, bob, dora, hospital_a, device_of
):
    device_of(alice)
    assert adam.client.post(page_of(alice, "person-deactivate")).status_code == 302
    assert alice.client.get("/").status_code == 302
    assert alice.api.get("/api/v1/me").status_code == 401
    assert devices_of(by=bob.actor, person_ids=[alice.person.id]) == []
    assert "Alice Ahrens" not in [each.name for each in directory(by=bob.actor).results]
    assert adam.client.post(page_of(alice, "person-deactivate")).status_code == 409
    assert adam.client.post(page_of(alice, "person-reactivate")).status_code == 302
    assert sign_in(alice.membership).client.get("/").status_code == 200
    assert len(devices_of(by=bob.actor, person_ids=[alice.person.id])) == 1
    assert adam.client.post(page_of(alice, "person-reactivate")).status_code == 409
    assert {"membership:deactivate", "membership:reactivate"} <= events(hospital_a)


def test_a_deactivated_person_does_not_sign_in(adam, dora):
    assert adam.client.post(page_of(dora, "person-deactivate")).status_code == 302
    assert dora.give_password().status_code == 400


@pytest.mark.parametrize(
    "dates",
    [
        {"valid_from": now() + DAY, "valid_until": None},
        {"valid_from": now() - 2 * DAY, "valid_until": now() - DAY},
    ],
)
def test_dates_hold_in_every_path(alice, bob, dora, device_of, dates):
    device_of(alice)
    Membership.objects.filter(id__in=[alice.membership.id, dora.membership.id]).update(**dates)
    assert alice.client.get("/").status_code == 302
    assert alice.api.get("/api/v1/me").status_code == 401
    assert devices_of(by=bob.actor, person_ids=[alice.person.id]) == []
    assert "Alice Ahrens" not in [each.name for each in directory(by=bob.actor).results]
    assert dora.give_password().status_code == 400


def test_a_deactivation_here_leaves_the_place_elsewhere(adam, alice, hospital_b):
    other = create_membership(
        by=SYSTEM, person_id=alice.person.id, organisation_id=hospital_b.id, function=Function.PHYSICIAN
    )
    text = adam.client.get(page_of(alice)).content.decode()
    assert "Hospital B" in text
    assert "Reset the second factor" not in text
    adam.client.post(page_of(alice, "person-deactivate"))
    assert Membership.objects.get(id=other.id).deactivated_at is None
    assert Person.objects.get(id=alice.person.id).is_active


def test_adam_resets_a_second_factor_on_the_page(adam, dora):
    assert adam.client.post(page_of(dora, "person-reset-second-factor")).status_code == 302
    assert dora.give_password()["Location"] == "/enrol/"


def test_the_api_says_and_does_the_same(adam, alice):
    found = adam.api.get("/api/v1/administration/people?q=ahr").json()
    assert (found["total"], found["results"][0]["state"]) == (1, "active")
    path = f"/api/v1/administration/people/{alice.membership.id}"
    assert adam.api.post(f"{path}/deactivate").json()["state"] == "deactivated"
    assert adam.api.get(path).json()["state"] == "deactivated"
    assert adam.api.post(f"{path}/reactivate").json()["state"] == "active"
    body = {"function": "nurse", "department_id": None, "is_admin": True}
    body |= {"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-01-02T00:00:00Z"}
    changed = adam.api.put(path, body, content_type="application/json").json()
    assert (changed["function"], changed["is_admin"], changed["state"]) == ("nurse", True, "ended")
    assert adam.api.put(path, {}, content_type="application/json").status_code == 400


def test_the_operator_does_it_by_command(alice):
    words = (alice.person.email, "--organisation", alice.organisation.domain)
    assert "no access" in run("person", "deactivate", *words)
    assert Membership.objects.get(id=alice.membership.id).deactivated_at
    assert "access again" in run("person", "reactivate", *words)
    assert Membership.objects.get(id=alice.membership.id).deactivated_at is None
