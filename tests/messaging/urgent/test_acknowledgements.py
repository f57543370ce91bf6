"""Acknowledged and taken over: by whom, when; once by each, and taken over by one."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.clock import now
from messaging.actions import revoke_devices
from messaging.models import GroupMember
from messaging.models_urgent import Acknowledgement
from tests.messaging.rooms import make_room
from tests.messaging.urgent.conftest import code, message_in, urgent_message


@pytest.fixture
def case(alice, anton, bob, equipped):
    """Alice's case with Anton and Bob of Hospital B."""
    equipped(alice, anton, bob)
    return make_room(alice, anton, bob, kind="case")


@pytest.fixture
def message(case, alice):
    made = message_in(case)
    made.send(alice)
    return made


def listed(room, by, since=0, limit=1000):
    told = by.api.get(f"{room.path}/acknowledgements?since={since}&limit={limit}").json()
    return [(row["seq"], row["kind"], bool(row["ended_at"])) for row in told["acknowledgements"]], told[
        "more"
    ]


def events(event):
    return AuditEvent.objects.filter(event=event).count()


class TestAcknowledging:
    def test_a_message_of_a_case_is_acknowledged_and_everybody_there_sees_by_whom(
        self, case, message, alice, bob
    ):
        said = message.say(bob)
        assert said.status_code == 201
        assert said.json() == {
            "message_id": message.id, "seq": 2, "kind": "acknowledged", "person_id": str(bob.person.id),
            "at": said.json()["at"], "ended_at": None,
        }  # fmt: skip
        assert alice.api.get(f"{case.path}/acknowledgements").json() == {
            "acknowledgements": [said.json()], "more": False,
        }  # fmt: skip
        assert events(Event.MESSAGE_ACKNOWLEDGE) == 1

    def test_again_gives_the_same_answer(self, message, bob):
        assert message.say(bob).json() == message.say(bob).json()
        assert Acknowledgement.objects.count() == 1
        assert events(Event.MESSAGE_ACKNOWLEDGE) == 1

    def test_nobody_acknowledges_their_own_message(self, message, alice):
        assert code(message.say(alice)) == (409, "own-message")

    def test_elsewhere_ordinary_messages_are_not_acknowledged(self, room, anton, alice):
        ordinary = message_in(room)
        ordinary.send(anton)
        assert code(ordinary.say(alice)) == (409, "not-to-acknowledge")
        assert urgent_message(room, anton).say(alice).status_code == 201

    def test_a_stranger_a_removed_member_and_a_revoked_device_find_nothing(
        self, case, message, alice, anton, bob, charlie, equipped
    ):
        equipped(charlie)
        assert code(message.say(charlie)) == (404, "not-found")
        case.remove(alice, bob)
        assert code(message.say(bob)) == (404, "not-found")
        assert code(bob.api.get(f"{case.path}/acknowledgements")) == (404, "not-found")
        revoke_devices(device_ids=[anton.device.id])
        assert code(message.say(anton)) == (404, "not-found")
        assert not Acknowledgement.objects.exists()

    def test_without_a_device_nobody_acknowledges(self, message, charlie):
        assert code(message.say(charlie)) == (409, "device-needed")

    def test_what_is_no_message_cannot_be_acknowledged(self, case, message, bob):
        assert code(message_in(case).say(bob)) == (404, "not-found")
        assert code(message.say(bob, "read")) == (400, "invalid")

    def test_who_comes_later_knows_nothing_of_earlier_messages(
        self, case, message, alice, bob, charlie, equipped
    ):
        message.say(bob)
        equipped(charlie)
        case.add(alice, charlie)
        assert code(message.say(charlie)) == (404, "not-found")
        assert listed(case, charlie) == ([], False)


class TestTakingOver:
    def test_taking_over_acknowledges_too(self, case, message, alice, bob):
        assert message.say(bob, "taken-over").json()["kind"] == "taken-over"
        assert sorted(listed(case, alice)[0]) == [(2, "acknowledged", False), (2, "taken-over", False)]
        assert (events(Event.MESSAGE_ACKNOWLEDGE), events(Event.MESSAGE_TAKE_OVER)) == (1, 1)

    def test_the_first_has_it_and_the_second_is_told_who(self, message, anton, bob):
        first = message.say(bob, "taken-over")
        refused = message.say(anton, "taken-over")
        assert code(refused) == (409, "taken-over")
        assert refused.json()["person_id"] == str(bob.person.id)
        assert message.say(bob, "taken-over").json() == first.json()
        assert Acknowledgement.objects.filter(member__person=anton.person).count() == 0, "nothing half done"

    def test_who_has_left_holds_it_no_longer(self, case, message, alice, anton, bob):
        message.say(bob, "taken-over")
        case.remove(alice, bob)
        assert message.say(anton, "taken-over").status_code == 201

    def test_who_lost_all_devices_there_holds_it_no_longer(self, message, anton, bob):
        message.say(bob, "taken-over")
        revoke_devices(device_ids=[bob.device.id])
        assert message.say(anton, "taken-over").status_code == 201

    def test_it_is_handed_back_and_taken_by_the_next_one(self, case, message, alice, anton, bob):
        message.say(bob, "taken-over")
        back = bob.api.post(f"{message.path}/hand-back")
        assert (back.status_code, back.json()["person_id"]) == (200, str(bob.person.id))
        assert back.json()["ended_at"]
        assert bob.api.post(f"{message.path}/hand-back").json() == back.json()
        assert message.say(anton, "taken-over").status_code == 201
        assert (2, "taken-over", True) in listed(case, alice)[0]
        assert events(Event.MESSAGE_HAND_BACK) == 1

    def test_nobody_hands_back_what_somebody_else_has(self, message, anton, bob, charlie, equipped):
        message.say(bob, "taken-over")
        assert code(anton.api.post(f"{message.path}/hand-back")) == (409, "not-taken-over")
        equipped(charlie)
        assert code(charlie.api.post(f"{message.path}/hand-back")) == (404, "not-found")

    def test_the_database_itself_knows_one_who_has_it(self, case, message, anton, bob):
        message.say(bob, "taken-over")
        member = GroupMember.objects.get(group=case.id, person=anton.person)
        with pytest.raises(IntegrityError), transaction.atomic():
            Acknowledgement.objects.create(
                group_id=case.id, message_id=message.id, seq=2, member=member, kind="taken-over", at=now()
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            Acknowledgement.objects.filter(kind="acknowledged").update(ended_at=now())


class TestTheList:
    @pytest.fixture
    def _three(self, case, message, alice, anton, bob):
        for made in (message, message_in(case), message_in(case)):
            if made is not message:
                made.send(alice)
            made.say(anton)
            made.say(bob)

    @pytest.mark.usefixtures("_three")
    def test_it_is_read_in_pages_that_never_split_a_message(self, case, alice):
        assert listed(case, alice, limit=3) == ([(2, "acknowledged", False)] * 2, True)
        assert listed(case, alice, since=2, limit=2) == ([(3, "acknowledged", False)] * 2, True)
        assert listed(case, alice, since=3, limit=1) == ([(4, "acknowledged", False)] * 2, True)
        assert listed(case, alice, since=4) == ([], False)

    @pytest.mark.usefixtures("_three")
    def test_it_costs_the_same_however_long_it_is(self, case, alice):
        def cost(since):
            with CaptureQueriesContext(connection) as captured:
                listed(case, alice, since=since)
            return len(captured)

        assert cost(0) == cost(4) <= 5

    @pytest.mark.parametrize("query", ["since=-1", "since=x", "limit=0", "limit=1001"])
    def test_it_is_bounded(self, case, alice, query):
        assert code(alice.api.get(f"{case.path}/acknowledgements?{query}")) == (400, "invalid")
