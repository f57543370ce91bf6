"""What the examination of a document says about the messages that were taken into the record by it."""

import uuid

from django.db import transaction
from django.db.models import Q

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from messaging.actions.cases import involved, tell_members
from messaging.models import Group, Mark, RecordExport
from messaging.states import MARK_TRANSITIONS, MarkState, WaiverReason


@transaction.atomic
def conclude_export(*, by: Actor, finding_id: uuid.UUID, accepted: bool) -> None:
    """Tell who took part that a document of messages is sound; or take them back, for they are not in the record.

    For the callback "finding-examined", in its transaction; other findings are not meant. One refused document of the two
    is enough, and the second changes nothing more.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    export = RecordExport.objects.filter(Q(bundle=finding_id) | Q(sheet=finding_id)).first()
    if export is None:
        return
    if not accepted:
        _take_back(export, finding_id, by=by)
    tell_members(export.group_id)


def _take_back(export: RecordExport, finding_id: uuid.UUID, *, by: Actor) -> None:
    """Mark its messages again, under the lock that marking holds, too."""
    Group.objects.select_for_update(no_key=True).get(id=export.group_id)
    marks = list(Mark.objects.filter(export=export, state=MarkState.EXPORTED.value))
    others = _others(export, {mark.message_id for mark in marks})
    for mark in marks:
        _mark_again(mark, others.get(mark.message_id))
    Mark.objects.bulk_update(marks, ["state", "export", "reason", "waived_by", "waived_at"])
    if marks:
        _record(export, finding_id, len(marks), by=by)


def _others(export: RecordExport, message_ids: set[uuid.UUID]) -> dict[uuid.UUID, Mark]:
    """Marks that the organisation has made of these messages since: those say what is still to be done, or was."""
    same = Mark.objects.filter(
        group=export.group_id, organisation=export.organisation_id, message_id__in=message_ids
    )
    newer = same.exclude(export=export).exclude(state=MarkState.WAIVED.value)
    return {mark.message_id: mark for mark in newer.order_by("marked_at", "id")}


def _mark_again(mark: Mark, other: Mark | None) -> None:
    """A message is marked once: where it is again, this one goes as its duplicate, by whoever made the other."""
    state = MarkState.WAIVED if other else MarkState.MARKED
    assert state in MARK_TRANSITIONS[MarkState(mark.state)]
    mark.state, mark.export = state.value, None
    if other:
        mark.reason, mark.waived_by_id, mark.waived_at = (
            WaiverReason.DUPLICATE.value,
            other.marked_by_id,
            now(),
        )


def _record(export: RecordExport, finding_id: uuid.UUID, count: int, *, by: Actor) -> None:
    """For each hospital that was told of the taking."""
    for organisation_id in involved(export.group_id):
        own = organisation_id == export.organisation_id
        audit.record(
            Event.MESSAGE_EXPORT_REFUSE,
            by=by,
            subject=f"group/{export.group_id}",
            organisation_id=organisation_id,
            patient=str(export.bundle.patient_id) if own else "",
            details={"messages": count, "finding": str(finding_id), "bundle": bytes(export.digest).hex()},
        )
