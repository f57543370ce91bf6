"""Before somebody writes to a role: who is on duty, who is asked after that, where the gaps are, and who else there is."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity.states import Speciality
from medicus.lib.clock import now
from rota import actions
from rota.actions import RoleWords, Step
from rota.climbing import Given, asked_after, minutes_given
from tests.conftest import member
from tests.rota.conftest import HOUR


def ask(by, role, query=""):
    return by.api.get(f"/api/v1/roles/{role.id}/on-duty{query}")


def names(told):
    return [rung["name"] for rung in told["chain"]]


def open_role(adam, name, *fillers, **changes):
    words = RoleWords(name=name, fillers=[one.membership.id for one in fillers], **changes)
    return actions.create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)


def hold(adam, role, who):
    at = now()
    actions.plan_shift(
        by=adam.actor, role_id=role.id, membership_id=who.membership.id, starts_at=at, ends_at=at + 12 * HOUR
    )


@pytest.fixture
def devices(alice, agnes, anton):
    """Encrypted messages reach these three."""
    for one in (alice, agnes, anton):
        one.add_device()


@pytest.fixture
def chained(adam, role, agnes, anton, devices):
    """Alice's role asks Agnes after ten minutes, then the head, whom nobody fills, then Anton."""
    head = open_role(adam, "Head")
    steps = [
        Step(10, membership_id=agnes.membership.id),
        Step(20, role_id=head.id),
        Step(5, membership_id=anton.membership.id),
    ]
    return actions.set_chain(by=adam.actor, role_id=role.id, steps=steps)


class TestTheRule:
    @pytest.mark.parametrize(
        ("steps", "deadline", "asked"),
        [
            ([(0, False)], 15, [0]),
            ([(0, False), (10, False), (20, False)], 15, [0, 15, 30]),
            ([(0, False), (10, False), (20, False)], 30, [0, 30, 50]),
            ([(0, False), (10, False), (5, False), (60, False)], 15, [0, 15, 20, 35]),
            ([(0, True), (10, False), (20, False)], 15, [0, 0, 15]),
            ([(0, False), (10, True), (20, False)], 15, [0, 15, 15]),
        ],
    )
    def test_the_first_has_the_deadline_then_the_chain_says_and_gaps_cost_nothing(
        self, steps, deadline, asked
    ):
        given = minutes_given([Given(wait, gap) for wait, gap in steps], deadline_minutes=deadline)
        assert asked_after(given) == asked

    def test_an_empty_chain_asks_nobody(self):
        assert asked_after(minutes_given([], deadline_minutes=15)) == []


class TestColleagues:
    def test_they_see_who_holds_it_and_the_chain_with_its_gaps(self, chained, plan, alice, agnes, adam):
        plan(alice, 0, 8)
        told = ask(adam, chained).json()
        assert (told["told"], told["on_duty"]["name"], told["alternatives"]) == (True, "Alice Ahrens", [])
        assert names(told) == ["Alice Ahrens", "Agnes Adler", "", "Anton Albrecht"]
        assert [rung["gap"] for rung in told["chain"]] == [False, False, True, False]
        assert [rung["after_minutes"] for rung in told["chain"]] == [0, 15, 30, 30]
        assert [
            rung["after_minutes"] for rung in ask(adam, chained, "?deadline_minutes=30").json()["chain"]
        ] == [0, 30, 50, 50]
        assert told["chain"][1]["person_id"] == str(agnes.person.id)

    def test_who_asks_is_not_asked_and_nobody_twice(self, chained, plan, anton, agnes):
        plan(agnes, 0, 8)
        assert names(ask(anton, chained).json()) == ["Agnes Adler", ""]

    def test_nobody_on_duty_is_said_with_the_next_shift_and_who_else_could_be_asked(
        self, chained, plan, adam, alice, anton, hospital_a
    ):
        plan(alice, 5, 8)
        heart = member(hospital_a, "Carla", "Carus", speciality=Speciality.CARDIOLOGY)
        other = open_role(adam, "Emergency room", heart)
        hold(adam, other, heart)
        told = ask(anton, chained).json()
        assert told["on_duty"] is None
        assert told["chain"][0]["gap"] is True
        begins = dt.datetime.fromisoformat(told["next_at"])
        assert 4 * HOUR < begins - now() < 6 * HOUR
        assert [(each["name"], each["holder"]) for each in told["alternatives"]] == [
            ("Emergency room", "Carla Carus")
        ]

    def test_the_same_speciality_comes_first(self, adam, alice, agnes, anton, hospital_a):
        heart = alice.membership.department_id
        asked = open_role(adam, "Asked", department_id=heart)
        for name, who, department_id in (("A ward", agnes, None), ("Second on call", alice, heart)):
            hold(adam, open_role(adam, name, who, department_id=department_id), who)
        told = ask(anton, asked).json()["alternatives"]
        assert [(each["name"], each["same_speciality"]) for each in told] == [
            ("Second on call", alice.membership.department.speciality != ""),
            ("A ward", False),
        ]

    @pytest.mark.parametrize("minutes", ["4", "241", "soon"])
    def test_the_deadline_is_bounded(self, role, anton, minutes):
        assert ask(anton, role, f"?deadline_minutes={minutes}").status_code == 400

    def test_it_costs_the_same_however_long_the_chain_is(
        self, adam, role, plan, alice, agnes, anton, devices
    ):
        plan(alice, 0, 8)

        def cost():
            with CaptureQueriesContext(connection) as captured:
                assert ask(anton, role).status_code == 200
            return len(captured)

        before = cost()
        steps = [
            Step(10, membership_id=agnes.membership.id),
            Step(10, role_id=open_role(adam, "Head", anton).id),
        ]
        actions.set_chain(by=adam.actor, role_id=role.id, steps=steps)
        assert cost() == before <= 9


class TestOthers:
    def test_a_role_that_is_not_public_is_absent(self, role, bob):
        assert ask(bob, role).status_code == 404

    def test_one_that_names_nobody_says_so_and_names_nobody(self, adam, alice, bob):
        silent = open_role(adam, "Silent", alice, is_public=True)
        hold(adam, silent, alice)
        told = ask(bob, silent).json()
        assert (told["told"], told["on_duty"], told["next_at"], told["chain"]) == (False, None, None, [])

    def test_of_a_chain_they_see_what_they_find_in_the_directory(self, adam, alice, agnes, anton, bob):
        shown = {"is_public": True, "names_holder": True}
        asked = open_role(adam, "Asked", alice, **shown)
        open_, hidden = open_role(adam, "Open", agnes, **shown), open_role(adam, "Hidden", anton)
        for role, who in ((asked, alice), (open_, agnes), (hidden, anton)):
            hold(adam, role, who)
        steps = [
            Step(10, role_id=hidden.id),
            Step(10, membership_id=anton.membership.id),
            Step(10, role_id=open_.id),
        ]
        actions.set_chain(by=adam.actor, role_id=asked.id, steps=steps)
        assert names(ask(bob, asked).json()) == ["Alice Ahrens", "Agnes Adler"]

    def test_an_administrator_of_another_hospital_is_not_told(self, adam, alice, berta):
        asked = open_role(adam, "Asked", alice, is_public=True, names_holder=True)
        hold(adam, asked, alice)
        assert ask(berta, asked).json()["told"] is False

    def test_nobody_of_a_hospital_that_is_not_verified_finds_it(self, adam, alice, sara):
        asked = open_role(adam, "Asked", alice, is_public=True, names_holder=True)
        assert ask(sara, asked).status_code == 404
