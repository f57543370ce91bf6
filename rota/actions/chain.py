"""Whom a role escalates to."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.errors import Invalid
from medicus.lib.ids import new_id
from rota.access.roles import administered_role, staff_of
from rota.actions.recording import tell
from rota.models import EscalationStep, Role

MOST_STEPS = 6
LONGEST_WAIT = 1440


@dataclass(frozen=True, slots=True)
class Step:
    """Ask a role or a person (exactly one of them) when nobody has answered for so many minutes."""

    wait_minutes: int
    role_id: uuid.UUID | None = None
    membership_id: uuid.UUID | None = None


def set_chain(*, by: Actor, role_id: uuid.UUID, steps: Sequence[Step]) -> Role:
    """Say who is asked next, in order, in place of what was said before.

    Raises:
        Invalid: too many steps, a bad one, or the chain would come back to this role.
        NotFound: absent, closed, or the actor does not administer its organisation.
    """
    organisation_id = administered_role(by=by, role_id=role_id).organisation_id
    with transaction.atomic():
        # Two chains may close a circle together: all roles of the organisation wait for each other.
        rows = Role.objects.select_for_update().filter(organisation=organisation_id, closed_at=None)
        roles = {row.id: row for row in rows.order_by("id")}
        role = roles[role_id]
        _check(role, roles, steps)
        EscalationStep.objects.filter(role=role).delete()
        EscalationStep.objects.bulk_create(
            EscalationStep(
                id=new_id(),
                role=role,
                position=position,
                wait_minutes=step.wait_minutes,
                to_role_id=step.role_id,
                to_membership_id=step.membership_id,
            )
            for position, step in enumerate(steps, start=1)
        )
        tell(Event.ROLE_SET_CHAIN, by=by, role=role, count=len(steps))
    return role


def _check(role: Role, roles: dict[uuid.UUID, Role], steps: Sequence[Step]) -> None:
    if len(steps) > MOST_STEPS:
        raise Invalid(_("A chain has at most six steps."))
    for step in steps:
        if (step.role_id is None) == (step.membership_id is None):
            raise Invalid(_("Each step asks a role or a person."))
        if not 1 <= step.wait_minutes <= LONGEST_WAIT:
            raise Invalid(_("A step waits between one minute and a day."))
        if step.role_id is not None and step.role_id not in roles:
            raise Invalid(_("Please choose roles and people of your organisation."))
    people = {step.membership_id for step in steps if step.membership_id}
    if staff_of(role.organisation_id).filter(id__in=people).count() != len(people):
        raise Invalid(_("Please choose roles and people of your organisation."))
    _check_no_circle(role, roles, [step.role_id for step in steps if step.role_id])


def _check_no_circle(role: Role, roles: dict[uuid.UUID, Role], targets: Sequence[uuid.UUID]) -> None:
    """Whoever the chain asks must not ask this role again, over however many others."""
    edges: dict[uuid.UUID, set[uuid.UUID]] = {}
    known = EscalationStep.objects.filter(role__in=roles, to_role__isnull=False).exclude(role=role)
    for source, target in known.values_list("role_id", "to_role_id"):
        if target is not None:
            edges.setdefault(source, set()).add(target)
    for target in targets:
        if _reaches(target, role.id, edges):
            text = _("%(name)s leads back to this role: nobody would ever be asked after it.")
            raise Invalid(text % {"name": roles[target].name})


def _reaches(start: uuid.UUID, goal: uuid.UUID, edges: dict[uuid.UUID, set[uuid.UUID]]) -> bool:
    waiting, seen = [start], set()
    while waiting:
        each = waiting.pop()
        if each == goal:
            return True
        if each not in seen:
            seen.add(each)
            waiting.extend(edges.get(each, ()))
    return False
