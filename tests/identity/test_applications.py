"""An application goes from draft to verified by two operators; every other way is refused."""

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from identity import actions
from identity.actions import (
    approve_application,
    check_application,
    check_domain,
    create_membership,
    decline_application,
    state_evidence,
    submit_application,
    verify_organisation,
    withdraw_application,
)
from identity.models import Application, Organisation
from identity.states import Function
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id
from tests.identity.conftest import IK, state
from tests.identity.test_commands import run

OWN, OPERATOR = "/api/v1/administration/application", "/api/v1/operator/applications"


def recorded(organisation_id) -> list[str]:
    return list(
        AuditEvent.objects.filter(
            organisation_id=organisation_id, event__regex="^(domain|evidence|application|organisation):"
        )
        .order_by("at", "event_id")
        .values_list("event", flat=True)
    )


# the whole way


def test_from_the_domain_to_the_approval_over_the_api(application, sara, olga, otto):
    assert sara.api.get(OWN).json()["record_value"] == application.domain_token
    assert sara.api.post(f"{OWN}/check-domain").json()["domain_outcome"] == "proven"
    evidence = {"kind": "ik", "reference": "260326822", "note": "arge-ik.de"}
    put = sara.api.put(f"{OWN}/evidence", evidence, content_type="application/json")
    assert (put.status_code, put.json()["evidence_reference"]) == (200, "260326822")
    assert sara.api.post(f"{OWN}/submit").json()["state"] == "submitted"
    one = f"{OPERATOR}/{application.organisation_id}"
    assert [each["name"] for each in olga.api.get(OPERATOR).json()["waiting"]] == ["Hospital S"]
    assert olga.api.post(f"{one}/check", {"submission": 1, "note": "ok"}).json()["state"] == "checked"
    approved = otto.api.post(f"{one}/approve", {"submission": 1}).json()
    assert (approved["state"], approved["checked_by"], approved["decided_by"]) == (
        "approved", "Olga Olsen", "Otto Oster",
    )  # fmt: skip
    assert Organisation.objects.get(id=application.organisation_id).verified_at
    assert [each["name"] for each in olga.api.get(OPERATOR).json()["decided"]] == ["Hospital S"]
    assert recorded(application.organisation_id) == [
        "organisation:create", "domain:check", "evidence:state", "application:submit", "application:check",
        "domain:check", "application:approve", "organisation:verify",
    ]  # fmt: skip


def test_from_the_domain_to_the_approval_on_the_pages(application, sara, olga, otto):
    one = f"/operator/applications/{application.organisation_id}"
    assert application.domain_token.encode() in sara.client.get("/administration/domain/").content
    sara.client.post("/administration/domain/")
    sara.client.post("/administration/evidence/", {"kind": "ik", "reference": "260326822", "note": ""})
    sara.client.post("/administration/application/submit/")
    page = olga.client.get(f"{one}/").content.decode()
    assert "260326822" in page
    assert "The record is there" in page
    olga.client.post(f"{one}/check/", {"submission": 1, "note": "Looked it up."})
    assert "another person decides" in olga.client.get(f"{one}/").content.decode()
    assert "Looked it up." in otto.client.get(f"{one}/").content.decode()
    otto.client.post(f"{one}/approve/", {"submission": 1})
    assert Organisation.objects.get(id=application.organisation_id).verified_at


def test_from_the_domain_to_the_queue_by_commands(application, sara, olga):
    domain = "hospital-s.example"
    assert application.domain_token in run("organisation", "show", domain)
    assert "proven" in run("organisation", "check_domain", domain)
    run("organisation", "evidence", domain, "--kind", "ik", "--reference", "260326822")
    run("organisation", "submit", domain)
    run("organisation", "withdraw", domain)
    run("organisation", "submit", domain)
    assert Application.objects.get().submissions == 2
    run("organisation", "decline", domain, "--reason", "Wrong number")
    assert "Wrong number" in run("organisation", "show", domain)


# who may


def test_only_its_own_administrators_move_it(application, sara, adam, alice, olga):
    for other in (adam, alice, olga):
        which = {"by": other.actor, "organisation_id": application.organisation_id}
        for act in (submit_application, withdraw_application):
            with pytest.raises(NotFound):
                act(**which)
        with pytest.raises(NotFound):
            state_evidence(**which, **IK)
    for other in (adam, alice):
        with pytest.raises(NotFound):
            check_domain(by=other.actor, organisation_id=application.organisation_id)
    assert Application.objects.get(id=application.id).evidence_kind == ""


@pytest.mark.parametrize("who", ["sara", "adam", "alice", "nobody"])
def test_only_operators_check_approve_and_decline(submitted, sara, adam, alice, who):
    by = SYSTEM if who == "nobody" else {"sara": sara, "adam": adam, "alice": alice}[who].actor
    with pytest.raises(NotFound):
        check_application(by=by, **submitted, note="ok")
    with pytest.raises(NotFound):
        approve_application(by=by, **submitted)
    if who != "nobody":
        with pytest.raises(NotFound):
            decline_application(by=by, **submitted, reason="no")
    assert state(submitted) == "submitted"


def test_an_administrator_sees_none_of_the_operators_pages(submitted, sara, adam):
    one = f"/operator/applications/{submitted['organisation_id']}"
    unknown = f"/operator/applications/{new_id()}"
    for person in (sara, adam):
        for address in (
            "/operator/applications/",
            f"{one}/",
            f"/api/v1{one}",
            "/api/v1/operator/applications",
        ):
            assert person.client.get(address).status_code == 404
        for step in ("check", "approve", "decline", "check-domain", "link", "remove"):
            own = person.client.post(f"{one}/{step}/", {"submission": 1, "note": "x", "reason": "x"})
            other = person.client.post(f"{unknown}/{step}/", {"submission": 1, "note": "x", "reason": "x"})
            assert (own.status_code, other.status_code) == (404, 404)
    assert state(submitted) == "submitted"


def test_an_operator_who_belongs_to_the_hospital_does_not_decide_on_it(submitted, olga, otto, checked):
    create_membership(
        by=SYSTEM,
        person_id=otto.person.id,
        organisation_id=submitted["organisation_id"],
        function=Function.IT,
    )
    with pytest.raises(Conflict, match="belong to this"):
        approve_application(by=otto.actor, **checked)
    assert state(checked) == "checked"


def test_an_operator_administers_nobody(olga, otto, sara):
    assert olga.client.get("/administration/people/").status_code == 404
    assert olga.client.get("/administration/").status_code == 404
    assert olga.client.get("/audit/").status_code == 404
    with pytest.raises(NotFound):
        actions.invite_person(
            by=olga.actor, organisation_id=olga.organisation.id, email="third@platform.example",
            given_name="T", family_name="T", function=Function.IT, is_admin=True,
        )  # fmt: skip
    with pytest.raises(NotFound):
        actions.invite_operator(by=olga.actor, email="x@platform.example", given_name="T", family_name="T")
    with pytest.raises(NotFound):
        verify_organisation(by=olga.actor, organisation_id=sara.organisation.id)


# two people


def test_the_operator_who_has_checked_does_not_approve(checked, olga, otto):
    with pytest.raises(Conflict, match="another person decides"):
        approve_application(by=olga.actor, **checked)
    page = olga.client.post(
        f"/operator/applications/{checked['organisation_id']}/approve/", {"submission": 1}
    )
    assert (page.status_code, state(checked)) == (409, "checked")
    approve_application(by=otto.actor, **checked)
    assert state(checked) == "approved"


def test_nobody_approves_what_nobody_has_checked(submitted, olga):
    with pytest.raises(Conflict):
        approve_application(by=olga.actor, **submitted)


@pytest.mark.parametrize(
    "change",
    [
        lambda olga, otto: {"checked_by": olga, "decided_by": olga},
        lambda olga, otto: {"checked_by": None, "decided_by": otto},
        lambda olga, otto: {"checked_by": olga, "decided_by": None},
        lambda olga, otto: {"checked_by": olga, "decided_by": otto, "domain_proven_at": None},
    ],
    ids=["same person", "nobody checked", "nobody decided", "no domain"],
)
def test_the_database_itself_holds_that_two_people_approve(checked, olga, otto, change):
    rows = Application.objects.filter(organisation=checked["organisation_id"])
    made = {"state": "approved", "decided_at": now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**made | change(olga.person, otto.person))
    rows.update(**made | {"checked_by": olga.person, "decided_by": otto.person})


@pytest.mark.parametrize(
    "change",
    [
        {"state": "declined", "decline_reason": ""},
        {"state": "checked", "check_note": ""},
        {"state": "castle"},
    ],
)
def test_the_database_itself_holds_that_each_step_says_why(checked, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(**change)


def test_the_database_itself_keeps_one_operator_out_of_the_directory(platform, hospital_a):
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(id=platform.id).update(verified_at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(id=hospital_a.id).update(kind="operator", verified_at=None)
    with pytest.raises(Conflict):
        verify_organisation(by=SYSTEM, organisation_id=platform.id)
    with pytest.raises(Invalid):
        actions.create_operator_organisation(by=SYSTEM, domain="second.example")


def test_the_queue_costs_the_same_however_long_it_is(olga, submitted, django_assert_num_queries):
    from identity.access import queue
    from identity.actions import create_organisation
    from identity.states import OrganisationKind

    def measured() -> int:
        with django_assert_num_queries(4):
            found = queue(by=olga.actor)
        return len(found.waiting) + len(found.preparing)

    assert measured() == 1
    for number in range(3):
        create_organisation(
            by=SYSTEM, name="N", kind=OrganisationKind.CLINIC, domain=f"clinic-{number}.example"
        )
    assert measured() == 4
