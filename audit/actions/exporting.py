"""Taking events out of the house, so that anyone can verify them without us."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audit import keys
from audit.access import EventRow, all_events, rows, tree
from audit.access.scope import scope_of
from audit.actions.recording import record
from audit.entries import instant_text
from audit.events import Event
from audit.exports import Row, Scope, lines
from audit.models import Checkpoint
from audit.proofs import bundle
from medicus.lib import clock
from medicus.lib.actor import Actor
from medicus.lib.errors import Conflict, NotFound
from medicus.lib.freshness import require_fresh


def export(*, by: Actor, since: datetime | None = None, until: datetime | None = None) -> Iterator[bytes]:
    """Record the export, and give its lines: an admin's own organisation, or for the operator all.

    Holds what is sealed; an event enters the tree seconds after it happens.

    Raises:
        NotFound: the actor is neither an admin of an organisation nor the operator.
        Conflict: nothing is sealed yet.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    scope = scope_of(by, since=since, until=until)
    require_fresh(by)
    checkpoint = _sealed()[0]
    with transaction.atomic():
        record(Event.AUDIT_EXPORT, by=by, details=_bounds(scope) | {"size": checkpoint.size})
    return lines(
        scope=scope,
        note=tree.witnessed_note(checkpoint),
        signer=keys.signer(),
        at=clock.now(),
        rows=rows.sealed_rows(scope, checkpoint),
    )


def export_rows(
    *, by: Actor, since: datetime | None = None, until: datetime | None = None
) -> Iterator[EventRow]:
    """Record the export, and give the events in words, the oldest first: for the form of others (FHIR).

    Unlike `export` this holds what waits for its seal, too, and nothing of it proves itself.

    Raises:
        NotFound: the actor is neither an admin of an organisation nor the operator.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    scope = scope_of(by, since=since, until=until)
    require_fresh(by)
    with transaction.atomic():
        record(Event.AUDIT_EXPORT, by=by, details=_bounds(scope) | {"form": "fhir"})
    return all_events(by=by, since=since, until=until)


def prove(*, by: Actor, event_id: UUID) -> bytes:
    """Record it, and give one event with its proof (C2SP tlog-proof, see `audit.proofs`).

    Raises:
        NotFound: no such event, not sealed yet, or of another organisation.
        Conflict: nothing is sealed yet.
    """
    own = rows.matching(scope_of(by)).filter(event_id=event_id)
    checkpoints = _sealed()
    if not own.exists():
        raise NotFound
    row, checkpoint = _proven(event_id, checkpoints)
    with transaction.atomic():
        record(Event.AUDIT_EXPORT, by=by, details={"event_id": str(event_id)})
    return bundle(row, note=tree.witnessed_note(checkpoint), public_key=keys.signer().verifier)


def _proven(event_id: UUID, checkpoints: Sequence[Checkpoint]) -> tuple[Row, Checkpoint]:
    for checkpoint in checkpoints:
        if row := rows.sealed_row(event_id, checkpoint):
            return row, checkpoint
    raise NotFound


def _sealed() -> Sequence[Checkpoint]:
    checkpoints = tree.provable_checkpoints()
    if not checkpoints:
        raise Conflict(_("Nothing is sealed yet. Please try again in a few seconds."))
    return checkpoints


def _bounds(scope: Scope) -> dict[str, str | int]:
    bounds = {"since": scope.since, "until": scope.until}
    return {name: instant_text(bound) for name, bound in bounds.items() if bound}
