"""Taking events out of the house, so that anyone can verify them without us."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audit import keys
from audit.access import rows, tree
from audit.access.scope import scope_of
from audit.actions.recording import record
from audit.entries import instant_text
from audit.events import Event
from audit.exports import Scope, lines
from audit.models import Checkpoint
from medicus.lib import clock
from medicus.lib.actor import Actor
from medicus.lib.errors import Conflict, NotFound


def export(*, by: Actor, since: datetime | None = None, until: datetime | None = None) -> Iterator[bytes]:
    """Record the export, and give its lines: an admin's own organisation, or for the operator all.

    Holds what is sealed; an event enters the tree seconds after it happens.

    Raises:
        NotFound: the actor is neither an admin of an organisation nor the operator.
        Conflict: nothing is sealed yet.
    """
    scope = scope_of(by, since=since, until=until)
    checkpoint = _sealed()
    with transaction.atomic():
        record(Event.AUDIT_EXPORT, by=by, details=_bounds(scope) | {"size": checkpoint.size})
    return lines(
        scope=scope,
        note=checkpoint.note,
        signer=keys.signer(),
        at=clock.now(),
        rows=rows.sealed_rows(scope, checkpoint),
    )


def prove(*, by: Actor, event_id: UUID) -> Iterator[bytes]:
    """Give one event with its proof, as an export of one row.

    Raises:
        NotFound: no such event, not sealed yet, or of another organisation.
        Conflict: nothing is sealed yet.
    """
    scope = scope_of(by)
    checkpoint = _sealed()
    row = (
        rows.sealed_row(event_id, checkpoint)
        if rows.matching(scope).filter(event_id=event_id).exists()
        else None
    )
    if row is None:
        raise NotFound
    with transaction.atomic():
        record(Event.AUDIT_EXPORT, by=by, details={"event_id": str(event_id)})
    return lines(scope=scope, note=checkpoint.note, signer=keys.signer(), at=clock.now(), rows=[row])


def _sealed() -> Checkpoint:
    checkpoint = tree.latest_checkpoint()
    if checkpoint is None:
        raise Conflict(_("Nothing is sealed yet. Please try again in a few seconds."))
    return checkpoint


def _bounds(scope: Scope) -> dict[str, str | int]:
    bounds = {"since": scope.since, "until": scope.until}
    return {name: instant_text(bound) for name, bound in bounds.items() if bound}
