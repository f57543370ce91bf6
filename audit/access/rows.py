"""Sealed rows with their proofs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from audit.access import tree
from audit.entries import first_id_at
from audit.exports import Row, Scope
from audit.merkle import Tree
from audit.models import AuditEvent, AuditPerson, Checkpoint, Leaf
from audit.states import Part

PAGE = 5000
ROWS_AT_ONCE = 500

People = dict[Part, tuple[UUID, bytes]]


def matching(scope: Scope) -> QuerySet[AuditEvent]:
    """The events in `scope`, by the order of time that their ids carry."""
    events = AuditEvent.objects.order_by("event_id").filter(within(scope.since, scope.until))
    return events.filter(organisation_id=scope.organisation_id) if scope.organisation_id else events


def within(since: datetime | None, until: datetime | None) -> Q:
    """What has an `event_id` between two instants."""
    bounds = {"event_id__gte": since, "event_id__lt": until}
    return Q(**{lookup: first_id_at(at) for lookup, at in bounds.items() if at})


def sealed_rows(scope: Scope, checkpoint: Checkpoint) -> Iterator[Row]:
    """The rows of `scope` under `checkpoint`, in the order of the tree."""
    sealed = tree.sealed_tree(checkpoint)
    indices = sorted(_indices(scope, checkpoint.size))
    for start in range(0, len(indices), ROWS_AT_ONCE):
        leaves = Leaf.objects.filter(index__in=indices[start : start + ROWS_AT_ONCE])
        yield from _rows(leaves, sealed)


def sealed_row(event_id: UUID, checkpoint: Checkpoint) -> Row | None:
    """One row, or None: no such event, or not sealed yet."""
    sealed = Leaf.objects.filter(event_id=event_id, index__lt=checkpoint.size)
    found = list(sealed.values_list("index", "event__canonical"))
    if not found:
        return None
    [(index, canonical)] = found
    proof = tree.tree_around(index, checkpoint).inclusion_proof(index)
    return Row(index, bytes(canonical), proof, people_of([event_id])[event_id])


def of_leaves(leaves: QuerySet[Leaf], sealed: Tree) -> list[Row]:
    """The rows of leaves that the sealed tree holds, in its order."""
    return list(_rows(leaves, sealed))


def people_of(event_ids: Sequence[UUID]) -> dict[UUID, People]:
    """What opens the commitments of these events, as far as it has not been erased."""
    found: dict[UUID, People] = {event_id: {} for event_id in event_ids}
    openings = AuditPerson.objects.filter(event_id__in=event_ids)
    for event_id, part, person_id, salt in openings.values_list("event_id", "part", "person_id", "salt"):
        found[event_id][Part(part)] = (person_id, bytes(salt))
    return found


def _indices(scope: Scope, size: int) -> Iterator[int]:
    events = matching(scope).values_list("event_id", "leaf__index")
    page = list(events[:PAGE])
    while page:
        yield from (index for _, index in page if index is not None and index < size)
        page = list(events.filter(event_id__gt=page[-1][0])[:PAGE])


def _rows(found: QuerySet[Leaf], sealed: Tree) -> Iterator[Row]:
    leaves = list(found.select_related("event").order_by("index"))
    people = people_of([leaf.event_id for leaf in leaves])
    for leaf in leaves:
        yield _row(leaf, sealed, people[leaf.event_id])


def _row(leaf: Leaf, sealed: Tree, people: People) -> Row:
    return Row(leaf.index, bytes(leaf.event.canonical), sealed.inclusion_proof(leaf.index), people)
