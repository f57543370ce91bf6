"""Who holds a role: the rule, and the days on which a clock is set."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from identity.models import Membership, Person
from medicus.lib.clock import now
from medicus.lib.errors import Invalid
from rota.access import chain_at, duties, holder, own_duties
from rota.actions import Step, plan_shift, set_chain
from rota.duty import Turn, duty_at, gaps, spans, turn_at
from rota.models import Shift
from rota.states import Rank
from rota.times import instant, weekly
from tests.rota.conftest import HOUR

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
ROLE = uuid.uuid4()


def at(*local: int) -> dt.datetime:
    """The instant of a time of day in Germany."""
    return instant(dt.datetime(*local))  # noqa: DTZ001 (the zone is the service's)


def turn(name: str, begin: float, end: float, rank: int = Rank.HOLDER, **member) -> Turn:
    who = uuid.uuid5(ROLE, name)
    times = {"starts_at": START + begin * HOUR, "ends_at": START + end * HOUR}
    member = {"member_from": START - 99 * HOUR} | member
    return Turn(uuid.uuid4(), ROLE, who, who, name, rank, **times, **member)


class TestTheRule:
    def test_the_holder_goes_before_the_substitute_and_who_took_over_before_both(self):
        turns = [turn("S", 0, 9, Rank.SUBSTITUTE), turn("H", 0, 9), turn("T", 2, 3, Rank.TAKEN_OVER)]
        names = [turn_at(turns, START + hours * HOUR).name for hours in (0, 2, 2.9, 3, 8.9)]
        assert names == ["H", "T", "T", "H", "H"]

    def test_a_shift_holds_from_its_first_instant_until_before_its_last(self):
        turns = [turn("H", 0, 8), turn("K", 8, 9)]
        assert turn_at(turns, START).name == "H"
        assert turn_at(turns, START + 8 * HOUR).name == "K"
        assert turn_at(turns, START + 9 * HOUR) is None

    @pytest.mark.parametrize("end", ["member_until", "blocked_at"])
    def test_who_is_no_member_any_more_holds_nothing_and_the_substitute_does(self, end):
        turns = [turn("H", 0, 9, **{end: START + 4 * HOUR}), turn("S", 0, 9, Rank.SUBSTITUTE)]
        assert turn_at(turns, START + 3 * HOUR).name == "H"
        assert turn_at(turns, START + 4 * HOUR).name == "S"

    def test_two_shifts_of_one_person_in_a_row_are_one_time_on_duty(self):
        turns = [turn("H", 0, 8), turn("H", 8, 16), turn("K", 16, 20)]
        duty = duty_at(turns, START + HOUR)
        assert (duty.now.name, duty.now.until) == ("H", START + 16 * HOUR)
        assert (duty.next.name, duty.next.since) == ("K", START + 16 * HOUR)

    def test_after_a_take_over_the_one_before_is_the_next(self):
        turns = [turn("H", 0, 8), turn("T", 1, 2, Rank.TAKEN_OVER)]
        duty = duty_at(turns, START + 1.5 * HOUR)
        assert (duty.now.name, duty.now.until) == ("T", START + 2 * HOUR)
        assert (duty.next.name, duty.next.since) == ("H", START + 2 * HOUR)

    def test_gaps_are_what_nobody_holds(self):
        held = spans([turn("H", 1, 2), turn("K", 4, 5)], since=START, until=START + 6 * HOUR)
        hours = [((since - START) / HOUR, (until - START) / HOUR) for since, until in
                 gaps(held, since=START, until=START + 6 * HOUR)]  # fmt: skip
        assert hours == [(0, 1), (2, 4), (5, 6)]


class TestClocksThatAreSet:
    """Germany: 29 March 2026 has 23 hours, 25 October 25."""

    def test_a_night_shift_keeps_its_times_of_day_each_week(self):
        begin, end = at(2026, 3, 21, 20), at(2026, 3, 22, 8)
        lengths = [(until - since) / HOUR for since, until in weekly(begin, end, weeks=2)]
        assert lengths == [12, 11, 12]
        local = {timezone.localtime(since).hour for since, _ in weekly(begin, end, weeks=40)}
        assert local == {20}

    def test_a_night_in_autumn_is_an_hour_longer(self):
        begin, end = at(2026, 10, 24, 20), at(2026, 10, 25, 8)
        assert (end - begin) / HOUR == 13

    def test_a_time_that_the_clock_jumps_over_is_refused(self):
        with pytest.raises(Invalid, match="jumps"):
            at(2026, 3, 29, 2, 30)
        begin, end = at(2026, 3, 22, 2, 30), at(2026, 3, 22, 8)
        with pytest.raises(Invalid, match="jumps"):
            list(weekly(begin, end, weeks=1))

    def test_of_an_hour_that_comes_twice_the_first_is_meant(self):
        assert at(2026, 10, 25, 2, 30) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


class TestHolder:
    def test_the_planned_one_holds_it_and_the_substitute_steps_in(self, role, alice, agnes, plan):
        plan(alice, 0, 8)
        plan(agnes, 0, 8, Rank.SUBSTITUTE)
        assert holder(role=role, at=now() + HOUR).now.name == "Alice Ahrens"
        Membership.objects.filter(id=alice.membership.id).update(deactivated_at=now())
        assert holder(role=role, at=now() + HOUR).now.name == "Agnes Adler"
        Person.objects.filter(id=agnes.person.id).update(is_active=False)
        assert holder(role=role, at=now() + HOUR).now is None

    def test_where_nobody_is_on_duty_the_chain_offers_who_can_be_asked(self, role, adam, alice, agnes):
        steps = [Step(10, membership_id=alice.membership.id), Step(5, membership_id=agnes.membership.id)]
        set_chain(by=adam.actor, role_id=role.id, steps=steps)
        Membership.objects.filter(id=alice.membership.id).update(deactivated_at=now())
        found = holder(role=role, at=now())
        assert found.now is None
        assert [(link.after_minutes, link.name) for link in found.alternatives] == [(15, "Agnes Adler")]

    def test_many_roles_cost_one_query(self, role, alice, plan, django_assert_num_queries):
        plan(alice, 0, 8)
        with django_assert_num_queries(1):
            found = duties([role.id, uuid.uuid4()], at=now() + HOUR)
        assert found[role.id].now.name == "Alice Ahrens"

    def test_what_has_been_can_be_asked_later(self, role, alice, agnes, plan, time_machine):
        plan(alice, 0, 1)
        plan(agnes, 1, 2)
        began = now()
        time_machine.move_to(now() + dt.timedelta(hours=30))
        assert holder(role=role, at=began + HOUR / 2).now.name == "Alice Ahrens"
        assert holder(role=role, at=began + 1.5 * HOUR).now.name == "Agnes Adler"

    def test_a_person_sees_their_own_duties(self, role, alice, agnes, plan):
        plan(alice, 0, 8)
        assert [each.role_name for each in own_duties(by=alice.actor)] == ["Cardiology, on call"]
        assert own_duties(by=agnes.actor) == []
        assert "You are on duty now: Cardiology, on call" in alice.client.get("/").content.decode()
        assert "You are on duty" not in agnes.client.get("/").content.decode()

    def test_a_role_in_the_chain_stands_for_its_holder(self, role, adam, alice, agnes, anton, words, plan):
        from dataclasses import replace

        from rota.actions import create_role

        chief = create_role(
            by=adam.actor, organisation_id=adam.organisation.id, words=replace(words, name="Chief")
        )
        set_chain(by=adam.actor, role_id=role.id, steps=[Step(20, role_id=chief.id)])
        plan(alice, 0, 8)
        plan_shift(by=anton.actor, role_id=chief.id, membership_id=agnes.membership.id,
                   starts_at=now(), ends_at=now() + HOUR)  # fmt: skip
        links = chain_at(role=role, at=now())
        assert [(link.after_minutes, link.role_name, link.name) for link in links] == [
            (0, "Cardiology, on call", "Alice Ahrens"),
            (20, "Chief", "Agnes Adler"),
        ]
        assert Shift.objects.count() == 2
