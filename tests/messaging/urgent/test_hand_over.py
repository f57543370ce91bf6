"""A role has a new holder: what is open is listed for them, and whoever held it before is relieved."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM
from messaging import actions
from messaging.access import open_counts
from messaging.models_urgent import UrgentLine, UrgentMessage
from rota.actions import hand_back, take_over
from tests.messaging.rooms import make_room
from tests.messaging.urgent.conftest import escalate, hold, item_ids, message_in, urgent_message


@pytest.fixture
def room(anton, alice, hugo, equipped):
    """Without Agnes, who is of the chain only where a test adds her."""
    equipped(anton, alice, hugo)
    return make_room(anton, alice, hugo)


@pytest.fixture
def role(adam, alice, unheld):
    from rota.actions import set_chain

    set_chain(by=adam.actor, role_id=unheld.id, steps=[])
    hold(adam, unheld, alice)
    return unheld


@pytest.fixture
def message(room, anton, role):
    return urgent_message(room, anton, role)


def open_for(member):
    told = member.api.get("/api/v1/urgent").json()
    return [[item["message_id"] for item in told[key]] for key in ("due", "roles")]


def hand_over():
    return actions.hand_over(by=SYSTEM)


class TestWhatIsOpen:
    def test_who_was_asked_owes_an_answer_and_holds_the_role(self, message, alice, anton, hugo, bob):
        assert open_for(alice) == [[message.id], [message.id]]
        for nobody in (anton, hugo, bob):
            assert open_for(nobody) == [[], []]
        counts = open_counts(by=alice.actor)
        assert (counts.due, counts.of_roles) == (1, 1)

    def test_an_item_says_who_asks_and_until_when_and_nothing_more(self, message, alice, anton, role):
        (item,) = alice.api.get("/api/v1/urgent").json()["due"]
        row = message.row
        assert item == {
            "group_id": str(message.room.id), "message_id": message.id, "seq": 2, "sender_id": str(anton.person.id),
            "sender_name": "Anton Albrecht", "role": {"id": str(role.id), "name": "Cardiology, on call"},
            "state": "waiting", "step": 0, "due_at": row.due_at.isoformat().replace("+00:00", "Z"),
            "announced_at": row.announced_at.isoformat().replace("+00:00", "Z"), "member": True,
        }  # fmt: skip

    def test_what_was_answered_withdrawn_or_only_announced_is_not_open(
        self, room, message, anton, alice, role
    ):
        message_in(room).announce(anton, role_id=str(role.id))
        withdrawn = urgent_message(room, anton, role)
        anton.api.post(f"{withdrawn.path}/withdraw")
        message.say(alice)
        assert open_for(alice) == [[], []]

    def test_who_has_left_the_conversation_owes_nothing(self, room, message, anton, alice):
        room.remove(anton, alice)
        assert open_for(alice)[0] == []

    def test_what_nobody_has_answered_stays_open_for_three_days(self, message, alice):
        import datetime as dt

        message.let_time_pass()
        escalate()
        assert open_for(alice) == [[message.id], [message.id]]
        row = message.row
        UrgentMessage.objects.update(exhausted_at=row.exhausted_at - dt.timedelta(days=3))
        assert open_for(alice) == [[], []]

    def test_it_costs_the_same_however_much_is_open(self, room, message, anton, alice, role):
        def cost(look):
            with CaptureQueriesContext(connection) as captured:
                look()
            return len(captured)

        def page():
            return alice.api.get("/api/v1/urgent")

        def counted():
            return open_counts(by=alice.actor)

        before = cost(page), cost(counted)
        for _ in range(3):
            urgent_message(room, anton, role)
        assert (cost(page), cost(counted)) == before
        assert before[0] <= 20
        assert before[1] == 4
        assert len(page().json()["due"]) == 4


class TestANewHolder:
    @pytest.fixture
    def _agnes_takes_over(self, message, agnes, role, equipped):
        equipped(agnes)
        take_over(by=agnes.actor, role_id=role.id)

    @pytest.mark.usefixtures("_agnes_takes_over")
    def test_the_open_items_are_theirs_at_once_and_the_members_learn_whom_to_add(
        self, message, anton, alice, agnes, hugo, role
    ):
        (item,) = agnes.api.get("/api/v1/urgent").json()["roles"]
        assert (item["message_id"], item["member"]) == (message.id, False)
        wanted = {
            "group_id": str(message.room.id), "person_id": str(agnes.person.id), "name": "Agnes Adler",
            "organisation_id": str(agnes.organisation.id), "role_id": str(role.id), "role_name": role.name,
            "relieved_person_id": str(alice.person.id), "message_ids": [message.id],
        }  # fmt: skip
        for member in (anton, alice, hugo):
            assert member.api.get("/api/v1/urgent").json()["to_add"] == [wanted]
        assert agnes.api.get("/api/v1/urgent").json()["to_add"] == []
        assert hand_over() == 1
        assert anton.api.get("/api/v1/urgent").json()["to_add"] == [wanted], "also when it is handed over"

    @pytest.mark.usefixtures("_agnes_takes_over")
    def test_it_is_handed_over_once_with_its_proof(self, message, alice, agnes):
        assert (hand_over(), hand_over()) == (1, 0)
        event = AuditEvent.objects.get(event=Event.URGENT_HAND_OVER)
        details = json.loads(bytes(event.canonical))["details"]
        assert details["membership"] == str(agnes.membership.id)
        assert details["previous"] == str(alice.membership.id)
        line = UrgentLine.objects.get(act="handed-over")
        assert (line.person, line.from_person) == (agnes.person, alice.person)

    @pytest.mark.usefixtures("_agnes_takes_over")
    def test_the_new_holder_is_told_and_the_old_one_relieved(
        self, message, room, anton, alice, agnes, settings
    ):
        from django.core import mail

        settings.EMAIL_HOST = "mail.example"
        actions.send_notices(by=SYSTEM)
        hand_over()
        actions.send_notices(by=SYSTEM)
        assert [letter.to for letter in mail.outbox] == [[alice.person.email], [agnes.person.email]]
        assert open_for(alice) == [[], []]
        assert open_for(agnes) == [[], [message.id]]
        room.add(anton, agnes)
        assert open_for(agnes) == [[message.id], [message.id]]
        assert anton.api.get("/api/v1/urgent").json()["to_add"] == []

    @pytest.mark.usefixtures("_agnes_takes_over")
    def test_once_added_they_acknowledge_what_was_sent_before_they_came(self, message, room, anton, agnes):
        hand_over()
        room.add(anton, agnes)
        assert message.say(agnes, "taken-over").status_code == 201
        assert message.row.state == "acknowledged"

    @pytest.mark.usefixtures("_agnes_takes_over")
    def test_handed_back_it_is_the_first_one_s_again(self, message, alice, agnes, role):
        hand_over()
        hand_back(by=agnes.actor, role_id=role.id)
        assert hand_over() == 1
        assert open_for(alice) == [[message.id], [message.id]]
        assert open_for(agnes) == [[], []]

    def test_who_asked_is_handed_nothing(self, message, adam, anton, agnes, alice, role):
        from rota.models import Named

        Named.objects.create(role=role, membership=anton.membership, part="filler")
        take_over(by=anton.actor, role_id=role.id)
        assert hand_over() == 0
        assert open_for(anton) == [[], []]

    def test_while_nobody_holds_it_nobody_is_relieved(self, message, adam, alice, role):
        from medicus.lib.clock import now
        from rota.models import Shift

        Shift.objects.filter(role=role).update(removed_at=now())
        assert hand_over() == 0
        assert open_for(alice) == [[message.id], []]

    @pytest.mark.usefixtures("_agnes_takes_over")
    def test_others_do_not_learn_who_is_on_duty(self, message, room, anton, bob, equipped):
        equipped(bob)
        room.add(anton, bob)
        assert bob.api.get("/api/v1/urgent").json() == {"due": [], "roles": [], "to_add": []}


def test_a_patient_and_a_browser_without_keys_find_nothing(message, charlie, adam):
    for member in (charlie, adam):
        assert item_ids(member.api.get("/api/v1/urgent").json()["due"]) == []
