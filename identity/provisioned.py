"""What an identity management says of a person or a department, and what it is told: values between SCIM's door,
the actions and the access functions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from identity.stated import Stated
from identity.states import Function


@dataclass(frozen=True, slots=True)
class WantedUser:
    """What a place is to be. department: the name of one; empty for none. stated, languages: for the directory."""

    user_name: str
    external_id: str
    email: str
    title: str
    given_name: str
    family_name: str
    active: bool
    department: str
    function: Function
    stated: Stated = field(default_factory=Stated)
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownUser:
    """What a place is."""

    id: uuid.UUID
    wanted: WantedUser
    name: str
    department_id: uuid.UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A department. members: their places, as many as were asked for."""

    id: uuid.UUID
    name: str
    external_id: str
    created_at: datetime
    members: Sequence[uuid.UUID] = ()


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """What a department is to be, by what changes about its people."""

    name: str
    external_id: str
    entering: frozenset[uuid.UUID] = frozenset()
    leaving: frozenset[uuid.UUID] = frozenset()
