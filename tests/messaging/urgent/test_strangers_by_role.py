"""Writing to a role of another hospital: whoever holds it is no stranger in a conversation of several."""

from typing import Any

import pytest

from messaging.models import ContactRequest
from tests.cast import Member
from tests.messaging.test_contacts import begin
from tests.messaging.test_strangers import only
from tests.messaging.urgent.conftest import hold, make_role

TOLD = {"is_public": True, "names_holder": True}


@pytest.fixture(autouse=True)
def _devices(alice: Member, bob: Member, equipped: Any) -> None:
    equipped(alice, bob)


@pytest.mark.parametrize("kind", ["team", "case"])
def test_who_holds_a_role_that_says_so_is_brought_in_without_a_request(adam, alice, bob, kind):
    hold(adam, make_role(adam, "Cardiology, on call", alice, **TOLD), alice)
    assert begin(bob, alice, kind).status_code == 201
    assert not ContactRequest.objects.exists()


@pytest.mark.parametrize(
    "shown", [{}, {"is_public": True}, {"names_holder": True}], ids=["hidden", "unnamed", "not public"]
)
def test_who_holds_a_role_that_does_not_say_so_stays_a_stranger(adam, alice, bob, shown):
    hold(adam, make_role(adam, "Cardiology, on call", alice, **shown), alice)
    answer = begin(bob, alice, "team").json()
    assert (answer["code"], answer["reason"]) == ("commit-refused", "contact-needed")


def test_who_held_it_before_or_holds_it_later_is_a_stranger(adam, alice, agnes, bob):
    role = make_role(adam, "Cardiology, on call", alice, agnes, **TOLD)
    hold(adam, role, agnes)
    hold(adam, role, alice, begin=12, end=24)
    assert begin(bob, alice, "team").json()["reason"] == "contact-needed"


def test_between_two_a_request_is_still_made(adam, alice, bob):
    hold(adam, make_role(adam, "Cardiology, on call", alice, **TOLD), alice)
    assert begin(bob, alice, "direct").status_code == 201
    assert ContactRequest.objects.get().state == "open"


def test_the_policy_against_other_hospitals_holds_for_roles(adam, alice, bob):
    hold(adam, make_role(adam, "Cardiology, on call", alice, **TOLD), alice)
    only(bob.organisation, "nobody")
    assert begin(bob, alice, "team").json()["reason"] == "strangers-not-permitted"
