"""What a planner does with the shifts of a role."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid
from medicus.lib.ids import new_id
from rota.access.imports import planned_role
from rota.access.rotas import planned_shift
from rota.actions.recording import keep
from rota.actions.rules import begin, check, check_free, check_member, check_times, filler, lock
from rota.models import Shift
from rota.states import PLANNED, Act, Rank
from rota.times import weekly

MOST_WEEKS = 52


def plan_shift(
    *,
    by: Actor,
    role_id: uuid.UUID,
    membership_id: uuid.UUID,
    starts_at: datetime,
    ends_at: datetime,
    rank: Rank = Rank.HOLDER,
    weeks: int = 0,
) -> list[Shift]:
    """Plan a shift, and the same time of day in each of so many weeks that follow: all of them, or none.

    Raises:
        Invalid: `errors` names each bad field; an overlapping shift is named.
        NotFound: the actor does not plan this role.
    """
    planned_role(by=by, role_id=role_id)
    if rank not in PLANNED or not 0 <= weeks <= MOST_WEEKS:
        raise Invalid(errors={"weeks": _("At most 52 weeks.")})
    with transaction.atomic():
        role = lock(role_id)
        member = filler(role, membership_id)
        made = []
        for since, until in weekly(begin(starts_at), ends_at, weeks=weeks):
            check(role, member, rank, since, until)
            made.append(
                Shift.objects.create(
                    id=new_id(), role=role, membership=member, rank=rank, starts_at=since, ends_at=until
                )
            )
        keep(Event.SHIFT_PLAN, Act.PLAN, made, by=by, role=role)
    return made


def change_shift(
    *,
    by: Actor,
    shift_id: uuid.UUID,
    membership_id: uuid.UUID,
    starts_at: datetime,
    ends_at: datetime,
    rank: Rank = Rank.HOLDER,
) -> Shift:
    """Change a shift. Of one that has begun, only the end.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: absent, or the actor does not plan this role.
        Conflict: it is over, or somebody has taken over by it.
    """
    found = planned_shift(by=by, shift_id=shift_id)
    with transaction.atomic():
        role = lock(found.role_id)
        found = _open_shift(by, shift_id)
        if found.starts_at <= now():
            _extend(found, membership_id, starts_at, rank, ends_at)
        else:
            member = filler(role, membership_id)
            found.membership, found.rank = member, rank
            found.starts_at, found.ends_at = begin(starts_at), ends_at
        check_times(found.starts_at, found.ends_at)
        check_member(found.membership, found.starts_at, found.ends_at)
        check_free(role, found.rank, found.starts_at, found.ends_at, but=found.id)
        found.save(update_fields=["membership", "rank", "starts_at", "ends_at"])
        keep(Event.SHIFT_CHANGE, Act.CHANGE, [found], by=by, role=role)
    return found


def remove_shift(*, by: Actor, shift_id: uuid.UUID) -> Shift:
    """Delete a shift that has not begun; end one that has. `restore_shift` undoes the first.

    Raises:
        NotFound: absent, or the actor does not plan this role.
        Conflict: it is over, or somebody has taken over by it.
    """
    found = planned_shift(by=by, shift_id=shift_id)
    with transaction.atomic():
        role = lock(found.role_id)
        found = _open_shift(by, shift_id)
        end_at(found, now())
        keep(Event.SHIFT_REMOVE, Act.REMOVE, [found], by=by, role=role)
    return found


def restore_shift(*, by: Actor, shift_id: uuid.UUID) -> Shift:
    """Bring back a shift that was deleted.

    Raises:
        NotFound: absent, not deleted, or the actor does not plan this role.
        Conflict: it would have begun already, its time is taken meanwhile, or its person has left.
    """
    found = planned_shift(by=by, shift_id=shift_id, removed=True)
    with transaction.atomic():
        role = lock(found.role_id)
        found = planned_shift(by=by, shift_id=shift_id, removed=True)
        if found.starts_at <= now():
            raise Conflict(_("This shift would have begun already. Please plan a new one."))
        try:
            member = filler(role, found.membership_id)
            check(role, member, Rank(found.rank), found.starts_at, found.ends_at)
        except Invalid as error:
            raise Conflict(" ".join([error.detail, *error.errors.values()]).strip()) from None
        found.removed_at = None
        found.save(update_fields=["removed_at"])
        keep(Event.SHIFT_RESTORE, Act.RESTORE, [found], by=by, role=role)
    return found


def end_at(shift: Shift, at: datetime) -> None:
    """Let a shift end at an instant: one that begins later never was."""
    if shift.starts_at < at:
        shift.ends_at = at
        shift.save(update_fields=["ends_at"])
    else:
        shift.removed_at = now()
        shift.save(update_fields=["removed_at"])


def _open_shift(by: Actor, shift_id: uuid.UUID) -> Shift:
    found = planned_shift(by=by, shift_id=shift_id)
    if found.rank == Rank.TAKEN_OVER:
        raise Conflict(_("Who has taken over hands the role back."))
    if found.ends_at <= now():
        raise Conflict(_("This shift is over. What has been is not changed."))
    return found


def _extend(
    found: Shift, membership_id: uuid.UUID, starts_at: datetime, rank: int, ends_at: datetime
) -> None:
    """A form knows minutes, a row microseconds: the beginning is the same in the same minute."""
    same_start = found.starts_at.replace(second=0, microsecond=0) == starts_at.replace(
        second=0, microsecond=0
    )
    if (found.membership_id, found.rank) != (membership_id, rank) or not same_start:
        raise Invalid(_("This shift has begun: only its end can be changed. Somebody else takes over."))
    if ends_at < now():
        raise Invalid(errors={"ends_at": _("This lies in the past. What has been is not changed.")})
    found.ends_at = ends_at
