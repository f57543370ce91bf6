"""Two planners, two people who take over: whoever comes second waits, and finds what the first has done."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from medicus.lib.clock import now
from medicus.lib.errors import DomainError
from rota.actions import plan_shift, take_over
from rota.models import Shift
from rota.states import Rank
from tests.rota.conftest import HOUR

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do each in a thread and connection of its own, from one gate on; what each came to."""
    gate, found = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=10)
            act()
            found.append("done")
        except DomainError as error:
            found.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(found)


def test_of_two_overlapping_shifts_one_is_planned(role, anton, adam, alice, agnes):
    begin = now() + HOUR

    def plan(by, who):
        return lambda: plan_shift(by=by.actor, role_id=role.id, membership_id=who.membership.id,
                                  starts_at=begin, ends_at=begin + 8 * HOUR)  # fmt: skip

    for _ in range(5):
        assert at_once(plan(anton, alice), plan(adam, agnes)) == ["Invalid", "done"]
        assert Shift.objects.filter(removed_at=None).count() == 1
        Shift.objects.update(removed_at=now())


def test_of_two_who_take_over_one_holds_it(role, alice, agnes):
    def take(who):
        return lambda: take_over(by=who.actor, role_id=role.id, until=now() + HOUR)

    assert at_once(take(alice), take(agnes)) == ["done", "done"]
    running = Shift.objects.filter(rank=Rank.TAKEN_OVER, removed_at=None, ends_at__gt=now())
    assert running.count() == 1


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite's trigger is tested with one connection"
)
def test_the_database_refuses_it_between_processes_too(role, alice):
    from django.db import IntegrityError

    from medicus.lib.ids import new_id

    begin = now() + HOUR

    def insert():
        try:
            Shift.objects.create(id=new_id(), role=role, membership=alice.membership, rank=Rank.HOLDER,
                                 starts_at=begin, ends_at=begin + HOUR)  # fmt: skip
        except IntegrityError:
            from medicus.lib.errors import Conflict

            raise Conflict from None

    assert at_once(insert, insert) == ["Conflict", "done"]
