"""Whose events an actor may see: the admin of an organisation its own (a system with a key for it, too), the operator all."""

from datetime import datetime

from audit.exports import Scope
from medicus.lib.actor import Actor, Role
from medicus.lib.actor import Scope as KeyScope
from medicus.lib.errors import NotFound


def scope_of(by: Actor, *, since: datetime | None = None, until: datetime | None = None) -> Scope:
    """What `by` may see between two instants.

    Raises:
        NotFound: the actor is neither an admin of an organisation, nor a key for its log, nor the operator.
    """
    if by.has(Role.SYSTEM):
        return Scope(None, since, until)
    if (by.has(Role.ADMIN) or by.may(KeyScope.AUDIT_READ)) and by.organisation_id:
        return Scope(by.organisation_id, since, until)
    raise NotFound


def require_officer(*, by: Actor) -> None:
    """Whoever may read an organisation's log.

    Raises:
        NotFound: anybody else.
    """
    scope_of(by)
