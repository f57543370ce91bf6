"""The administrator's landing page: steps as the rows say them, and figures that are right and cheap."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity import plot
from identity.access import StepState, checklist, dashboard
from identity.actions import (
    approve_application,
    change_policies,
    check_application,
    check_domain,
    create_department,
    deactivate_membership,
    decline_application,
    invite_person,
    state_evidence,
    submit_application,
)
from identity.models import Application, Passkey, SignIn, TotpSecret
from identity.policies import PolicyName
from identity.states import Function, Speciality, Way
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id
from rota.actions import RoleWords, create_role
from tests.conftest import member
from tests.identity.conftest import IK


def states(by) -> dict[str, str]:
    return {step.key: step.state.value for step in checklist(by=by.actor)}


def passkey(person, name="Key"):
    Passkey.objects.create(
        id=new_id(), person=person, credential_id=new_id().bytes, public_key=b"key", sign_count=0, name=name, created_at=now(),
    )  # fmt: skip


# the steps


def test_each_step_follows_the_truth(application, sara, olga, otto, zone):
    which = {"organisation_id": application.organisation_id}
    assert states(sara) == {
        "register": "done", "domain": "next", "evidence": "next", "approval": "later",
        "second-factor": "open", "departments": "done", "people": "later", "roles": "open", "policies": "open", "live": "later",
    }  # fmt: skip
    check_domain(by=sara.actor, **which)
    state_evidence(by=sara.actor, **which, **IK)
    assert {key: states(sara)[key] for key in ("domain", "evidence", "approval", "people")} == {
        "domain": "done", "evidence": "done", "approval": "next", "people": "open",
    }  # fmt: skip
    submit_application(by=sara.actor, **which)
    assert states(sara)["approval"] == "waiting"
    decline_application(by=olga.actor, **which, submission=1, reason="Mend it.")
    assert (states(sara)["evidence"], states(sara)["approval"]) == ("next", "next")
    submit_application(by=sara.actor, **which)
    check_application(by=olga.actor, **which, submission=2, note="ok")
    assert states(sara)["approval"] == "waiting"
    approve_application(by=otto.actor, **which, submission=2)
    assert (states(sara)["approval"], states(sara)["live"]) == ("done", "next")
    member(sara.organisation, "Simon", "Seidel", Function.PHYSICIAN)
    passkey(sara.person)
    assert {key for key, state in states(sara).items() if state == "open"} == {"roles", "policies"}
    ours = {"by": sara.actor, "organisation_id": application.organisation_id}
    create_role(**ours, words=RoleWords(name="On call"))
    change_policies(**ours, values={PolicyName.IDLE_MINUTES: 20}, address="127.0.0.1")
    assert set(states(sara).values()) == {"done"}


def test_a_record_that_is_gone_opens_the_step_again(application, sara, zone):
    which = {"by": sara.actor, "organisation_id": application.organisation_id}
    check_domain(**which)
    zone.fails = True
    check_domain(**which)
    assert states(sara)["domain"] == "done"
    zone.fails = False
    zone.texts.clear()
    check_domain(**which)
    assert states(sara)["domain"] == "next"


def test_a_hospital_verified_on_the_machine_has_nothing_left_of_it(adam, alice):
    assert {states(adam)[key] for key in ("domain", "evidence", "approval")} == {"done"}
    assert states(adam)["live"] == "next", "a passkey is still missing"
    passkey(adam.person)
    assert states(adam)["live"] == "done"


def test_departments_and_people_are_counted_as_they_are(sara):
    sara.organisation.departments.update(closed_at=now())
    assert states(sara)["departments"] == "open"
    create_department(by=sara.actor, organisation_id=sara.organisation.id, name="Ward 1")
    assert states(sara)["departments"] == "done"
    simon = member(sara.organisation, "Simon", "Seidel", Function.PHYSICIAN, Speciality.CARDIOLOGY)
    assert states(sara)["people"] == "done"
    deactivate_membership(by=sara.actor, membership_id=simon.membership.id)
    assert states(sara)["people"] == "later"


def test_the_page_shows_the_steps_and_who_acts(sara):
    page = sara.client.get("/administration/").content.decode()
    assert 'href="/administration/domain/"' in page
    assert "Who acts: You" in page
    assert "2 of 10 done" in page
    assert page.count('<a href="/administration/" aria-current="page">') == 3, (
        "the two main navigations and that of the administration"
    )
    assert 'href=""' not in page
    steps = sara.api.get("/api/v1/administration/checklist").json()["steps"]
    assert [step["key"] for step in steps][:3] == ["register", "domain", "evidence"]
    assert StepState(steps[1]["state"]) == StepState.NEXT


@pytest.mark.parametrize("who", ["alice", "olga"])
def test_nobody_but_an_administrator_sees_it(who, request):
    person = request.getfixturevalue(who)
    for address in ("/administration/", "/api/v1/administration/checklist", "/api/v1/administration/figures"):
        assert person.client.get(address).status_code == 404
    for read in (checklist, dashboard):
        with pytest.raises(NotFound):
            read(by=person.actor)


# the figures


def test_the_figures_are_those_of_the_own_hospital(adam, alice, anton, bob, device_of):
    device_of(alice)
    device_of(bob)
    passkey(adam.person)
    passkey(adam.person, "Second")
    TotpSecret.objects.create(person=adam.person, sealed_secret=b"x", created_at=now(), confirmed_at=now())
    TotpSecret.objects.create(person=alice.person, sealed_secret=b"x", created_at=now(), confirmed_at=now())
    TotpSecret.objects.create(person=anton.person, sealed_secret=b"x", created_at=now())
    invite_person(
        by=adam.actor, organisation_id=adam.organisation.id, email="n@hospital-a.example", given_name="N",
        family_name="N", function=Function.NURSE,
    )  # fmt: skip
    seen = dashboard(by=adam.actor)
    assert (seen.people, seen.administrators, seen.devices) == (4, 1, 1)
    assert {share.key: (share.count, share.percent) for share in seen.factors} == {
        "passkey": (1, 25), "app": (1, 25), "none": (2, 50),
    }  # fmt: skip
    assert {item.key: item.count for item in seen.open_items} == {"invited": 1, "never": 4, "none": 2}
    told = adam.api.get("/api/v1/administration/figures").json()
    assert (told["people"], told["devices"], len(told["days"])) == (4, 1, 30)


def test_sign_ins_are_counted_by_the_day_of_the_service(adam, alice, bob):
    SignIn.objects.all().delete()
    noon = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    instants = (noon, noon - dt.timedelta(days=1), noon - dt.timedelta(days=29), noon - dt.timedelta(days=31))
    late = dt.datetime(2026, 11, 18, 23, 30, tzinfo=dt.UTC)  # half past midnight in Berlin
    with time_machine.travel(noon, tick=False):
        for at in (*instants, late, late):
            _signed_in(alice.person, at)
        _signed_in(bob.person, noon)
        SignIn.objects.create(id=new_id(), person=alice.person, at=noon, way=Way.PASSWORD, succeeded=False)
        seen = dashboard(by=adam.actor)
    by_day = {day.on.isoformat(): day.sign_ins for day in seen.days if day.sign_ins}
    assert by_day == {"2026-10-22": 1, "2026-11-19": 3, "2026-11-20": 1}
    assert (seen.sign_ins, seen.busiest.on.isoformat(), len(seen.days)) == (5, "2026-11-19", 30)


def _signed_in(person, at):
    SignIn.objects.create(id=new_id(), person=person, at=at, way=Way.TOTP, succeeded=True)


def test_the_plot_is_told_in_numbers_too(adam):
    page = adam.client.get("/administration/").content.decode()
    assert "1 in all; the most on one day were 1" in page
    assert page.count("<rect") == 30 + 3
    assert "style=" not in page
    assert '<td class="table__num">1</td>' in page
    assert timezone.localdate(now()).strftime("%d") in page


def test_where_nobody_has_signed_in_it_says_so(adam):
    SignIn.objects.all().delete()
    assert b"Nobody has signed in during this time." in adam.client.get("/administration/").content


def test_the_page_costs_the_same_however_many_people_there_are(adam):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            adam.client.get("/administration/")
        return len(captured)

    before = cost()
    for name in ("Ben", "Cleo", "Dirk"):
        made = member(adam.organisation, name, "Test", Function.NURSE)
        passkey(made.person)
    assert cost() == before
    assert before <= 17


def test_bars_are_whole_numbers_and_fill_the_plot():
    assert [bar.height for bar in plot.columns([0, 1, 200, 100])] == [0, 2, 100, 50]
    assert [bar.y for bar in plot.columns([0, 1, 200, 100])] == [100, 98, 0, 50]
    assert [bar.height for bar in plot.columns([0, 0])] == [0, 0]
    assert [(bar.x, bar.width) for bar in plot.parts([1, 1, 2], length=600)] == [
        (0, 150),
        (150, 150),
        (300, 300),
    ]
    assert sum(bar.width for bar in plot.parts([1, 1, 1], length=100)) == 100
    assert [bar.width for bar in plot.parts([0, 0], length=600)] == [0, 0]


def test_every_state_of_an_application_gives_a_checklist(application, sara):
    Application.objects.update(
        checked_by=sara.person, checked_at=now(), check_note="x", decline_reason="x", decided_at=now()
    )
    for state in ("draft", "submitted", "checked", "declined", "waived"):
        Application.objects.update(state=state)
        for address in (
            "/administration/",
            "/administration/domain/",
            "/administration/evidence/",
            "/administration/application/",
        ):
            assert sara.client.get(address).status_code == 200, (state, address)
