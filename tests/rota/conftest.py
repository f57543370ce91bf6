"""A role of Hospital A that its cardiologists fill, and Anton, who plans it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from medicus.lib.clock import now
from rota import actions
from rota.actions import RoleWords
from rota.models import Role, Shift
from rota.states import FilledBy, Rank
from tests.cast import Member
from tests.conftest import member

HOUR = dt.timedelta(hours=1)
Plan = Callable[..., Shift]


@pytest.fixture
def agnes(hospital_a: Any) -> Member:
    """Physician at Hospital A, who may fill the role beside Alice."""
    return member(hospital_a, "Agnes", "Adler")


@pytest.fixture
def words(alice: Member, agnes: Member, anton: Member) -> RoleWords:
    return RoleWords(
        name="Cardiology, on call",
        description="Questions about hearts",
        department_id=alice.membership.department_id,
        filled_by=FilledBy.LIST,
        fillers=[alice.membership.id, agnes.membership.id],
        planners=[anton.membership.id],
    )


@pytest.fixture
def role(adam: Member, words: RoleWords) -> Role:
    """Adam has made it. Alice and Agnes may fill it, Anton plans it, other hospitals do not find it."""
    return actions.create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)


@pytest.fixture
def plan(role: Role, anton: Member) -> Plan:
    """Plan a shift: `plan(alice, 0, 8)` from now on for eight hours."""

    def planned(who: Member, begin: float, end: float, rank: Rank = Rank.HOLDER) -> Shift:
        at = now()
        (made,) = actions.plan_shift(
            by=anton.actor,
            role_id=role.id,
            membership_id=who.membership.id,
            starts_at=at + begin * HOUR,
            ends_at=at + end * HOUR,
            rank=rank,
        )
        return made

    return planned
