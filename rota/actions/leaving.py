"""What becomes of the shifts of somebody who leaves."""

import uuid
from datetime import datetime

from django.db import transaction

from audit.events import Event
from medicus.lib.actor import Actor, require_system
from rota.actions.recording import keep
from rota.actions.shifts import end_at
from rota.models import Role, Shift
from rota.states import Act


def end_shifts(*, by: Actor, membership_id: uuid.UUID, at: datetime) -> int:
    """End the shifts of a membership at an instant: one that runs is cut, later ones never were. Return how many.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    count = 0
    with transaction.atomic():
        mine = Shift.objects.filter(membership=membership_id, removed_at=None, ends_at__gt=at)
        locked = Role.objects.select_for_update().filter(id__in=mine.values("role")).order_by("id")
        for role in list(locked):
            ended = list(mine.filter(role=role).order_by("starts_at"))
            for shift in ended:
                end_at(shift, at)
            keep(Event.SHIFT_CUT, Act.CUT, ended, by=by, role=role)
            count += len(ended)
    return count
