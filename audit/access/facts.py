"""What stands in an event as a code or an id, in words: the apps whose codes they are know what they are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.labels import event_label, fact_label
from audit.models import AuditPerson
from medicus.lib import callbacks

Body = dict[str, Any]
MEMBERSHIPS = ("membership", "deputy", "previous")
"""The details that hold the id of a membership."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A person or patient in an event. `id` None: was erased. `name` empty: has none that we know."""

    id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class ActingKey:
    """The API key with which a hospital's system acted. `name` empty: has none that we know."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A detail of an event. `someone`: the person that it is about, instead of a value."""

    name: str
    value: str | int
    someone: Someone | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What codes are called, and whose memberships ids are; what nobody knows is in neither."""

    codes: dict[str, str]
    members: dict[str, UUID]

    def of(self, code: str) -> str:
        return self.codes.get(code, code)

    def facts(self, details: dict[str, str | int], names: dict[UUID, str]) -> list[Fact]:
        """The details of one event. names: of the people in `members`."""
        return [self._fact(name, value, names) for name, value in details.items()]

    def _fact(self, name: str, value: str | int, names: dict[UUID, str]) -> Fact:
        if isinstance(value, int):
            return Fact(fact_label(name), value)
        if name == "event":
            return Fact(fact_label(name), event_label(value))
        person_id = self.members.get(value) if name in MEMBERSHIPS else None
        someone = Someone(person_id, names.get(person_id, "")) if person_id else None
        return Fact(fact_label(name), self.of(value), someone)


def words_for(bodies: Sequence[Body]) -> Words:
    """Ask for the words of these events."""
    codes = {str(code) for body in bodies for code in [body["purpose"], *body["details"].values()]}
    memberships = {
        body["details"][name] for body in bodies for name in MEMBERSHIPS if name in body["details"]
    }
    return Words(_asked("words", codes=codes), _remembered(memberships))


def acting_keys(bodies: Sequence[Body]) -> dict[str, ActingKey]:
    """The API keys that acted in these events, by their ids as they stand there."""
    ids = {body["actor"]["api_key"] for body in bodies if "api_key" in body["actor"]}
    names = _asked("api-key-names", api_key_ids=ids) if ids else {}
    return {identifier: ActingKey(UUID(identifier), names.get(identifier, "")) for identifier in ids}


def _remembered(memberships: set[str]) -> dict[str, UUID]:
    """Whose memberships these are. Who was erased from the log stays erased."""
    members = _asked("membership-people", membership_ids=memberships) if memberships else {}
    kept = AuditPerson.objects.filter(person_id__in=set(members.values()))
    people = set(kept.values_list("person_id", flat=True).distinct()) if members else set()
    return {membership: person_id for membership, person_id in members.items() if person_id in people}


def _asked(name: str, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for known in callbacks.call(name, **arguments):
        found |= known
    return found
