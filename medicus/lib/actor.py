"""Who acts, for which organisation, in which role: the `by=` of every action and access function."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from medicus.lib.errors import NotFound


class Role(StrEnum):
    """What a membership lets a person do. A person acts in one membership at a time."""

    CLINICIAN = "clinician"
    ADMIN = "admin"
    PATIENT = "patient"
    OPERATOR = "operator"
    SYSTEM = "system"
    SERVICE = "service"
    """A system of a hospital that holds an API key: no person, and only what the scopes of the key open."""


class Scope(StrEnum):
    """What an API key opens. A door that names none of these is closed to every key."""

    SCIM = "scim"
    PEOPLE_READ = "people:read"
    AUDIT_READ = "audit:read"
    DIRECTORY_READ = "directory:read"


@dataclass(frozen=True, slots=True)
class Actor:
    """`device_id` is set once the session has proven that it holds a device's key.

    verified_at: when the session last showed a second factor; see `medicus.lib.freshness`. api_key_id, scopes: of
    the key of a hospital's system, which acts without a person. organisation_verified: what the organisation was when
    the session was checked; None: not looked at."""

    person_id: uuid.UUID | None
    organisation_id: uuid.UUID | None
    membership_id: uuid.UUID | None
    roles: frozenset[Role]
    device_id: uuid.UUID | None = None
    verified_at: datetime | None = field(default=None, compare=False)
    api_key_id: uuid.UUID | None = None
    scopes: frozenset[Scope] = frozenset()
    organisation_verified: bool | None = field(default=None, compare=False)

    def has(self, role: Role) -> bool:
        return role in self.roles

    def may(self, scope: Scope) -> bool:
        """Whether an API key with this scope acts."""
        return scope in self.scopes


SYSTEM = Actor(person_id=None, organisation_id=None, membership_id=None, roles=frozenset({Role.SYSTEM}))
"""The service itself: jobs, expiry, the demo data and the operator's commands."""


def system_of(organisation_id: uuid.UUID) -> Actor:
    """The service itself, doing what an administrator of this organisation does: the operator's commands."""
    return replace(SYSTEM, organisation_id=organisation_id)


def require_system(by: Actor) -> None:
    """The service itself: a command on the machine, a job.

    Raises:
        NotFound: any person.
    """
    if not by.has(Role.SYSTEM):
        raise NotFound
