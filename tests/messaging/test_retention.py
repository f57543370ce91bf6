"""Until when messages are kept, what becomes of them then, and what keeps single ones for the record."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from audit.events import Event
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id
from messaging import actions
from messaging.actions import expire_messages
from messaging.models import Entry, Group, Mark
from messaging.tasks import expire
from storage.models import StoredObject
from tests.messaging.ageing import START, Rows, attach, bodies, close, demand, events, retention, run, written
from tests.messaging.rooms import Room, make_room


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(START, tick=False):
        yield Rows()


@pytest.fixture
def case(alice, bob, equipped) -> Room:
    equipped(alice, bob)
    return make_room(alice, bob, kind="case")


@pytest.fixture
def talk(alice, bob, equipped) -> Room:
    equipped(alice, bob)
    return make_room(alice, bob)


class TestTalk:
    def test_each_message_expires_after_half_a_year_and_commits_stay(self, talk, alice, bob, clock):
        written(talk, alice)
        clock.shift(dt.timedelta(days=100))
        written(talk, bob)
        clock.shift(dt.timedelta(days=80, seconds=-1))
        assert (run(), bodies(talk)) == (0, [True, True])
        clock.shift(dt.timedelta(seconds=1))
        assert (run(), bodies(talk)) == (1, [False, True])
        assert all(bytes(row.body) for row in Entry.objects.filter(group=talk.id, kind="commit"))
        assert retention(talk, alice)["expired_seq"] == 2
        clock.shift(dt.timedelta(days=100))
        assert (run(), run(), bodies(talk)) == (1, 0, [False, False])

    def test_it_is_recorded_for_each_hospital_once(self, talk, alice, bob, clock):
        written(talk, alice)
        clock.shift(dt.timedelta(days=181))
        run()
        run()
        for organisation in (alice.organisation, bob.organisation):
            assert events(Event.MESSAGE_EXPIRE, organisation) == 1

    def test_the_longest_period_of_all_who_ever_took_part_holds(self, talk, alice, bob, clock):
        demand(alice.organisation, talk_days=30)
        assert retention(talk, alice)["days"] == 180
        demand(bob.organisation, talk_days=400)
        written(talk, bob)
        talk.remove(alice, bob)
        assert retention(talk, alice)["days"] == 400
        clock.shift(dt.timedelta(days=399))
        assert run() == 0
        clock.shift(dt.timedelta(days=1))
        assert run() == 1

    def test_a_shorter_period_holds_at_once_where_all_want_it(self, talk, alice, bob, clock):
        written(talk, alice)
        clock.shift(dt.timedelta(days=31))
        demand(alice.organisation, talk_days=30)
        assert run() == 0
        demand(bob.organisation, talk_days=30)
        assert run() == 1

    def test_readers_get_the_place_without_a_body_and_no_gap(self, talk, alice, bob, clock):
        kept = written(talk, alice)
        clock.shift(dt.timedelta(days=181))
        run()
        fresh = written(talk, alice)
        told = talk.entries(bob, since=1).json()
        gone, new = told["entries"]
        assert (gone["seq"], gone["id"], gone["body"], gone["expired"]) == (2, kept, "", True)
        assert (new["seq"], new["id"], "expired" in new) == (3, fresh, False)
        assert told["last_seq"] == 3

    def test_who_sends_an_expired_message_again_gets_the_first_answer(self, talk, alice, bob, clock):
        message = talk.message()
        first = alice.api.post(f"{talk.path}/messages", message).json()
        clock.shift(dt.timedelta(days=181))
        run()
        again = alice.api.post(f"{talk.path}/messages", message)
        assert (again.status_code, again.json()["seq"]) == (201, first["seq"])
        assert bob.api.post(f"{talk.path}/messages", message).status_code == 409

    def test_a_message_that_comes_while_others_expire_is_kept(self, talk, alice, bob, clock, monkeypatch):
        """Both take the lock of the group's row: whatever is written in between stands behind the watermark."""
        written(talk, alice)
        clock.shift(dt.timedelta(days=181))
        found = actions.retention._due_groups  # what is due is asked before the lock is taken
        sent = []

        def and_then_write(at):
            ids = list(found(at))
            sent.append(written(talk, bob))
            return ids

        monkeypatch.setattr(actions.retention, "_due_groups", and_then_write)
        assert (run(), bodies(talk)) == (1, [False, True])
        assert Group.objects.get(id=talk.id).expired_seq == 2

    def test_many_go_in_batches(self, talk, alice, clock, monkeypatch):
        for _each in range(5):
            written(talk, alice)
        monkeypatch.setattr(actions.retention, "EXPIRY_BATCH", 2)
        clock.shift(dt.timedelta(days=181))
        assert (run(), bodies(talk)) == (5, [False] * 5)

    def test_files_go_with_the_last_message_or_a_day_after_an_earlier_one(self, talk, alice, clock):
        old = attach(talk, alice)
        clock.shift(dt.timedelta(hours=2))
        written(talk, alice)
        clock.shift(dt.timedelta(days=2))
        young = attach(talk, alice)
        written(talk, alice)
        clock.shift(dt.timedelta(days=178))
        states = lambda: [StoredObject.objects.get(id=each.id).state for each in (old, young)]  # noqa: E731
        assert (run(), states()) == (1, ["clean", "clean"])
        clock.shift(dt.timedelta(days=3))
        assert (run(), states()) == (1, ["shredded", "shredded"])

    def test_only_the_service_lets_messages_expire_every_hour(self, talk, alice, clock):
        with pytest.raises(NotFound):
            expire_messages(by=alice.actor)
        written(talk, alice)
        clock.shift(dt.timedelta(days=181))
        expire()
        assert bodies(talk) == [False]

    def test_the_database_knows_no_empty_message_that_has_not_expired(self, talk, alice):
        written(talk, alice)
        for wrong in ({"body": b""}, {"expired_at": now()}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Entry.objects.filter(kind="application").update(**wrong)
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(kind="commit").update(body=b"", expired_at=now())


class TestCases:
    def test_an_open_case_keeps_all_a_closed_one_for_thirty_days(self, case, alice, bob, clock):
        written(case, alice)
        clock.shift(dt.timedelta(days=1000))
        assert (run(), retention(case, bob)["begins"]) == (0, "closed")
        written(case, bob)
        close(case, alice)
        assert retention(case, bob)["ends_at"] == (now() + dt.timedelta(days=30)).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
        clock.shift(dt.timedelta(days=30, seconds=-1))
        assert run() == 0
        clock.shift(dt.timedelta(seconds=1))
        assert (run(), bodies(case)) == (2, [False, False])

    def test_the_longer_period_of_two_hospitals_holds(self, case, alice, bob, clock):
        demand(alice.organisation, case_days=7)
        demand(bob.organisation, case_days=90)
        written(case, alice)
        close(case, alice)
        clock.shift(dt.timedelta(days=89))
        assert run() == 0
        clock.shift(dt.timedelta(days=1))
        assert run() == 1

    def test_opened_again_it_keeps_what_is_left(self, case, alice, clock):
        written(case, alice)
        close(case, alice)
        clock.shift(dt.timedelta(days=29))
        alice.api.post(f"{case.path}/case/reopen")
        clock.shift(dt.timedelta(days=300))
        assert (run(), bodies(case)) == (0, [True])


class TestMarks:
    def mark(self, member, room, message_id):
        return member.api.post(f"{room.path}/marks", {"message_id": message_id})

    def waive(self, member, room, message_id, reason="documented"):
        return member.api.post(f"{room.path}/marks/{message_id}/waive", {"reason": reason})

    def test_what_is_marked_stays_until_that_is_waived(self, case, alice, bob, clock):
        kept, _gone = written(case, alice), written(case, bob)
        assert self.mark(bob, case, kept).status_code == 200
        for member, own in ((alice, False), (bob, True)):
            assert member.api.get(case.path).json()["marks"] == [{"message_id": kept, "own": own}]
        close(case, alice)
        clock.shift(dt.timedelta(days=31))
        assert (run(), bodies(case)) == (1, [True, False])
        assert [each.get("expired", False) for each in case.entries(bob, since=1).json()["entries"]] == [
            False,
            True,
        ]
        assert self.waive(bob, case, kept).json()["marks"] == []
        assert (run(), run(), bodies(case)) == (1, 0, [False, False])
        assert (
            events(Event.MESSAGE_MARK, bob.organisation),
            events(Event.MESSAGE_WAIVE, bob.organisation),
        ) == (1, 1)

    def test_each_hospital_waives_only_its_own(self, case, alice, bob, clock):
        kept = written(case, alice)
        self.mark(alice, case, kept)
        self.mark(alice, case, kept)
        assert Mark.objects.count() == 1
        assert self.waive(bob, case, kept).status_code == 404
        self.mark(bob, case, kept)
        assert self.waive(alice, case, kept).status_code == 200
        assert self.waive(alice, case, kept).status_code == 404
        close(case, alice)
        clock.shift(dt.timedelta(days=31))
        assert (run(), bodies(case)) == (0, [True])
        assert self.waive(bob, case, kept, reason="forgotten").status_code == 400

    def test_not_by_strangers_not_elsewhere_not_too_late(self, case, alice, charlie, equipped, clock):
        equipped(charlie)
        kept = written(case, alice)
        assert self.mark(charlie, case, kept).status_code == 404
        assert self.mark(alice, case, str(new_id())).status_code == 404
        commit = Entry.objects.get(group=case.id, kind="commit")
        assert self.mark(alice, case, str(commit.message_id)).status_code == 404
        team = make_room(alice)
        assert self.mark(alice, team, written(team, alice)).status_code == 404
        close(case, alice)
        clock.shift(dt.timedelta(days=31))
        run()
        late = self.mark(alice, case, kept)
        assert (late.status_code, late.json()["code"]) == (409, "message-expired")

    def test_who_came_later_marks_nothing_from_before(self, case, alice, anton, equipped):
        equipped(anton)
        before = written(case, alice)
        case.add(alice, anton)
        after = written(case, alice)
        assert self.mark(anton, case, before).status_code == 404
        assert self.mark(anton, case, after).status_code == 200

    def test_a_marked_message_keeps_its_file(self, case, alice, clock):
        kept, gone = attach(case, alice), attach(case, alice)
        message = written(case, alice)
        alice.api.post(f"{case.path}/marks", {"message_id": message, "object_id": str(kept.id)})
        close(case, alice)
        clock.shift(dt.timedelta(days=31))
        run()
        assert [StoredObject.objects.get(id=each.id).state for each in (kept, gone)] == ["clean", "shredded"]
        self.waive(alice, case, message)
        run()
        assert StoredObject.objects.get(id=kept.id).state == "shredded"

    def test_the_database_holds_what_a_mark_is(self, case, alice):
        self.mark(alice, case, written(case, alice))
        for wrong in ({"state": "waived"}, {"reason": "mistake"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Mark.objects.update(**wrong)
