"""What the log says of one person's keys and devices, with proofs that their own browser checks.

The browser keeps the tree head that it saw last; `consistency` proves that nothing before it was changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from audit import keys
from audit.access import rows, tree
from audit.events import Event
from audit.exports import Row
from audit.models import AuditEvent, AuditPerson, Leaf
from audit.states import Part

BY_THEMSELVES = frozenset({Event.IDENTITY_KEY_CERTIFY, Event.DEVICE_REGISTER})
ABOUT_THEM = frozenset({Event.IDENTITY_KEY_RESET, Event.DEVICE_REVOKE})


@dataclass(frozen=True, slots=True)
class KeyLog:
    """`checkpoint`: the newest, a signed note; empty while nothing is sealed. `public_key`: the log's, as a vkey.

    consistency: from the size that was asked about to this one; empty where the log never had that size."""

    checkpoint: str
    public_key: str
    consistency: Sequence[bytes]
    rows: Sequence[Row]


def key_log(*, person_id: UUID, organisation_id: UUID, since_size: int = 0) -> KeyLog:
    """The sealed events of a person's identity keys and devices at an organisation, in the order of the tree.

    For a caller who has checked that the person themselves asks."""
    public_key = keys.signer().verifier.vkey()
    checkpoint = tree.latest_checkpoint()
    if checkpoint is None:
        return KeyLog("", public_key, [], [])
    sealed = tree.sealed_tree(checkpoint)
    known = 0 < since_size <= checkpoint.size
    events = _key_events(person_id, organisation_id)
    leaves = Leaf.objects.filter(event_id__in=events.values("event_id"), index__lt=checkpoint.size)
    return KeyLog(
        checkpoint=tree.witnessed_note(checkpoint),
        public_key=public_key,
        consistency=sealed.consistency_proof(since_size) if known else [],
        rows=rows.of_leaves(leaves, sealed),
    )


def _key_events(person_id: UUID, organisation_id: UUID) -> QuerySet[AuditEvent]:
    openings = AuditPerson.objects.filter(event_id=OuterRef("event_id"), person_id=person_id)
    acting, concerned = (openings.filter(part=part.value) for part in (Part.ACTOR, Part.SUBJECT))
    return AuditEvent.objects.filter(
        Q(Exists(acting), event__in=[event.value for event in BY_THEMSELVES])
        | Q(Exists(concerned), event__in=[event.value for event in ABOUT_THEM]),
        organisation_id=organisation_id,
    )
