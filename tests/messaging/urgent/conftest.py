"""Cardiology of Hospital A: Alice is on duty, Agnes is asked after her, then whoever is the head of it: Hugo.

Anton, a colleague, asks them in a conversation in which all of them are."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from messaging import actions
from messaging.models_urgent import UrgentLine, UrgentMessage
from rota import actions as rota
from rota.actions import RoleWords, Step
from rota.models import Role
from rota.states import FilledBy
from tests.cast import Member
from tests.conftest import member
from tests.messaging.rooms import Room, make_room

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def agnes(hospital_a: Any) -> Member:
    return member(hospital_a, "Agnes", "Adler")


@pytest.fixture
def hugo(hospital_a: Any) -> Member:
    return member(hospital_a, "Hugo", "Hahn")


def make_role(adam: Member, name: str, *fillers: Member, **changes: Any) -> Role:
    words = RoleWords(
        name=name,
        description="",
        department_id=None,
        filled_by=FilledBy.LIST,
        fillers=[filler.membership.id for filler in fillers],
        planners=[],
        **changes,
    )
    return rota.create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)


def hold(adam: Member, role: Role, who: Member, begin: float = 0, end: float = 12) -> Any:
    """Plan a shift from now on, in hours."""
    at = now()
    (shift,) = rota.plan_shift(
        by=adam.actor,
        role_id=role.id,
        membership_id=who.membership.id,
        starts_at=at + begin * HOUR,
        ends_at=at + end * HOUR,
    )
    return shift


@pytest.fixture
def head(adam: Member, hugo: Member) -> Role:
    role = make_role(adam, "Cardiology, head", hugo)
    hold(adam, role, hugo)
    return role


@pytest.fixture
def unheld(adam: Member, alice: Member, agnes: Member, head: Role) -> Role:
    """Cardiology, on call, with its chain; nobody is on duty yet."""
    role = make_role(adam, "Cardiology, on call", alice, agnes)
    rota.set_chain(
        by=adam.actor,
        role_id=role.id,
        steps=[
            Step(10, membership_id=agnes.membership.id),
            Step(20, role_id=head.id),
        ],
    )
    return role


@pytest.fixture
def role(adam: Member, alice: Member, unheld: Role) -> Role:
    hold(adam, unheld, alice)
    return unheld


@pytest.fixture
def room(anton: Member, alice: Member, agnes: Member, hugo: Member, equipped: Callable[..., None]) -> Room:
    """Anton's, with everybody of the chain."""
    equipped(anton, alice, agnes, hugo)
    return make_room(anton, alice, agnes, hugo)


@dataclass
class Message:
    """A message of a room, as its sender and others know it."""

    room: Room
    id: str

    @property
    def path(self) -> str:
        return f"{self.room.path}/messages/{self.id}"

    @property
    def row(self) -> UrgentMessage:
        return UrgentMessage.objects.get(message_id=self.id)

    def announce(self, by: Member, **said: Any) -> Any:
        return by.api.post(f"{self.path}/urgent", said)

    def send(self, by: Member) -> Any:
        answer = self.room.post(by, id=self.id)
        assert answer.status_code == 201, answer.json()
        return answer.json()

    def say(self, by: Member, kind: str = "acknowledged") -> Any:
        return by.api.post(f"{self.path}/acknowledgements", {"kind": kind})

    def read(self, by: Member) -> Any:
        return by.api.get(f"{self.path}/urgent").json()

    def lines(self) -> list[tuple[str, int]]:
        found = UrgentLine.objects.filter(urgent__message_id=self.id).order_by("number")
        return [(line.act, line.step) for line in found]

    def let_time_pass(self) -> None:
        """Its next step is due now."""
        UrgentMessage.objects.filter(message_id=self.id, due_at__isnull=False).update(due_at=now())


def message_in(room: Room) -> Message:
    return Message(room, str(new_id()))


def urgent_message(room: Room, by: Member, role: Role | None = None, **said: Any) -> Message:
    """One that is announced and sent, its clock running."""
    made = message_in(room)
    said = {"role_id": str(role.id) if role else None} | said
    assert made.announce(by, **said).status_code == 201
    made.send(by)
    assert made.announce(by, **said).json()["state"] == "waiting"
    return made


def escalate() -> int:
    return actions.escalate(by=SYSTEM)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def names(person_ids: list[str | None], *people: Member) -> list[str]:
    """Given names, of ids of the cast."""
    known = {str(one.person.id): one.person.given_name for one in people}
    return [known[one] if one else "" for one in person_ids]


def item_ids(items: list[dict[str, Any]]) -> list[uuid.UUID]:
    return [uuid.UUID(item["message_id"]) for item in items]
