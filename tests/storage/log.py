"""What stands in the audit log, read from its tables."""

import json
from uuid import UUID

from audit.events import Event
from audit.models import AuditEvent, AuditPerson
from audit.states import Part


def recorded(*wanted: Event) -> list[tuple[str, UUID | None, UUID | None]]:
    """The wanted events in order: subject, acting person, organisation whose officer sees it."""
    rows = AuditEvent.objects.filter(event__in=[event.value for event in wanted]).order_by("event_id")
    actors = dict(AuditPerson.objects.filter(part=Part.ACTOR.value).values_list("event_id", "person_id"))
    return [
        (json.loads(bytes(row.canonical)).get("subject", ""), actors.get(row.event_id), row.organisation_id)
        for row in rows
    ]
