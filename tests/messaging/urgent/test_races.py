"""Two workers, two devices, two people at once: no step twice, none lost, one who has it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from medicus.lib.actor import SYSTEM
from medicus.lib.errors import DomainError
from messaging import actions
from messaging.actions import acknowledge, announce
from messaging.models_urgent import Acknowledgement, UrgentLine, UrgentMessage
from messaging.states_urgent import AcknowledgementKind
from tests.messaging.urgent.conftest import escalate, message_in, urgent_message

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do each in a thread and connection of its own, from one gate on; what each came to."""
    gate, found = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=30)
            found.append(act())
        except DomainError as error:
            found.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return found


def test_two_escalators_at_once_climb_one_step(room, anton, role):
    messages = [urgent_message(room, anton, role) for _ in range(3)]
    for step in (1, 2):
        for message in messages:
            message.let_time_pass()
        assert sum(at_once(escalate, escalate)) == 3
        for message in messages:
            assert message.row.step == step
            assert message.lines().count(("told", step)) == 1


def test_two_senders_of_notices_send_each_once(room, anton, role, settings):
    from django.core import mail

    settings.EMAIL_HOST = "mail.example"
    for _ in range(3):
        urgent_message(room, anton, role)
    send = lambda: actions.send_notices(by=SYSTEM)  # noqa: E731
    assert sum(at_once(send, send)) == 3
    assert len(mail.outbox) == 3
    assert not UrgentLine.objects.filter(notifies=True, notified_at=None).exists()


def test_an_answer_and_an_escalation_at_once_come_one_after_the_other(room, anton, alice, role):
    for _ in range(3):
        message = urgent_message(room, anton, role)
        message.let_time_pass()

        def answer(message=message):
            return acknowledge(
                by=alice.actor, group_id=room.id, message_id=message.id, kind=AcknowledgementKind.ACKNOWLEDGED
            )

        at_once(answer, escalate)
        assert message.row.state == "acknowledged"
        assert escalate() == 0
        acts = [act for act, _ in message.lines()]
        assert acts[-1] == "acknowledged", "nobody is asked after the answer"


def test_of_two_who_take_over_one_has_it(room, anton, alice, agnes):
    def take(who, message):
        return lambda: (
            acknowledge(
                by=who.actor, group_id=room.id, message_id=message.id, kind=AcknowledgementKind.TAKEN_OVER
            ).kind
        )

    for _ in range(3):
        message = urgent_message(room, anton)
        assert sorted(at_once(take(alice, message), take(agnes, message))) == ["taken-over", "taken-over"]
        assert Acknowledgement.objects.filter(message_id=message.id, kind="taken-over").count() == 1
        assert Acknowledgement.objects.filter(message_id=message.id).count() == 2


def test_of_two_who_take_over_a_message_of_a_case_one_has_it(anton, alice, agnes, equipped):
    from tests.messaging.rooms import make_room

    equipped(anton, alice, agnes)
    case = make_room(anton, alice, agnes, kind="case")

    def take(who, message):
        return lambda: (
            acknowledge(
                by=who.actor, group_id=case.id, message_id=message.id, kind=AcknowledgementKind.TAKEN_OVER
            ).person_id
        )

    for _ in range(3):
        message = message_in(case)
        message.send(anton)
        found = at_once(take(alice, message), take(agnes, message))
        assert found.count("taken-over") == 1, "the second one is refused"
        assert Acknowledgement.objects.filter(message_id=message.id, kind="taken-over").count() == 1


def test_the_same_announcement_twice_at_once_is_one(room, anton, role):
    for _ in range(3):
        message = message_in(room)
        said = {"group_id": room.id, "message_id": message.id, "deadline_minutes": 15, "role_id": role.id}
        say = lambda said=said: announce(by=anton.actor, **said).state  # noqa: E731
        assert at_once(say, say) == ["announced", "announced"]
        assert UrgentMessage.objects.filter(message_id=message.id).count() == 1
        assert message.lines() == [("announced", 0)]
