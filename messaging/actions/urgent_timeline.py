"""What every step of an urgent message leaves behind: a line of its timeline, audit events, news for sockets."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from audit import actions as audit
from audit.events import Event
from medicus.celery import enqueue
from medicus.lib.actor import Actor
from messaging import news
from messaging.models import GroupMember
from messaging.models_urgent import UrgentLine, UrgentMessage
from messaging.refusals import UrgentOver
from messaging.states_urgent import NOTIFIED, URGENT_TRANSITIONS, UrgentAct, UrgentState

if TYPE_CHECKING:
    from django.db.models import QuerySet


def locked(*, skip_locked: bool = False) -> "QuerySet[UrgentMessage]":
    """Urgent messages, each locked until the transaction ends: all that happens to one happens one after the other."""
    rows = UrgentMessage.objects.select_for_update(no_key=True, of=("self",), skip_locked=skip_locked)
    return rows.select_related("role", "holder")


def move(urgent: UrgentMessage, state: UrgentState) -> None:
    """Change the state of a locked row; its other fields follow, and the caller saves it.

    Raises:
        UrgentOver: the table of states does not allow it.
    """
    if state not in URGENT_TRANSITIONS[UrgentState(urgent.state)]:
        raise UrgentOver
    urgent.state = state.value


def write_line(
    urgent: UrgentMessage,
    act: UrgentAct,
    *,
    at: datetime,
    person_id: uuid.UUID | None,
    from_person_id: uuid.UUID | None = None,
) -> None:
    """Add a line to the timeline of a locked row, which the caller saves. Notices go out after the transaction."""
    urgent.lines += 1
    notifies = act in NOTIFIED
    UrgentLine.objects.create(
        urgent=urgent,
        number=urgent.lines,
        act=act.value,
        step=urgent.step,
        person_id=person_id,
        from_person_id=from_person_id,
        at=at,
        notifies=notifies,
    )
    if notifies:
        enqueue("messaging.tasks.notify")


def record(event: Event, urgent: UrgentMessage, *, by: Actor, **details: str | int) -> None:
    """Record it for the organisation of the sender, and for that of the role."""
    facts: dict[str, str | int] = {"step": urgent.step, **details}
    if urgent.seq is not None:
        facts["seq"] = urgent.seq
    if urgent.role_id:
        facts["role"] = str(urgent.role_id)
    organisations = {urgent.sender_organisation_id}
    if urgent.role is not None:
        organisations.add(urgent.role.organisation_id)
    for organisation_id in sorted(organisations):
        audit.record(
            event,
            by=by,
            subject=f"group/{urgent.group_id}",
            organisation_id=organisation_id,
            details=facts,
        )


def tell(urgent: UrgentMessage, *others: uuid.UUID) -> None:
    """Have the sockets of the members, and of `others`, look at it once the transaction has committed."""
    members = GroupMember.objects.filter(group=urgent.group_id, left_seq__isnull=True)
    people = frozenset({*members.values_list("person_id", flat=True), *others})
    news.tell_on_commit(news.News(urgent={(urgent.group_id, urgent.message_id): people}))
