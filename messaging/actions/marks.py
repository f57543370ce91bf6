"""Marking messages of a case for the record, and taking that back for a reason."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound
from messaging import access
from messaging.access import GroupView
from messaging.access.cases import case_row
from messaging.actions.cases import tell_members
from messaging.models import Entry, Group, Mark
from messaging.refusals import MessageExpired
from messaging.states import MARKS_PER_CASE, EntryKind, MarkState, WaiverReason


@transaction.atomic
def mark_message(
    *, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID, object_id: uuid.UUID | None = None
) -> GroupView:
    """Keep a message of a case for the record of the actor's organisation. Repeating it changes nothing.

    object_id: of the file that the message carries, as its reader says; the server cannot see it.

    Raises:
        NotFound: no such message in a case that the actor is in as a clinician and may read.
        MessageExpired: too late.
        Invalid: the organisation has marked too many here.
    """
    person_id, organisation_id = _lock(by=by, group_id=group_id)
    if _readable(by=by, group_id=group_id, message_id=message_id).expired_at is not None:
        raise MessageExpired
    marked = Mark.objects.filter(group=group_id, organisation=organisation_id, state=MarkState.MARKED.value)
    if marked.filter(message_id=message_id).exists():
        return access.group(by=by, group_id=group_id)
    if marked.count() >= MARKS_PER_CASE:
        raise Invalid(_("At most %(count)d messages of a case can be marked.") % {"count": MARKS_PER_CASE})
    Mark.objects.create(
        group_id=group_id,
        message_id=message_id,
        object_id=object_id,
        organisation_id=organisation_id,
        state=MarkState.MARKED.value,
        marked_by_id=person_id,
        marked_at=now(),
    )
    _record(Event.MESSAGE_MARK, group_id, by=by, details={"message": str(message_id)})
    return access.group(by=by, group_id=group_id)


@transaction.atomic
def waive_mark(*, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID, reason: WaiverReason) -> GroupView:
    """Take back the mark of the actor's organisation: the message expires like all others.

    Raises:
        NotFound: it has none here, or the actor is no clinician in the case.
    """
    _lock(by=by, group_id=group_id)
    marks = Mark.objects.filter(
        group=group_id,
        message_id=message_id,
        organisation=by.organisation_id,
        state=MarkState.MARKED.value,
    )
    # By its state: whoever takes it into the record at this moment holds another lock.
    waived = marks.update(
        state=MarkState.WAIVED.value, reason=reason.value, waived_by=by.person_id, waived_at=now()
    )
    if not waived:
        raise NotFound
    _record(
        Event.MESSAGE_WAIVE, group_id, by=by, details={"message": str(message_id), "reason": reason.value}
    )
    return access.group(by=by, group_id=group_id)


def _lock(*, by: Actor, group_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Take the lock of the group's row, which its expiry takes, too: a message is kept or was too late.

    Who marks, and for which organisation: a clinician in the case."""
    Group.objects.select_for_update(no_key=True).filter(id=group_id).first()
    case_row(by=by, group_id=group_id)
    if by.person_id is None or by.organisation_id is None or not by.has(Role.CLINICIAN):
        raise NotFound
    return by.person_id, by.organisation_id


def _readable(*, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID) -> Entry:
    """A message that the actor's device may read: nobody keeps what was said before they came."""
    place = access.places(by=by, group_ids=[group_id]).get(group_id)
    entry = Entry.objects.filter(
        group=group_id, message_id=message_id, kind=EntryKind.APPLICATION.value
    ).first()
    span = place.next_span(entry.seq - 1) if entry and place else None
    if entry is None or span is None or not span[0] < entry.seq <= span[1]:
        raise NotFound
    return entry


def _record(event: Event, group_id: uuid.UUID, *, by: Actor, details: dict[str, str | int]) -> None:
    audit.record(event, by=by, subject=f"group/{group_id}", details=details)
    tell_members(group_id)
