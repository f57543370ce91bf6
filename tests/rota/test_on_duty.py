"""What the directory asks for in one query is what the rule says of each role by itself."""

import random
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from identity.access.actors import valid_memberships
from identity.models import Membership, Organisation, Person
from medicus.lib.clock import now
from rota import actions
from rota.access import duties, duties_of_memberships, memberships_on_duty
from rota.actions import RoleWords
from rota.models import Role, Shift
from rota.states import Rank
from tests.conftest import member

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
STATES = [
    {},
    {},
    {"deactivated_at": -HOUR},
    {"valid_until": -HOUR},
    {"valid_until": HOUR},
    {"valid_from": HOUR},
    {"is_active": False},
]


@pytest.fixture
def people(hospital_a, hospital_b) -> list[Membership]:
    """Half of them of either hospital; some have left, some begin later, some are blocked."""
    at = now()
    found = []
    for number, state in enumerate(STATES * 2):
        one = member([hospital_a, hospital_b][number % 2], f"P{number}", f"Q{number}").membership
        Membership.objects.filter(id=one.id).update(valid_from=at - 9 * HOUR)
        for field, value in state.items():
            rows = (
                Person.objects.filter(id=one.person_id)
                if field == "is_active"
                else Membership.objects.filter(id=one.id)
            )
            rows.update(**{field: at + value if isinstance(value, timedelta) else value})
        found.append(one)
    return found


def rota_of(role: Role, people: list[Membership], chance: random.Random) -> Iterator[Shift]:
    """For each rank at most three shifts in a row: over, running or ahead, some removed, some not there."""
    own = [one for one in people if one.organisation_id == role.organisation_id]
    for rank in Rank:
        for begin in (-8, -2, 1):
            if chance.random() < 0.7:
                starts_at = now() + begin * HOUR + timedelta(minutes=chance.randrange(60))
                yield Shift(
                    role=role,
                    membership=chance.choice(own),
                    rank=rank,
                    starts_at=starts_at,
                    ends_at=starts_at + HOUR * chance.choice([1, 2]),
                    removed_at=now() if chance.random() < 0.1 else None,
                )


@pytest.fixture
def roles(people, adam, hospital_a, hospital_b) -> list[Role]:
    chance = random.Random(7)
    made = []
    for number in range(40):
        is_public = chance.random() < 0.7
        made.append(
            Role.objects.create(
                organisation=[hospital_a, hospital_b][number % 2],
                name=f"R{number:02}",
                search_name=f" r{number:02}",
                filled_by="list",
                is_public=is_public,
                names_holder=is_public and chance.random() < 0.7,
                created_at=now(),
                closed_at=now() if chance.random() < 0.1 else None,
            )
        )
    Shift.objects.bulk_create(shift for role in made for shift in rota_of(role, people, chance))
    return made


def by_the_rule(roles: list[Role], own: UUID, *, is_clinician: bool) -> dict[UUID, set[str]]:
    """Role by role: who holds it, and whether somebody of that hospital may know."""
    told = [
        role
        for role in roles
        if role.closed_at is None
        and (role.organisation_id == own or (is_clinician and role.is_public and role.names_holder))
    ]
    held = duties([role.id for role in told], at=now())
    found: dict[UUID, set[str]] = {}
    for role in told:
        if holding := held[role.id].now:
            found.setdefault(holding.membership_id, set()).add(role.name)
    return found


@pytest.mark.parametrize(
    ("who", "is_clinician"), [("alice", True), ("bob", True), ("charlie", True), ("adam", False)]
)
def test_the_directorys_query_and_badges_say_what_the_rule_says(
    request, time_machine, people, roles, who, is_clinician
):
    time_machine.move_to(now(), tick=False)
    by = request.getfixturevalue(who).actor
    expected = by_the_rule(roles, by.organisation_id, is_clinician=is_clinician)
    everybody = [one.id for one in people]
    badges = duties_of_memberships(by=by, membership_ids=everybody)
    assert {one: set(names) for one, names in badges.items()} == expected
    assert expected or who == "adam", "the case says something"
    holding = valid_memberships().filter(id__in=memberships_on_duty(by=by))
    assert set(holding.values_list("id", flat=True)) == set(expected)
    few = set(everybody[::3])
    assert duties_of_memberships(by=by, membership_ids=few) == {
        one: badges[one] for one in few & badges.keys()
    }


def test_who_holds_two_roles_has_them_in_the_order_in_which_they_began(alice, adam, role, plan, words):
    del words
    second = actions.create_role(
        by=adam.actor,
        organisation_id=adam.organisation.id,
        words=RoleWords(name="A second one", fillers=[alice.membership.id]),
    )
    plan(alice, 0, 8)
    actions.take_over(by=alice.actor, role_id=second.id, until=now() + 2 * HOUR)
    found = duties_of_memberships(by=alice.actor, membership_ids=[alice.membership.id])
    assert found == {alice.membership.id: ["Cardiology, on call", "A second one"]}


def test_nobody_is_on_duty_for_patients_and_of_hospitals_that_are_not_verified(alice, bob, role, plan):
    plan(alice, 0, 8)
    Role.objects.update(is_public=True, names_holder=True)
    assert duties_of_memberships(by=bob.actor, membership_ids=[alice.membership.id])
    Organisation.objects.filter(id=alice.organisation.id).update(verified_at=None)
    assert not duties_of_memberships(by=bob.actor, membership_ids=[alice.membership.id])
    assert not memberships_on_duty(by=bob.actor)
