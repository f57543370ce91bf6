"""Inquiries about entries of the log: for the patient who asks, and for the hospital's administrators, who answer."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.access import OwnAccess, PatientAccess, accesses_by_id, own_entry
from identity.access import administered
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from storage.access.patient_links import own_links
from storage.access.patients import open_patients
from storage.keys.attributes import Keyring, keyring
from storage.models import AccessInquiry

ANSWERED_WITHIN = timedelta(days=30)
"""A month, as for every request of a person about their data (GDPR article 12(3))."""
LISTED = 200

_ROWS = AccessInquiry.objects.select_related("patient__organisation", "answered_by")


@dataclass(frozen=True, slots=True)
class InquiryCard:
    """hospital: that keeps the record, and answers. question: empty where the patient wrote nothing."""

    inquiry_id: uuid.UUID
    event_id: uuid.UUID
    hospital: str
    question: str
    asked_at: datetime
    answered_at: datetime | None
    answer: str

    @property
    def open(self) -> bool:
        return self.answered_at is None

    @property
    def due_at(self) -> datetime:
        return self.asked_at + ANSWERED_WITHIN

    @property
    def overdue(self) -> bool:
        return self.open and self.due_at < now()

    @property
    def days_open(self) -> int:
        """Whole days from the question to the answer, or to now."""
        return ((self.answered_at or now()) - self.asked_at).days


@dataclass(frozen=True, slots=True)
class AskedCard:
    """An inquiry as the hospital's administrators see it. number: of the patient, who is not named to them.

    entry: None where the log does not know it any more. own: it is about the actor's own access."""

    inquiry: InquiryCard
    patient_id: uuid.UUID
    number: str
    entry: PatientAccess | None
    answered_by: str
    own: bool


@dataclass(frozen=True, slots=True)
class OwnEntryPage:
    """One entry of a patient's own log, with what they have asked about it, the latest first."""

    entry: OwnAccess
    inquiries: Sequence[InquiryCard]

    @property
    def may_ask(self) -> bool:
        return not self.entry.is_you and not any(card.open for card in self.inquiries)


def own_inquiries(*, by: Actor) -> list[InquiryCard]:
    """What the acting patient has asked, the latest first.

    Raises:
        NotFound: the actor is no patient.
    """
    return _cards(_own(by).order_by("-asked_at", "-id")[:LISTED])


def own_inquiries_about(
    *, by: Actor, event_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[InquiryCard]]:
    """What the acting patient has asked about some entries, by entry, the latest first.

    Raises:
        NotFound: the actor is no patient.
    """
    found: dict[uuid.UUID, list[InquiryCard]] = {}
    for card in _cards(_own(by).filter(event_id__in=event_ids).order_by("-asked_at", "-id")):
        found.setdefault(card.event_id, []).append(card)
    return found


def own_entry_page(*, by: Actor, event_id: uuid.UUID) -> OwnEntryPage:
    """One entry of the acting patient's log, to ask about.

    Raises:
        NotFound: absent, about somebody else, or the actor is no patient.
    """
    _record, entry = own_entry(by=by, event_id=event_id)
    return OwnEntryPage(entry, own_inquiries_about(by=by, event_ids=[event_id]).get(event_id, []))


def inquiries_to_answer(*, by: Actor) -> list[AskedCard]:
    """Those to the organisation that the actor administers: open ones first, the oldest of these on top.

    Raises:
        NotFound: not an administrator.
    """
    found = _ROWS.filter(patient__organisation=administered(by=by))
    waiting = found.filter(answered_at=None).order_by("asked_at", "id")[:LISTED]
    answered = found.filter(answered_at__isnull=False).order_by("-answered_at", "-id")[:LISTED]
    return asked_cards([*waiting, *answered], by=by)


def inquiry_to_answer(*, by: Actor, inquiry_id: uuid.UUID) -> AskedCard:
    """One to the organisation that the actor administers.

    Raises:
        NotFound: absent, another organisation's, or not an administrator.
    """
    return asked_cards([inquiry_row(by=by, inquiry_id=inquiry_id)], by=by)[0]


def inquiry_row(*, by: Actor, inquiry_id: uuid.UUID) -> AccessInquiry:
    """The row of `inquiry_to_answer`."""
    found = _ROWS.filter(patient__organisation=administered(by=by), id=inquiry_id).first()
    if found is None:
        raise NotFound
    return found


def open_inquiries(*, organisation_id: uuid.UUID) -> dict[str, str | int]:
    """How many inquiries wait, for the figures of an organisation's administrators."""
    rows = AccessInquiry.objects.filter(patient__organisation=organisation_id, answered_at=None)
    words = _("Inquiries of patients to answer")
    return {"key": "inquiries", "label": words, "count": rows.count(), "page": "storage:inquiries"}


# opening rows


def seal_words(ring: Keyring, row: AccessInquiry, field: str, words: str) -> bytes:
    return ring.seal(row.patient.organisation_id, _context(row, field), words.encode())


def inquiry_card(row: AccessInquiry) -> InquiryCard:
    """Show a row that the actor was found to be allowed to see."""
    return _card(row, keyring([row.patient.organisation_id]))


def asked_cards(rows: Sequence[AccessInquiry], *, by: Actor) -> list[AskedCard]:
    """Show rows of the organisation that the actor administers, in a fixed number of queries."""
    ring = keyring({row.patient.organisation_id for row in rows})
    patients = open_patients([row.patient for row in rows], ring)
    entries = accesses_by_id(by=by, event_ids={row.event_id for row in rows})
    return [
        _asked(row, patient.identifier, entries.get(row.event_id), ring, by)
        for row, patient in zip(rows, patients, strict=True)
    ]


def _own(by: Actor) -> QuerySet[AccessInquiry]:
    return _ROWS.filter(patient__in=own_links(by=by).values("patient"))


def _cards(rows: Iterable[AccessInquiry]) -> list[InquiryCard]:
    found = list(rows)
    ring = keyring({row.patient.organisation_id for row in found})
    return [_card(row, ring) for row in found]


def _asked(
    row: AccessInquiry, number: str, entry: PatientAccess | None, ring: Keyring, by: Actor
) -> AskedCard:
    actor = entry.row.actor if entry else None
    return AskedCard(
        inquiry=_card(row, ring),
        patient_id=row.patient_id,
        number=number,
        entry=entry,
        answered_by=row.answered_by.name if row.answered_by else "",
        own=actor is not None and actor.id is not None and actor.id == by.person_id,
    )


def _card(row: AccessInquiry, ring: Keyring) -> InquiryCard:
    return InquiryCard(
        inquiry_id=row.id,
        event_id=row.event_id,
        hospital=row.patient.organisation.name,
        question=_opened(ring, row, "question", bytes(row.sealed_question)),
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        answer=_opened(ring, row, "answer", bytes(row.sealed_answer)) if row.sealed_answer else "",
    )


def _opened(ring: Keyring, row: AccessInquiry, field: str, sealed: bytes) -> str:
    return ring.unseal(row.patient.organisation_id, _context(row, field), sealed).decode()


def _context(row: AccessInquiry, field: str) -> str:
    return f"access-inquiry.{field}|{row.id}"
