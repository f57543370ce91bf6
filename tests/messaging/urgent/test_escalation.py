"""Without an acknowledgement an urgent message climbs its chain; one acknowledgement stops it."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import NotFound
from messaging import actions, news
from messaging.actions import climbing
from messaging.models_urgent import UrgentLine, UrgentMessage
from messaging.states_urgent import URGENT_TRANSITIONS
from messaging.tasks import escalate as escalate_task
from messaging.tasks import notify as notify_task
from tests.messaging.urgent.conftest import code, escalate, message_in, urgent_message


@pytest.fixture
def message(room, anton, role):
    return urgent_message(room, anton, role)


@pytest.fixture
def letters(settings):
    settings.EMAIL_HOST = "mail.example"
    return mail.outbox


@pytest.fixture
def told(monkeypatch):
    """The news of urgent messages, once committed."""
    heard = []
    listener = lambda told: heard.extend(told.urgent.items())  # noqa: E731
    news.listen(listener)
    yield heard
    news.forget(listener)


def events(event):
    return AuditEvent.objects.filter(event=event).count()


class TestClimbing:
    def test_not_before_its_deadline(self, message):
        assert escalate() == 0
        assert message.row.step == 0

    def test_one_step_at_a_time_until_nobody_is_left(self, message, anton, alice, agnes, hugo):
        states = []
        for _ in range(4):
            message.let_time_pass()
            states.append((escalate(), message.row.state, message.row.step))
        assert states == [(1, "escalated", 1), (1, "escalated", 2), (1, "exhausted", 2), (0, "exhausted", 2)]
        assert message.lines()[1:] == [
            ("told", 0), ("escalated", 1), ("told", 1), ("escalated", 2), ("told", 2), ("exhausted", 2),
        ]  # fmt: skip
        people = UrgentLine.objects.filter(act="told").order_by("number").values_list("person", flat=True)
        assert list(people) == [alice.person.id, agnes.person.id, hugo.person.id]
        assert (events(Event.URGENT_START), events(Event.URGENT_ESCALATE), events(Event.URGENT_EXHAUST)) == (
            1,
            2,
            1,
        )

    def test_each_is_given_what_the_chain_says_and_at_most_the_deadline(self, room, anton, role):
        message = urgent_message(room, anton, role, deadline_minutes=30)
        waits = []
        for _ in range(3):
            row = message.row
            lines = UrgentLine.objects.filter(urgent=row).order_by("-number")
            waits.append(round((row.due_at - lines[0].at).total_seconds() / 60))
            message.let_time_pass()
            escalate()
        assert waits == [30, 20, 30]

    def test_who_is_no_longer_there_is_passed_over_without_losing_time(
        self, room, message, anton, agnes, hugo
    ):
        room.remove(anton, agnes)
        message.let_time_pass()
        escalate()
        assert message.lines()[2:] == [("skipped", 1), ("escalated", 2), ("told", 2)]
        assert message.read(anton)["steps"][1]["skipped"] is True

    def test_who_was_deactivated_meanwhile_is_not_asked(self, message, adam, agnes):
        from identity.actions import deactivate_membership

        deactivate_membership(by=adam.actor, membership_id=agnes.membership.id)
        message.let_time_pass()
        escalate()
        assert message.row.step == 2

    def test_nobody_but_the_service_lets_it_climb(self, message, anton):
        for act in (actions.escalate, actions.hand_over, actions.send_notices):
            with pytest.raises(NotFound):
                act(by=anton.actor)

    def test_looking_costs_the_same_when_nothing_is_due(self, message):
        with CaptureQueriesContext(connection) as captured:
            escalate()
        assert len(captured) == 1

    def test_the_jobs_do_all_of_it(self, message, letters):
        message.let_time_pass()
        escalate_task()
        notify_task()
        assert message.row.state == "escalated"
        assert len(letters) == 2

    def test_every_state_that_waits_has_a_way_out(self):
        assert all(
            URGENT_TRANSITIONS[state]
            for state in URGENT_TRANSITIONS
            if state in ("announced", "waiting", "escalated")
        )


class TestAnAnswer:
    @pytest.mark.parametrize("kind", ["acknowledged", "taken-over"])
    def test_one_acknowledgement_stops_it(self, message, anton, alice, kind):
        assert message.say(alice, kind).status_code == 201
        row = message.row
        assert (row.state, row.due_at, row.closed_by_id) == ("acknowledged", None, alice.person.id)
        assert escalate() == 0
        assert events(Event.URGENT_ACKNOWLEDGE) == 1
        said = message.read(anton)
        assert (said["closed_by"], said["timeline"][2]["kind"]) == (str(alice.person.id), "acknowledged")

    def test_of_anybody_in_the_conversation_also_who_was_not_asked_yet(self, message, hugo):
        message.say(hugo)
        assert message.row.state == "acknowledged"

    def test_but_not_of_its_sender(self, message, anton):
        assert code(message.say(anton)) == (409, "own-message")
        assert message.row.state == "waiting"

    def test_a_second_one_is_written_down_and_changes_nothing(self, message, alice, agnes):
        message.say(alice)
        closed = message.row.closed_at
        assert message.say(agnes).status_code == 201
        assert (message.row.closed_at, message.row.closed_by_id) == (closed, alice.person.id)
        assert events(Event.URGENT_ACKNOWLEDGE) == 1

    def test_a_late_one_still_counts(self, message, hugo):
        for _ in range(3):
            message.let_time_pass()
            escalate()
        assert message.say(hugo).status_code == 201
        row = message.row
        assert row.state == "acknowledged"
        assert row.exhausted_at, "that it was missed stays known"

    def test_who_was_added_later_may_answer_too(self, room, message, anton, bob, equipped):
        equipped(bob)
        room.add(anton, bob)
        assert message.say(bob).status_code == 201

    def test_handing_back_stands_in_the_timeline_and_asks_nobody_again(self, message, anton, alice):
        message.say(alice, "taken-over")
        alice.api.post(f"{message.path}/hand-back")
        assert [act for act, _ in message.lines()][2:] == ["acknowledged", "taken-over", "handed-back"]
        assert message.row.state == "acknowledged"

    def test_an_answer_that_fails_leaves_the_clock_running(self, message, alice, monkeypatch):
        def broken(*_arguments, **_named):
            raise RuntimeError

        monkeypatch.setattr("messaging.actions.acknowledgements.record", broken)
        with pytest.raises(RuntimeError):
            message.say(alice)
        assert (message.row.state, len(message.lines())) == ("waiting", 2)


class TestNotices:
    def test_each_who_is_asked_gets_one_letter_without_a_word_of_what_it_is_about(
        self, message, letters, alice, agnes, role
    ):
        for _ in range(3):
            actions.send_notices(by=SYSTEM)
        assert [letter.to for letter in letters] == [[alice.person.email]]
        message.let_time_pass()
        escalate()
        actions.send_notices(by=SYSTEM)
        assert [letter.to for letter in letters] == [[alice.person.email], [agnes.person.email]]
        for letter in letters:
            text = letter.subject + letter.body
            for word in ("Anton", "Cardiology", str(message.room.id), message.id):
                assert word not in text

    def test_the_sender_is_told_that_nobody_has_answered(self, message, letters, anton):
        for _ in range(3):
            message.let_time_pass()
            escalate()
        actions.send_notices(by=SYSTEM)
        assert letters[-1].to == [anton.person.email]

    def test_who_has_answered_before_gets_none(self, message, letters, alice):
        message.say(alice)
        assert actions.send_notices(by=SYSTEM) == 0
        assert letters == []

    def test_a_mail_server_that_is_away_stops_nothing(self, message, settings):
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = 1
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        assert actions.send_notices(by=SYSTEM) == 1
        message.let_time_pass()
        assert escalate() == 1

    def test_sockets_of_the_members_are_told(
        self, message, told, anton, alice, agnes, hugo, django_capture_on_commit_callbacks
    ):
        message.let_time_pass()
        with django_capture_on_commit_callbacks(execute=True):
            escalate()
        ((key, people),) = told
        assert [str(part) for part in key] == [str(message.room.id), message.id]
        assert people == {one.person.id for one in (anton, alice, agnes, hugo)}


class TestDying:
    def test_who_dies_in_the_middle_of_a_step_leaves_it_as_it_was(self, message, monkeypatch):
        message.let_time_pass()
        before = message.lines()

        def dies(*_arguments, **_named):
            raise KeyboardInterrupt

        with monkeypatch.context() as dying:
            dying.setattr(climbing, "tell", dies)
            with pytest.raises(KeyboardInterrupt):
                escalate()
        assert (message.row.step, message.lines()) == (0, before)
        assert escalate() == 1, "the next one does it"
        assert escalate() == 0, "and once"
        assert message.row.step == 1

    def test_a_notice_that_was_not_sent_is_sent_by_the_next_one(self, message, letters, monkeypatch):
        def dies(*_arguments, **_named):
            raise KeyboardInterrupt

        with monkeypatch.context() as dying:
            dying.setattr("messaging.actions.escalation.notify", dies)
            with pytest.raises(KeyboardInterrupt):
                actions.send_notices(by=SYSTEM)
        assert actions.send_notices(by=SYSTEM) == 1
        assert len(letters) == 1


class TestReading:
    def test_the_timeline_says_what_was_delivered_and_seen(self, room, message, anton, alice):
        assert message.read(anton)["steps"][0] | {"reached_at": ""} == {
            "step": 0, "person_id": str(alice.person.id), "name": "Alice Ahrens", "role_name": "Cardiology, on call",
            "after_minutes": 0, "reached_at": "", "skipped": False, "delivered": False, "seen": False,
        }  # fmt: skip
        alice.api.post(f"{room.path}/receipts", {"delivered": 2, "seen": 0})
        step = message.read(anton)["steps"][0]
        assert (step["delivered"], step["seen"]) == (True, False)
        alice.api.post(f"{room.path}/receipts", {"delivered": 2, "seen": 2})
        assert message.read(anton)["steps"][0]["seen"] is True

    def test_it_costs_the_same_however_far_it_has_climbed(self, message, anton):
        def cost():
            with CaptureQueriesContext(connection) as captured:
                message.read(anton)
            return len(captured)

        before = cost()
        for _ in range(3):
            message.let_time_pass()
            escalate()
        assert cost() == before <= 11

    def test_a_conversation_lists_its_urgent_messages(self, room, message, anton, alice):
        second = urgent_message(room, alice)
        message_in(room).announce(anton)
        listed = alice.api.get(f"{room.path}/urgent").json()
        assert [(one["message_id"], one["seq"]) for one in listed["urgent"]] == [
            (message.id, 2),
            (second.id, 3),
        ]
        assert listed["more"] is False
        assert "timeline" not in listed["urgent"][0]
        later = alice.api.get(f"{room.path}/urgent?since=2").json()["urgent"]
        assert [one["message_id"] for one in later] == [second.id]

    def test_a_role_that_others_do_not_find_has_no_name_for_them(self, room, message, anton, bob, equipped):
        equipped(bob)
        room.add(anton, bob)
        said = message.read(bob)
        assert said["role"]["name"] == ""
        assert {step["role_name"] for step in said["steps"]} == {""}


def test_the_database_itself_knows_what_runs_and_what_is_over(message, alice):
    from django.db import IntegrityError, transaction

    for wrong in (
        {"due_at": None},
        {"state": "withdrawn"},
        {"deadline_minutes": 4},
        {"closed_by": alice.person},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            UrgentMessage.objects.update(**wrong)
