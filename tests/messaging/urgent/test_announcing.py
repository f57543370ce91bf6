"""Announcing that a message is urgent: what is checked before it is sent, and when its clock starts."""

import datetime as dt
import uuid

import pytest
from django.core import mail

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from messaging import actions
from messaging.actions import revoke_devices
from messaging.models_urgent import UrgentLine, UrgentMessage
from messaging.states_urgent import LAPSES_AFTER_SECONDS
from tests.messaging.rooms import make_room
from tests.messaging.urgent.conftest import code, escalate, hold, make_role, message_in, names, urgent_message


@pytest.fixture
def message(room):
    return message_in(room)


def events(event):
    return AuditEvent.objects.filter(event=event).count()


class TestToARole:
    def test_the_chain_is_kept_as_it_is_now(self, message, anton, alice, agnes, hugo, role):
        told = message.announce(anton, role_id=str(role.id), deadline_minutes=30)
        assert told.status_code == 201
        said = told.json()
        assert (said["state"], said["seq"], said["due_at"], said["started_at"]) == (
            "announced",
            None,
            None,
            None,
        )
        assert said["role"] == {"id": str(role.id), "name": "Cardiology, on call"}
        assert names([step["person_id"] for step in said["steps"]], alice, agnes, hugo) == [
            "Alice",
            "Agnes",
            "Hugo",
        ]
        assert [step["after_minutes"] for step in said["steps"]] == [0, 30, 50]
        assert [step["role_name"] for step in said["steps"]] == [
            "Cardiology, on call",
            "",
            "Cardiology, head",
        ]
        assert events(Event.URGENT_ANNOUNCE) == 1

    def test_the_clock_starts_when_the_message_is_there(self, message, anton, alice, role):
        message.announce(anton, role_id=str(role.id))
        message.send(anton)
        before = now()
        said = message.announce(anton, role_id=str(role.id)).json()
        assert (said["state"], said["seq"], said["step"]) == ("waiting", 2, 0)
        due = dt.datetime.fromisoformat(said["due_at"])
        assert before + dt.timedelta(minutes=15) <= due <= now() + dt.timedelta(minutes=15)
        assert message.lines() == [("announced", 0), ("told", 0)]
        assert said["timeline"][1]["person_id"] == str(alice.person.id)

    def test_a_repeated_announcement_answers_the_same(self, message, anton, role):
        said = {"role_id": str(role.id), "deadline_minutes": 20}
        assert message.announce(anton, **said).json() == message.announce(anton, **said).json()
        message.send(anton)
        assert message.announce(anton, **said).json() == message.announce(anton, **said).json()
        assert UrgentMessage.objects.count() == 1
        assert events(Event.URGENT_ANNOUNCE) == 1

    def test_a_message_that_is_there_already_starts_at_once(self, message, anton, role):
        message.send(anton)
        assert message.announce(anton, role_id=str(role.id)).json()["state"] == "waiting"

    def test_another_deadline_or_role_is_refused(self, message, anton, role, head):
        message.announce(anton, role_id=str(role.id))
        for other in ({"role_id": str(role.id), "deadline_minutes": 20}, {"role_id": str(head.id)}, {}):
            assert code(message.announce(anton, **other)) == (409, "id-reused")

    def test_whoever_is_missing_is_named_before_anything_is_sent(
        self, room, message, anton, agnes, hugo, role
    ):
        room.remove(anton, agnes)
        revoke_devices(device_ids=[hugo.device.id])
        refused = message.announce(anton, role_id=str(role.id))
        assert code(refused) == (409, "chain-not-members")
        assert refused.json()["missing"] == [str(agnes.person.id), str(hugo.person.id)]
        room.remove(anton, hugo)
        room.add(anton, agnes)
        assert message.announce(anton, role_id=str(role.id)).json()["missing"] == [str(hugo.person.id)]
        assert not UrgentMessage.objects.exists()

    def test_nobody_on_duty_is_said_with_what_can_be_done(self, message, adam, anton, alice, unheld, head):
        hold(adam, unheld, alice, begin=5, end=8)
        refused = message.announce(anton, role_id=str(unheld.id))
        assert code(refused) == (409, "nobody-on-duty")
        begins = dt.datetime.fromisoformat(refused.json()["next_at"])
        assert dt.timedelta(hours=4) < begins - now() < dt.timedelta(hours=6)
        (other,) = refused.json()["alternatives"]
        assert (other["role_id"], other["holder"]) == (str(head.id), "Hugo Hahn")

    def test_the_sender_may_begin_with_the_next_one_of_the_chain(self, message, anton, agnes, unheld):
        message.send(anton)
        said = message.announce(anton, role_id=str(unheld.id), without_holder=True).json()
        assert (said["state"], said["step"]) == ("waiting", 1)
        assert said["timeline"][-1]["person_id"] == str(agnes.person.id)
        assert message.lines() == [("announced", 0), ("skipped", 0), ("told", 1)]

    def test_where_nobody_at_all_can_be_asked_that_does_not_help_either(self, message, adam, anton):
        empty = make_role(adam, "Nobody's")
        assert code(message.announce(anton, role_id=str(empty.id), without_holder=True)) == (
            409,
            "nobody-on-duty",
        )

    def test_who_holds_the_role_themselves_asks_the_next_one(self, message, alice, agnes, hugo, role):
        said = message.announce(alice, role_id=str(role.id)).json()
        assert names([step["person_id"] for step in said["steps"]], agnes, hugo) == ["Agnes", "Hugo"]


class TestWhoMayAddressARole:
    def test_a_role_that_others_do_not_find_is_absent_to_them(self, alice, bob, role, equipped):
        equipped(alice, bob)
        shared = make_room(alice, bob, kind="direct")
        assert code(message_in(shared).announce(bob, role_id=str(role.id))) == (404, "not-found")
        unknown = str(uuid.uuid4())
        assert code(message_in(shared).announce(alice, role_id=unknown)) == (404, "not-found")

    def test_one_that_does_not_tell_who_is_on_duty_cannot_be_addressed(self, adam, alice, bob, equipped):
        silent = make_role(adam, "Silent", alice, is_public=True)
        hold(adam, silent, alice)
        equipped(alice, bob)
        shared = make_room(alice, bob, kind="direct")
        assert code(message_in(shared).announce(bob, role_id=str(silent.id))) == (409, "holder-not-told")

    def test_another_hospital_asks_who_is_on_duty_and_not_the_chain_it_may_not_know(
        self, adam, alice, bob, agnes, equipped
    ):
        open_role = make_role(adam, "Open", alice, is_public=True, names_holder=True)
        hold(adam, open_role, alice)
        actions_rota = __import__("rota.actions", fromlist=["set_chain"])
        step = actions_rota.Step(10, membership_id=agnes.membership.id)
        actions_rota.set_chain(by=adam.actor, role_id=open_role.id, steps=[step])
        equipped(alice, bob)
        shared = make_room(alice, bob, kind="direct")
        said = message_in(shared).announce(bob, role_id=str(open_role.id)).json()
        assert [step["person_id"] for step in said["steps"]] == [str(alice.person.id)]


class TestToPeople:
    def test_without_a_role_everybody_else_is_asked_at_once(self, room, anton, alice, agnes, hugo):
        message = urgent_message(room, anton)
        assert message.lines() == [("announced", 0)] + [("told", 0)] * 3
        told = set(UrgentLine.objects.filter(act="told").values_list("person", flat=True))
        assert told == {alice.person.id, agnes.person.id, hugo.person.id}

    def test_there_must_be_somebody_and_not_too_many(self, anton, alice, bob, equipped, monkeypatch):
        equipped(anton, alice, bob)
        assert code(message_in(make_room(anton)).announce(anton)) == (400, "invalid")
        monkeypatch.setattr("messaging.actions.urgent.PEOPLE_ASKED", 1)
        assert code(message_in(make_room(anton, alice, bob)).announce(anton)) == (400, "invalid")


class TestRefusals:
    @pytest.mark.parametrize("minutes", [4, 241, -1, "soon", None])
    def test_the_deadline_is_bounded(self, message, anton, minutes):
        assert code(message.announce(anton, deadline_minutes=minutes)) == (400, "invalid")

    def test_nobody_announces_the_message_of_somebody_else(self, message, anton, alice):
        message.send(anton)
        assert code(message.announce(alice)) == (409, "id-reused")
        message.announce(anton)
        assert code(message.announce(alice)) == (409, "id-reused")

    def test_a_stranger_a_removed_member_and_a_revoked_device_find_nothing(
        self, room, message, anton, alice, agnes, charlie, equipped
    ):
        equipped(charlie)
        assert code(message.announce(charlie)) == (404, "not-found")
        room.remove(anton, alice)
        assert code(message.announce(alice)) == (404, "not-found")
        revoke_devices(device_ids=[agnes.device.id])
        assert code(message.announce(agnes)) == (404, "not-found")
        sent = urgent_message(room, anton)
        for outsider in (charlie, alice):
            assert code(outsider.api.get(f"{sent.path}/urgent")) == (404, "not-found")
            assert code(outsider.api.get(f"{room.path}/urgent")) == (404, "not-found")
            assert code(outsider.api.post(f"{sent.path}/withdraw")) == (404, "not-found")

    def test_a_conversation_that_waits_for_an_answer_has_nothing_urgent(self, alice, bob, equipped):
        equipped(alice, bob)
        held = make_room(alice, bob, kind="direct", acquainted=False)
        assert code(message_in(held).announce(alice)) == (403, "contact-not-accepted")


class TestWithoutItsMessage:
    def test_nobody_is_told_and_it_lapses(self, message, anton, role, settings):
        settings.EMAIL_HOST = "mail.example"
        message.announce(anton, role_id=str(role.id))
        assert escalate() == 0
        late = now() - dt.timedelta(seconds=LAPSES_AFTER_SECONDS)
        UrgentMessage.objects.update(announced_at=late)
        assert escalate() == 1
        assert actions.send_notices(by=SYSTEM) == 0
        assert (message.row.state, message.lines()) == ("lapsed", [("announced", 0), ("lapsed", 0)])
        assert mail.outbox == []
        assert events(Event.URGENT_LAPSE) == 1
        assert alice_reads_nothing(anton)

    def test_the_service_finds_the_message_by_itself(self, message, anton, role):
        message.announce(anton, role_id=str(role.id))
        message.send(anton)
        assert escalate() == 1
        assert message.row.state == "waiting"
        assert escalate() == 0

    def test_a_message_of_somebody_else_under_its_id_starts_nothing(self, message, anton, alice, role):
        message.announce(anton, role_id=str(role.id))
        message.send(alice)
        assert escalate() == 0
        assert code(message.announce(anton, role_id=str(role.id))) == (409, "id-reused")

    def test_who_was_offline_announces_it_anew_and_asks_who_is_on_duty_then(
        self, message, adam, anton, agnes, role
    ):
        message.announce(anton, role_id=str(role.id))
        UrgentMessage.objects.update(announced_at=now() - dt.timedelta(seconds=LAPSES_AFTER_SECONDS))
        escalate()
        from rota.actions import take_over

        take_over(by=agnes.actor, role_id=role.id)
        message.send(anton)
        said = message.announce(anton, role_id=str(role.id)).json()
        assert said["state"] == "waiting"
        assert said["steps"][0]["person_id"] == str(agnes.person.id)


def alice_reads_nothing(member):
    return member.api.get("/api/v1/urgent").json() == {"due": [], "roles": [], "to_add": []}


class TestWithdrawing:
    def test_its_sender_withdraws_it_and_nobody_else_is_asked(self, room, anton, role):
        message = urgent_message(room, anton, role)
        said = anton.api.post(f"{message.path}/withdraw")
        assert (said.status_code, said.json()["state"], said.json()["due_at"]) == (200, "withdrawn", None)
        assert anton.api.post(f"{message.path}/withdraw").json() == said.json()
        message.let_time_pass()
        assert escalate() == 0
        assert events(Event.URGENT_WITHDRAW) == 1

    def test_nobody_else_does(self, room, anton, alice, role):
        message = urgent_message(room, anton, role)
        assert code(alice.api.post(f"{message.path}/withdraw")) == (404, "not-found")
        assert message.row.state == "waiting"

    def test_what_was_acknowledged_is_over(self, room, anton, alice, role):
        message = urgent_message(room, anton, role)
        message.say(alice)
        assert code(anton.api.post(f"{message.path}/withdraw")) == (409, "urgent-over")
