"""Taking over a role now, and handing it back."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id
from rota.access.duties import turns_of
from rota.access.roles import abilities, own_role
from rota.actions.recording import keep
from rota.actions.rules import check_member, filler, lock
from rota.actions.shifts import end_at
from rota.duty import Turn, turn_at
from rota.models import Role, Shift
from rota.states import Act, Rank

LONGEST = timedelta(days=7)
REASON = 200


def take_over(*, by: Actor, role_id: uuid.UUID, until: datetime | None = None, reason: str = "") -> Shift:
    """Hold a role from now on, in place of whoever holds it.

    until: left out, for as long as the shift that runs now.

    Raises:
        Invalid: `errors` names each bad field; nobody is on duty and no end was given.
        NotFound: absent, or the actor may not fill this role.
        Conflict: the actor holds it already.
    """
    own_role(by=by, role_id=role_id)
    if len(reason) > REASON:
        raise Invalid(errors={"reason": _("At most 200 characters.")})
    with transaction.atomic():
        role, at = lock(role_id), now()
        if by.membership_id is None or not abilities(role, by=by).fill:
            raise NotFound
        current = turn_at(turns_of(Q(role=role.id), since=at, until=at + timedelta(seconds=1)), at)
        if current and current.membership_id == by.membership_id:
            raise Conflict(_("You hold this role already."))
        ends_at = _end(until, current, at)
        member = filler(role, by.membership_id)
        check_member(member, at, ends_at)
        _cut(by, role, at)
        made = Shift.objects.create(
            id=new_id(), role=role, membership=member, rank=Rank.TAKEN_OVER, starts_at=at, ends_at=ends_at
        )
        keep(Event.ROLE_TAKE_OVER, Act.TAKE_OVER, [made], by=by, role=role, reason=reason.strip())
    return made


def hand_back(*, by: Actor, role_id: uuid.UUID) -> Shift:
    """End a take-over: the rota holds again. Who has taken over, or a planner of the role.

    Raises:
        NotFound: absent, or the actor may neither fill nor plan this role.
        Conflict: there is nothing to hand back.
    """
    may = abilities(own_role(by=by, role_id=role_id), by=by)
    if not (may.fill or may.plan):
        raise NotFound
    with transaction.atomic():
        role, at = lock(role_id), now()
        running = _running(role, at)
        if running is None or not (may.plan or running.membership_id == by.membership_id):
            raise Conflict(_("You have not taken over this role."))
        end_at(running, at)
        keep(Event.ROLE_HAND_BACK, Act.HAND_BACK, [running], by=by, role=role)
    return running


def _end(until: datetime | None, current: Turn | None, at: datetime) -> datetime:
    ends_at = until or (current.ends_at if current else None)
    if ends_at is None:
        raise Invalid(errors={"until": _("Nobody is on duty: please say until when.")})
    if ends_at <= at:
        raise Invalid(errors={"until": _("This lies in the past.")})
    if ends_at > at + LONGEST:
        raise Invalid(errors={"until": _("At most seven days; longer times are planned.")})
    return ends_at


def _cut(by: Actor, role: Role, at: datetime) -> None:
    """Who had taken over before holds it no longer."""
    running = _running(role, at)
    if running is not None:
        end_at(running, at)
        keep(Event.SHIFT_CUT, Act.CUT, [running], by=by, role=role)


def _running(role: Role, at: datetime) -> Shift | None:
    found = Shift.objects.filter(role=role, rank=Rank.TAKEN_OVER, removed_at=None, ends_at__gt=at)
    return found.select_related("membership__person").first()
