"""Planning: who may, what fits, what is refused, and what the database refuses by itself."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from audit.models import AuditEvent
from identity.access.offboarding import preview
from identity.actions import offboard
from identity.models import Membership
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id
from rota.access import history, week
from rota.actions import change_shift, plan_shift, remove_shift, restore_shift
from rota.models import DutyRecord, Shift
from rota.states import Rank
from rota.times import monday_of
from tests.rota.conftest import HOUR

pytestmark = pytest.mark.django_db


def body(who, begin: float = 0, end: float = 8, **more):
    at = now()
    times = {"starts_at": (at + begin * HOUR).isoformat(), "ends_at": (at + end * HOUR).isoformat()}
    return {"membership_id": str(who.membership.id)} | times | more


class TestWhoMayPlan:
    def address(self, role) -> str:
        return f"/api/v1/roles/{role.id}/shifts"

    def test_the_administrator_and_the_named_planner_may(self, role, adam, anton, alice, agnes):
        assert adam.api.post(self.address(role), body(alice)).status_code == 201
        assert anton.api.post(self.address(role), body(agnes, 8, 9)).status_code == 201

    @pytest.mark.parametrize("name", ["alice", "agnes", "bob", "berta"])
    def test_who_fills_it_and_other_hospitals_may_not(self, role, name, request, alice):
        who = request.getfixturevalue(name)
        assert who.api.post(self.address(role), body(alice)).status_code == 404
        assert Shift.objects.count() == 0

    def test_a_planner_of_one_role_plans_no_other(self, role, words, adam, anton, alice):
        from dataclasses import replace

        from rota.actions import create_role

        other = create_role(by=adam.actor, organisation_id=adam.organisation.id,
                            words=replace(words, name="Other", planners=[]))  # fmt: skip
        assert anton.api.post(self.address(other), body(alice)).status_code == 404

    def test_colleagues_read_the_rota_and_others_do_not(self, role, alice, anton, bob, plan):
        plan(alice, 0, 8)
        span = f"?since={now():%Y-%m-%dT%H:%M:%SZ}&until={now() + HOUR:%Y-%m-%dT%H:%M:%SZ}"
        assert [each["name"] for each in anton.api.get(self.address(role) + span).json()["shifts"]] == [
            "Alice Ahrens"
        ]
        assert bob.api.get(self.address(role) + span).status_code == 404


class TestWhatFits:
    def refused(self, role, anton, who, begin, end, **more) -> dict[str, str]:
        answer = anton.api.post(f"/api/v1/roles/{role.id}/shifts", body(who, begin, end, **more))
        assert answer.status_code == 400, answer.content
        return answer.json()["errors"]

    def test_two_of_one_rank_never_overlap_and_the_other_is_named(self, role, anton, alice, agnes, plan):
        plan(alice, 1, 8)
        assert "Alice Ahrens" in self.refused(role, anton, agnes, 7, 9)["starts_at"]
        assert "starts_at" in self.refused(role, anton, agnes, 0, 2)
        plan(agnes, 8, 9)
        plan(agnes, 1, 8, Rank.SUBSTITUTE)

    def test_only_who_may_fill_it_is_planned(self, role, anton, bob):
        assert "membership" in self.refused(role, anton, anton, 0, 8)
        assert "membership" in self.refused(role, anton, bob, 0, 8)

    def test_the_past_is_not_planned(self, role, anton, alice):
        assert "starts_at" in self.refused(role, anton, alice, -1, 8)

    def test_an_end_before_the_beginning_or_years_ahead_is_a_slip(self, role, anton, alice):
        assert "ends_at" in self.refused(role, anton, alice, 8, 1)
        assert "ends_at" in self.refused(role, anton, alice, 1, 24 * 40)
        assert "ends_at" in self.refused(role, anton, alice, 24 * 800, 24 * 800 + 1)

    def test_nobody_is_planned_beyond_their_last_day(self, role, anton, alice):
        ends = now() + 4 * HOUR
        Membership.objects.filter(id=alice.membership.id).update(valid_until=ends)
        assert "does not work here" in self.refused(role, anton, alice, 0, 8)["membership"]
        Membership.objects.filter(id=alice.membership.id).update(deactivated_at=now())
        assert "membership" in self.refused(role, anton, alice, 0, 2)

    def test_a_repetition_is_planned_as_a_whole_or_not_at_all(self, role, anton, alice, agnes, plan):
        plan(agnes, 24 * 14, 24 * 14 + 4)
        assert "Agnes" in self.refused(role, anton, alice, 1, 8, weeks=3)["starts_at"]
        assert Shift.objects.count() == 1
        made = plan_shift(by=anton.actor, role_id=role.id, membership_id=alice.membership.id,
                          starts_at=now() + 30 * HOUR, ends_at=now() + 32 * HOUR, weeks=3)  # fmt: skip
        assert len(made) == 4
        assert AuditEvent.objects.filter(event="shift:plan").count() == 5


class TestChangeAndDelete:
    def test_a_shift_ahead_changes_in_everything(self, role, anton, alice, agnes, plan):
        shift = plan(alice, 1, 8)
        answer = anton.api.put(
            f"/api/v1/shifts/{shift.id}", body(agnes, 2, 9), content_type="application/json"
        )
        assert (answer.status_code, answer.json()["membership_id"]) == (200, str(agnes.membership.id))
        assert (
            alice.api.put(
                f"/api/v1/shifts/{shift.id}", body(alice), content_type="application/json"
            ).status_code
            == 404
        )

    def test_of_one_that_has_begun_only_the_end_changes(self, anton, alice, agnes, plan, time_machine):
        shift = plan(alice, 0, 8)
        time_machine.move_to(now() + dt.timedelta(hours=1))
        with pytest.raises(Invalid, match="only its end"):
            change_shift(by=anton.actor, shift_id=shift.id, membership_id=agnes.membership.id,
                         starts_at=shift.starts_at, ends_at=shift.ends_at)  # fmt: skip
        changed = change_shift(by=anton.actor, shift_id=shift.id, membership_id=alice.membership.id,
                               starts_at=shift.starts_at, ends_at=now() + HOUR)  # fmt: skip
        assert changed.ends_at < shift.ends_at
        time_machine.move_to(now() + dt.timedelta(hours=2))
        with pytest.raises(Conflict, match="over"):
            remove_shift(by=anton.actor, shift_id=shift.id)

    def test_a_deleted_shift_comes_back_unless_its_time_is_taken(self, anton, alice, agnes, plan):
        shift = plan(alice, 1, 8)
        page = anton.client.post(f"/shifts/{shift.id}/remove/", follow=True).content.decode()
        assert "Bring the shift back" in page
        anton.client.post(f"/shifts/{shift.id}/restore/")
        shift.refresh_from_db()
        assert shift.removed_at is None
        remove_shift(by=anton.actor, shift_id=shift.id)
        plan(agnes, 2, 3)
        with pytest.raises(Conflict, match="overlaps"):
            restore_shift(by=anton.actor, shift_id=shift.id)
        with pytest.raises(NotFound):
            restore_shift(by=alice.actor, shift_id=shift.id)

    def test_deleting_a_running_shift_ends_it_now(self, role, anton, alice, plan, time_machine):
        shift = plan(alice, 0, 8)
        time_machine.move_to(now() + dt.timedelta(hours=1))
        ended = remove_shift(by=anton.actor, shift_id=shift.id)
        assert ended.removed_at is None
        assert ended.ends_at <= now()
        assert [change.act for change in history(by=anton.actor, role_id=role.id)] == ["remove", "plan"]


class TestLeaving:
    def test_who_is_offboarded_holds_nothing_from_then_on(self, role, adam, alice, agnes, plan, time_machine):
        running, ahead, _other = plan(alice, 0, 8), plan(alice, 24, 30), plan(agnes, 8, 9)
        time_machine.move_to(now() + dt.timedelta(hours=1), tick=False)
        effects = preview(by=adam.actor, membership_id=alice.membership.id).effects
        assert [one.count for one in effects if one.step == "end-shifts"] == [2]
        sheet = offboard(by=SYSTEM, membership_id=alice.membership.id)
        assert [step["count"] for step in sheet.steps if step["step"] == "end-shifts"] == [2]
        running.refresh_from_db()
        ahead.refresh_from_db()
        assert (running.ends_at, running.removed_at) == (now(), None)
        assert ahead.removed_at is not None
        assert AuditEvent.objects.filter(event="shift:cut").count() == 2


class TestTheDatabase:
    def test_it_refuses_an_overlap_that_no_action_has_checked(self, role, alice, plan):
        first = plan(alice, 1, 8)
        double = Shift(id=new_id(), role=role, membership=alice.membership, rank=first.rank,
                       starts_at=first.starts_at + HOUR, ends_at=first.ends_at)  # fmt: skip
        with pytest.raises(IntegrityError, match="shift_overlaps_no_other"), transaction.atomic():
            double.save(force_insert=True)
        double.rank = Rank.SUBSTITUTE
        double.save(force_insert=True)
        with pytest.raises(IntegrityError, match="shift_overlaps_no_other"), transaction.atomic():
            Shift.objects.filter(id=double.id).update(rank=first.rank)

    def test_it_refuses_to_change_the_history(self, role, alice, plan):
        plan(alice, 1, 8)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            DutyRecord.objects.update(reason="another")

    def test_a_change_that_fails_leaves_no_trace(self, role, anton, alice, agnes, plan):
        plan(alice, 1, 8)
        before = (AuditEvent.objects.count(), DutyRecord.objects.count())
        with pytest.raises(Invalid):
            plan_shift(by=anton.actor, role_id=role.id, membership_id=agnes.membership.id,
                       starts_at=now() + 2 * HOUR, ends_at=now() + 3 * HOUR)  # fmt: skip
        assert (AuditEvent.objects.count(), DutyRecord.objects.count()) == before


class TestPages:
    def test_the_week_shows_each_day_and_when_nobody_is_on_duty(self, role, anton, alice, plan):
        plan(alice, 7 * 24, 7 * 24 + 3)
        next_week = monday_of(timezone.localdate(now() + dt.timedelta(days=7)))
        page = anton.client.get(f"/roles/{role.id}/?week={next_week}").content.decode()
        assert "Alice Ahrens" in page
        assert "shift--gap" in page
        assert 'action="/roles/' in page

    def test_a_week_costs_the_same_however_many_shifts_there_are(
        self, role, anton, alice, plan, django_assert_num_queries
    ):
        monday = monday_of(dt.date(2030, 1, 9))
        plan(alice, 0, 1)
        with django_assert_num_queries(3):
            week(by=anton.actor, role_id=role.id, monday=monday)

    def test_a_form_plans_in_local_time_and_names_what_is_wrong(self, role, anton, alice):
        day = now() + dt.timedelta(days=3)
        form = {"membership": str(alice.membership.id), "rank": "1", "weeks": "1",
                "starts_at": f"{day:%Y-%m-%d}T20:00", "ends_at": f"{day + dt.timedelta(days=1):%Y-%m-%d}T08:00"}  # fmt: skip
        answer = anton.client.post(f"/roles/{role.id}/shifts/", form)
        assert answer.status_code == 302
        assert Shift.objects.count() == 2
        again = anton.client.post(f"/roles/{role.id}/shifts/", form)
        assert again.status_code == 400
        assert "overlaps with the shift of Alice Ahrens" in again.content.decode()
        nonsense = anton.client.post(f"/roles/{role.id}/shifts/", form | {"starts_at": "soon"})
        assert "Please enter a day and a time" in nonsense.content.decode()

    def test_who_may_only_look_finds_no_form(self, role, alice, plan):
        plan(alice, 0, 3)
        page = alice.client.get(f"/roles/{role.id}/").content.decode()
        assert "Plan a shift" not in page
        assert alice.client.get(f"/roles/{role.id}/shifts/").status_code == 404

    def test_the_history_names_who_planned_what_with_its_proof(self, role, anton, adam, alice, bob, plan):
        plan(alice, 0, 3)
        page = adam.client.get(f"/roles/{role.id}/history/").content.decode()
        assert "Alice Ahrens" in page
        assert "Anton Albrecht" in page
        event = DutyRecord.objects.get().event_id
        assert f"/audit/events/{event}/proof/" in page
        assert AuditEvent.objects.get(event_id=event).event == "shift:plan"
        assert bob.client.get(f"/roles/{role.id}/history/").status_code == 404

    def test_own_shifts_are_a_calendar(self, alice, agnes, plan):
        from icalendar import Calendar

        shift = plan(alice, 1, 8)
        answer = alice.client.get("/roles/own-shifts.ics")
        assert answer["Content-Type"].startswith("text/calendar")
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert event["DTSTART"].dt == shift.starts_at.replace(microsecond=0)
        assert Calendar.from_ical(agnes.client.get("/roles/own-shifts.ics").content).walk("VEVENT") == []


def test_only_the_service_ends_the_shifts_of_others(alice, adam):
    from rota.actions import end_shifts

    with pytest.raises(NotFound):
        end_shifts(by=adam.actor, membership_id=alice.membership.id, at=now())
    assert end_shifts(by=SYSTEM, membership_id=alice.membership.id, at=now()) == 0
