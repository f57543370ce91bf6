"""Messages that are marked for the record, as the service knows them: by whom, of which hospital, and when."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from medicus.lib.actor import Actor
from messaging.models import Entry, GroupMember, Mark
from messaging.states import EntryKind, MarkState


@dataclass(frozen=True, slots=True)
class MarkedMessage:
    """`at`: when the service took it. The organisation is that of the device it came from: who works at two writes for
    one of them. `is_patient`: the patient whom the case is about has written it."""

    message_id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    organisation_id: uuid.UUID
    organisation_name: str
    at: datetime
    is_patient: bool


def marked_messages(*, by: Actor, group_id: uuid.UUID) -> tuple[MarkedMessage, ...]:
    """What the actor's organisation has marked in a group that the actor was found to be in: one query."""
    marks = Mark.objects.filter(group=group_id, organisation=by.organisation_id, state=MarkState.MARKED.value)
    return tuple(_told(_entries(group_id).filter(message_id__in=marks.values("message_id")).order_by("seq")))


def messages_by_id(group_id: uuid.UUID, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, MarkedMessage]:
    """Messages of a group by their ids: one query."""
    return {each.message_id: each for each in _told(_entries(group_id).filter(message_id__in=ids))}


def _entries(group_id: uuid.UUID) -> QuerySet[Entry]:
    return Entry.objects.filter(group=group_id, kind=EntryKind.APPLICATION.value)


def _told(entries: QuerySet[Entry]) -> list[MarkedMessage]:
    patients = GroupMember.objects.filter(group=OuterRef("group"), person=OuterRef("person"), is_patient=True)
    return [
        MarkedMessage(
            message_id=entry.message_id,
            person_id=entry.person_id,
            person_name=entry.person.name,
            organisation_id=entry.device.organisation_id,
            organisation_name=entry.device.organisation.name,
            at=entry.at,
            is_patient=entry.is_patient,
        )
        for entry in entries.annotate(is_patient=Exists(patients))
        .select_related("person", "device__organisation")
        .defer("body")
    ]
