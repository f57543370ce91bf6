"""Accesses in an emergency: for who has one, and for who reviews it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from identity.access import administered, card_of
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from storage.access.guarding import open_emergencies
from storage.access.patients import open_patients
from storage.keys.attributes import Keyring, keyring
from storage.models import EmergencyAccess
from storage.states import EmergencyReason, ReviewState

LISTED = 200
OVERDUE = timedelta(days=7)

_ROWS = EmergencyAccess.objects.select_related(
    "patient__organisation",
    "membership__person",
    "membership__organisation",
    "membership__department",
    "reviewed_by",
)


@dataclass(frozen=True, slots=True)
class EmergencyCard:
    """patient: name and date of birth, empty for reviewers, who treat nobody. number: of the patient.
    account: why, in the words of who asked. note: what the review found. own: the actor's own."""

    emergency_id: uuid.UUID
    patient_id: uuid.UUID
    patient: str
    number: str
    name: str
    place: str
    reason: EmergencyReason
    account: str
    begun_at: datetime
    ends_at: datetime
    state: ReviewState
    reviewed_by: str
    reviewed_at: datetime | None
    note: str
    own: bool

    @property
    def lasts(self) -> bool:
        return self.ends_at > now()

    @property
    def open(self) -> bool:
        return self.state == ReviewState.OPEN

    @property
    def overdue(self) -> bool:
        return self.open and self.begun_at < now() - OVERDUE


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is meant: by number, or by family name and date of birth."""

    number: str = ""
    family_name: str = ""
    born_on: date | None = None


def current_emergency(*, by: Actor, patient_id: uuid.UUID) -> EmergencyCard | None:
    """The access that an actor has to a folder now."""
    found = _ROWS.filter(id__in=open_emergencies(by).filter(patient=patient_id).values("id"))
    return next(iter(_cards(found.order_by("-ends_at")[:1], by)), None)


def own_emergencies(*, by: Actor) -> list[EmergencyCard]:
    """The actor's own, the latest first; the patient's name only while it lasts."""
    if by.membership_id is None:
        return []
    return _cards(_ROWS.filter(membership=by.membership_id).order_by("-begun_at")[:10], by)


def emergencies_to_review(*, by: Actor) -> list[EmergencyCard]:
    """Those of the organisation that the actor administers: open ones first, the oldest of these on top.

    Raises:
        NotFound: not an administrator.
    """
    found = _ROWS.filter(patient__organisation=administered(by=by))
    waiting = found.filter(state=ReviewState.OPEN.value).order_by("begun_at", "id")[:LISTED]
    closed = found.exclude(state=ReviewState.OPEN.value).order_by("-reviewed_at", "-id")[:LISTED]
    return _cards([*waiting, *closed], by)


def emergency_to_review(*, by: Actor, emergency_id: uuid.UUID) -> EmergencyCard:
    """One of the organisation that the actor administers.

    Raises:
        NotFound: absent, another organisation's, or not an administrator.
    """
    return emergency_card(reviewable_row(by=by, emergency_id=emergency_id), by=by)


def open_reviews(*, organisation_id: uuid.UUID) -> dict[str, str | int]:
    """How many reviews are open, for the figures of an organisation's administrators."""
    rows = EmergencyAccess.objects.filter(patient__organisation=organisation_id, state=ReviewState.OPEN.value)
    words = _("Emergency accesses to review")
    return {"key": "reviews", "label": words, "count": rows.count(), "page": "storage:emergency-reviews"}


def emergency_row(*, by: Actor, emergency_id: uuid.UUID) -> EmergencyAccess:
    """One's own.

    Raises:
        NotFound: absent, or somebody else's.
    """
    return _one(_ROWS.filter(membership=by.membership_id) if by.membership_id else _ROWS.none(), emergency_id)


def reviewable_row(*, by: Actor, emergency_id: uuid.UUID) -> EmergencyAccess:
    """One of the organisation that the actor administers.

    Raises:
        NotFound: absent, another organisation's, or not an administrator.
    """
    return _one(_ROWS.filter(patient__organisation=administered(by=by)), emergency_id)


def _one(rows: QuerySet[EmergencyAccess], emergency_id: uuid.UUID) -> EmergencyAccess:
    found = rows.filter(id=emergency_id).first()
    if found is None:
        raise NotFound
    return found


def emergency_card(row: EmergencyAccess, *, by: Actor) -> EmergencyCard:
    """Show a row that the actor was found to be allowed to see."""
    return _cards(_ROWS.filter(id=row.id), by)[0]


# opening rows


def seal_words(ring: Keyring, row: EmergencyAccess, field: str, words: str) -> bytes:
    return ring.seal(row.patient.organisation_id, _context(row, field), words.encode())


def _cards(rows: Sequence[EmergencyAccess] | QuerySet[EmergencyAccess], by: Actor) -> list[EmergencyCard]:
    found = list(rows)
    ring = keyring({row.patient.organisation_id for row in found})
    return [_card(row, ring, by) for row in found]


def _card(row: EmergencyAccess, ring: Keyring, by: Actor) -> EmergencyCard:
    (patient,) = open_patients([row.patient], ring)
    who = card_of(row.membership)
    shown = row.membership_id == by.membership_id and row.ends_at > now()
    return EmergencyCard(
        emergency_id=row.id,
        patient_id=row.patient_id,
        patient=patient.name if shown else "",
        number=patient.identifier,
        name=who.name,
        place=", ".join(filter(None, (who.function, who.department))),
        reason=EmergencyReason(row.reason),
        account=_opened(ring, row, "account", bytes(row.sealed_account)),
        begun_at=row.begun_at,
        ends_at=row.ends_at,
        state=ReviewState(row.state),
        reviewed_by=row.reviewed_by.name if row.reviewed_by else "",
        reviewed_at=row.reviewed_at,
        note=_opened(ring, row, "note", bytes(row.sealed_note or b"")),
        own=row.membership_id == by.membership_id or row.membership.person_id == by.person_id,
    )


def _opened(ring: Keyring, row: EmergencyAccess, field: str, sealed: bytes) -> str:
    return ring.unseal(row.patient.organisation_id, _context(row, field), sealed).decode() if sealed else ""


def _context(row: EmergencyAccess, field: str) -> str:
    return f"emergency.{field}/{row.id}"
