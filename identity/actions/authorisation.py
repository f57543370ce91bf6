"""Who may administer what. A refusal is the answer of something absent."""

import uuid

from medicus.lib.actor import Actor, Role, Scope
from medicus.lib.errors import NotFound


def require_operator(by: Actor) -> None:
    """The platform's operator, or the service itself.

    Raises:
        NotFound: anybody else.
    """
    if not (by.has(Role.OPERATOR) or by.has(Role.SYSTEM)):
        raise NotFound


def require_provisioning(by: Actor, organisation_id: uuid.UUID) -> None:
    """Whoever `require_administrator` lets, or a system of this very organisation that manages its people.

    Raises:
        NotFound: anybody else.
    """
    if not (by.may(Scope.SCIM) and by.organisation_id == organisation_id):
        require_administrator(by, organisation_id)


def require_administrator(by: Actor, organisation_id: uuid.UUID) -> None:
    """An administrator of this very organisation, or the service itself.

    Raises:
        NotFound: anybody else.
    """
    own = by.has(Role.ADMIN) and by.organisation_id == organisation_id
    if not (own or by.has(Role.SYSTEM)):
        raise NotFound
