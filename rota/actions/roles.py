"""What an administrator does with roles."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.events import Event
from identity.access.people import department as get_department
from identity.actions.authorisation import require_administrator
from identity.names import search_form
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id
from rota.access.roles import administered_role, staff_of
from rota.actions.recording import tell
from rota.actions.rules import lock
from rota.models import EscalationStep, Named, Role
from rota.states import FilledBy, Part

NAME, DESCRIPTION = 120, 500
MOST_NAMED = 500


@dataclass(frozen=True, slots=True)
class RoleWords:
    """What an administrator says of a role. fillers, planners: memberships of the organisation."""

    name: str
    description: str = ""
    department_id: uuid.UUID | None = None
    filled_by: FilledBy = FilledBy.LIST
    is_public: bool = False
    names_holder: bool = False
    fillers: Collection[uuid.UUID] = field(default_factory=tuple)
    planners: Collection[uuid.UUID] = field(default_factory=tuple)


def create_role(*, by: Actor, organisation_id: uuid.UUID, words: RoleWords) -> Role:
    """Make a role.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not an administrator of this organisation.
    """
    require_administrator(by, organisation_id)
    role = Role(id=new_id(), organisation_id=organisation_id, created_at=now())
    _write(by, role, words, Event.ROLE_CREATE)
    return role


def change_role(*, by: Actor, role_id: uuid.UUID, words: RoleWords) -> Role:
    """Rename a role, or change what it answers, who finds it, fills it and plans it. Shifts stay as they are.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: absent, closed, or the actor does not administer its organisation.
    """
    role = administered_role(by=by, role_id=role_id)
    _write(by, role, words, Event.ROLE_CHANGE)
    return role


def close_role(*, by: Actor, role_id: uuid.UUID) -> Role:
    """Close a role: nobody finds it any more, and its name is free again. Its rota and history stay.

    Raises:
        NotFound: absent, closed, or the actor does not administer its organisation.
        Conflict: another role escalates to it.
    """
    administered_role(by=by, role_id=role_id)
    with transaction.atomic():
        role = lock(role_id)
        before = (
            EscalationStep.objects.filter(to_role=role, role__closed_at=None).select_related("role").first()
        )
        if before is not None:
            text = _("%(name)s escalates to this role. Please change that chain first.")
            raise Conflict(text % {"name": before.role.name})
        role.closed_at = now()
        role.save(update_fields=["closed_at"])
        tell(Event.ROLE_CLOSE, by=by, role=role)
    return role


def _write(by: Actor, role: Role, words: RoleWords, event: Event) -> None:
    _check(by, role, words)
    role.name, role.description = words.name.strip(), words.description.strip()
    role.search_name = search_form(role.name)[:400]
    role.department_id, role.filled_by = words.department_id, words.filled_by
    role.is_public, role.names_holder = words.is_public, words.is_public and words.names_holder
    try:
        with transaction.atomic():
            role.save()
            _name(role, Part.FILLER, words.fillers if words.filled_by == FilledBy.LIST else ())
            _name(role, Part.PLANNER, words.planners)
            tell(event, by=by, role=role, kind=words.filled_by.value, public=int(role.is_public))
    except IntegrityError:
        raise Invalid(errors={"name": _("There is a role of this name already.")}) from None


def _check(by: Actor, role: Role, words: RoleWords) -> None:
    errors = {}
    if not 0 < len(words.name.strip()) <= NAME:
        errors["name"] = _("Please give the role a name of at most 120 characters.")
    if len(words.description) > DESCRIPTION:
        errors["description"] = _("At most 500 characters.")
    if words.filled_by == FilledBy.DEPARTMENT and words.department_id is None:
        errors["department"] = _("Please choose the department whose people fill this role.")
    elif words.department_id and words.department_id != role.department_id:
        errors |= _of_department(by, role, words.department_id)
    for part, named in (("fillers", words.fillers), ("planners", words.planners)):
        if len(set(named)) > MOST_NAMED:
            errors[part] = _("At most 500 people.")
        elif staff_of(role.organisation_id).filter(id__in=set(named)).count() != len(set(named)):
            errors[part] = _("Please choose people who work in your organisation.")
    if errors:
        raise Invalid(errors=errors)


def _of_department(by: Actor, role: Role, department_id: uuid.UUID) -> dict[str, str]:
    try:
        found = get_department(by=by, department_id=department_id)
    except NotFound:
        found = None
    if found is None or found.organisation_id != role.organisation_id:
        return {"department": _("Please choose a department of your organisation.")}
    return {}


def _name(role: Role, part: Part, membership_ids: Collection[uuid.UUID]) -> None:
    rows = Named.objects.filter(role=role, part=part.value)
    rows.exclude(membership__in=membership_ids).delete()
    known = set(rows.values_list("membership_id", flat=True))
    Named.objects.bulk_create(
        Named(id=new_id(), role=role, membership_id=each, part=part.value)
        for each in set(membership_ids) - known
    )
