"""The history of a role, and rotas from calendars, through the API: as on the pages."""

import pytest

from rota.actions import check_calendar
from rota.models import RotaImport, Shift
from tests.rota.test_calendar import calendar, event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to("2026-03-02T07:00:00Z", tick=False)


def test_the_history_says_who_held_it_when_and_who_planned_that(role, alice, agnes, anton, bob, plan):
    shift = plan(alice, 1, 8)
    anton.api.delete(f"/api/v1/shifts/{shift.id}")
    told = agnes.api.get(f"/api/v1/roles/{role.id}/history").json()["history"]
    assert [(line["act"], line["whose"], line["by_name"]) for line in told] == [
        ("remove", "Alice Ahrens", "Anton Albrecht"),
        ("plan", "Alice Ahrens", "Anton Albrecht"),
    ]
    assert told[1]["starts_at"] == "2026-03-02T08:00:00Z"
    assert bob.api.get(f"/api/v1/roles/{role.id}/history").status_code == 404


def test_the_history_costs_the_same_queries_for_one_line_and_for_many(
    role, alice, agnes, plan, django_assert_num_queries
):
    plan(alice, 1, 2)
    address = f"/api/v1/roles/{role.id}/history"
    agnes.api.get(address)
    with django_assert_num_queries(7):
        agnes.api.get(address)
    for hour in range(2, 8):
        plan((alice, agnes)[hour % 2], hour, hour + 1)
    with django_assert_num_queries(7):
        assert len(agnes.api.get(address).json()["history"]) == 7


def test_a_calendar_is_read_planned_and_undone(role, anton):
    text = calendar(event(), event(end="")).decode()
    read = anton.api.post(f"/api/v1/roles/{role.id}/imports", {"calendar": text, "rank": 2})
    assert read.status_code == 201
    told = read.json()
    assert (told["state"], told["rank"], told["shifts"][0]["name"]) == ("checked", 2, "Alice Ahrens")
    assert [(fault["number"], "no end" in fault["reason"]) for fault in told["faults"]] == [(2, True)]
    assert not Shift.objects.exists()
    address = f"/api/v1/rota-imports/{told['id']}"
    assert anton.api.get(address).json() == told
    assert anton.api.post(f"{address}/start").json()["planned"] == 1
    assert Shift.objects.get().rank == 2
    assert anton.api.post(f"{address}/start").status_code == 409
    assert anton.api.post(f"{address}/undo").json()["state"] == "undone"
    assert Shift.objects.get().removed_at


@pytest.mark.parametrize("body", [{}, {"calendar": "hello"}, {"calendar": ""}, {"calendar": "x", "rank": 0}])
def test_what_is_no_calendar_is_refused(role, anton, body):
    assert anton.api.post(f"/api/v1/roles/{role.id}/imports", body).status_code == 400
    assert not RotaImport.objects.exists()


@pytest.mark.parametrize("who", ["alice", "bob", "berta"])
def test_who_plans_nothing_imports_nothing(who, request, role, anton):
    stranger = request.getfixturevalue(who)
    content = calendar(event())
    read = check_calendar(by=anton.actor, role_id=role.id, content=content)
    asked = {"calendar": content.decode()}
    assert stranger.api.post(f"/api/v1/roles/{role.id}/imports", asked).status_code == 404
    address = f"/api/v1/rota-imports/{read.id}"
    assert stranger.api.get(address).status_code == 404
    for act in ("start", "undo"):
        assert stranger.api.post(f"{address}/{act}").status_code == 404
    assert RotaImport.objects.get().state == "checked"
