"""What happens to urgent messages by themselves: the row is the truth, whoever looks at it, however often.

Each row is taken in a transaction of its own, under its lock; one that another worker holds is passed over, and one
whose worker dies is as it was before."""

import uuid
from datetime import timedelta

from django.db import connection, transaction

from audit.events import Event
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from messaging.access.acknowledgements import sent_message
from messaging.access.open_items import unanswered
from messaging.actions.climbing import climb, lapse, start
from messaging.actions.notices import notify
from messaging.actions.urgent_timeline import locked, record, tell, write_line
from messaging.models_urgent import UrgentLine, UrgentMessage
from messaging.states_urgent import LAPSES_AFTER_SECONDS, OPEN, TIMED, UrgentAct, UrgentState
from rota import access as rota
from rota.duty import Held

AT_ONCE = 500
"""So many rows are looked at in one run; the next one follows within seconds."""


def escalate(*, by: Actor) -> int:
    """Let everything whose time has come climb one step, and start or give up what was announced; return how many.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    due = UrgentMessage.objects.filter(state__in=TIMED, due_at__lte=now()).order_by("due_at")
    return sum(_take_due(urgent_id, by=by) for urgent_id in list(due.values_list("id", flat=True)[:AT_ONCE]))


@transaction.atomic
def _take_due(urgent_id: uuid.UUID, *, by: Actor) -> bool:
    free = locked(skip_locked=_skips_locked())
    urgent = free.filter(id=urgent_id, state__in=TIMED, due_at__lte=now()).first()
    if urgent is None:  # acknowledged, climbed, or in the hands of another worker
        return False
    if urgent.state != UrgentState.ANNOUNCED:
        climb(urgent, by=by)
        return True
    entry = sent_message(group_id=urgent.group_id, message_id=urgent.message_id)
    if entry is not None and entry.person_id == urgent.sender_id:
        start(urgent, entry, by=by)
    elif urgent.announced_at + timedelta(seconds=LAPSES_AFTER_SECONDS) <= now():
        lapse(urgent, by=by)
    else:
        return False
    return True


def hand_over(*, by: Actor) -> int:
    """Hand the open items of roles over to who holds these now, and relieve who held them before; return how many.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    items = list(
        unanswered().filter(role__isnull=False).only("id", "role", "holder", "sender").order_by("id")
    )
    held = rota.duties({item.role_id for item in items if item.role_id}, at=now())
    count = 0
    for item in items:
        current = held[item.role_id].now if item.role_id else None
        if current and current.membership_id != item.holder_id and current.person_id != item.sender_id:
            count += _hand_over(item.id, item.holder_id, current, by=by)
    return count


@transaction.atomic
def _hand_over(urgent_id: uuid.UUID, before: uuid.UUID | None, to: Held, *, by: Actor) -> bool:
    free = locked(skip_locked=_skips_locked())
    urgent = free.filter(id=urgent_id, state__in=OPEN, holder=before).first()
    if urgent is None:
        return False
    relieved = urgent.holder.person_id if urgent.holder else None
    previous = {"previous": str(urgent.holder_id)} if urgent.holder_id else {}
    urgent.holder_id = to.membership_id
    write_line(urgent, UrgentAct.HANDED_OVER, at=now(), person_id=to.person_id, from_person_id=relieved)
    urgent.save(update_fields=["holder", "lines"])
    record(Event.URGENT_HAND_OVER, urgent, by=by, membership=str(to.membership_id), **previous)
    tell(urgent, to.person_id)
    return True


def send_notices(*, by: Actor) -> int:
    """Send the notices that the timelines call for, each once; return how many.

    Who dies between sending one and writing that down sends it again: rather twice than never.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    waiting = UrgentLine.objects.filter(notifies=True, notified_at__isnull=True).order_by("id")
    return sum(_send(line_id) for line_id in list(waiting.values_list("id", flat=True)[:AT_ONCE]))


@transaction.atomic
def _send(line_id: uuid.UUID) -> bool:
    lines = UrgentLine.objects.select_for_update(no_key=True, of=("self",), skip_locked=_skips_locked())
    line = lines.filter(id=line_id, notified_at__isnull=True).select_related("urgent", "person").first()
    if line is None:
        return False
    still_open = line.urgent.state in OPEN
    if still_open and line.person is not None:
        notify(line.person, reason=UrgentAct(line.act))
    line.notified_at = now()
    line.save(update_fields=["notified_at"])
    return still_open


def _skips_locked() -> bool:
    """Elsewhere those who write queue anyway."""
    return bool(connection.features.has_select_for_update_skip_locked)
