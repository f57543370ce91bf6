"""Who may administer what. A refusal is the answer of something absent."""

import uuid

from django.utils.translation import gettext as _

from identity.access.applications import has_proven_domain
from medicus.lib.actor import Actor, Role, Scope
from medicus.lib.errors import Conflict, NotFound


def require_operator(by: Actor) -> None:
    """The platform's operator, or the service itself.

    Raises:
        NotFound: anybody else.
    """
    if not (by.has(Role.OPERATOR) or by.has(Role.SYSTEM)):
        raise NotFound


def require_operating_person(by: Actor) -> uuid.UUID:
    """A person who acts as the platform's operator: what two people do, a machine does not.

    Raises:
        NotFound: anybody else, the service itself included.
    """
    if by.person_id is None or not by.has(Role.OPERATOR):
        raise NotFound
    return by.person_id


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


def require_proven_domain(by: Actor, organisation_id: uuid.UUID) -> None:
    """Before administrators invite people: else whoever has one address of a large provider could take its others.

    Raises:
        Conflict: the domain is not proven.
    """
    if not (by.has(Role.SYSTEM) or has_proven_domain(organisation_id)):
        raise Conflict(_("Please prove the domain first: until then nobody else is invited."))
