"""Blocks of the actor, and reports: for whoever made them and for the administrators who handle them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from identity import access as identity
from identity.access import PersonCard, administered
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from messaging.access.contacts import Party
from messaging.models import GroupMember
from messaging.models_conduct import Block, Report
from messaging.states import GroupKind
from messaging.states_conduct import (
    CATEGORY_NAMES,
    OUTCOME_NAMES,
    REPORT_STATE_NAMES,
    REPORT_TRANSITIONS,
    ReportState,
)
from storage.keys.attributes import Keyring, keyring

LISTED = 200


@dataclass(frozen=True, slots=True)
class BlockCard:
    """Somebody whom the actor blocked."""

    card: PersonCard
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report as whoever made it sees it."""

    report_id: uuid.UUID
    reported: PersonCard
    category: str
    state: str
    outcome: str
    made_at: datetime

    @property
    def category_name(self) -> str | Promise:
        return CATEGORY_NAMES[self.category]

    @property
    def state_name(self) -> str | Promise:
        return REPORT_STATE_NAMES[self.state]

    @property
    def outcome_name(self) -> str | Promise:
        return OUTCOME_NAMES.get(self.outcome, "")


@dataclass(frozen=True, slots=True)
class ReportCard(OwnReport):
    """A report as administrators see it. reporter: None for those of the other hospital, who are not told.

    text: of the message, where the reporter attached it; own: the actor made it, somebody else handles it."""

    reporter: PersonCard | None
    hospital: str
    words: str
    text: str | None
    note: str
    passed_on_at: datetime | None
    handled_by: str
    own: bool
    abroad: bool

    @property
    def open(self) -> bool:
        return self.state != ReportState.CLOSED

    @property
    def may_look(self) -> bool:
        return not self.own and self.state == ReportState.OPEN

    @property
    def may_pass_on(self) -> bool:
        return self.abroad and ReportState.PASSED_ON in REPORT_TRANSITIONS[ReportState(self.state)]


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """waiting: to be handled here, the oldest first; from_others: passed on by other hospitals, to know of."""

    waiting: Sequence[ReportCard]
    closed: Sequence[ReportCard]
    from_others: Sequence[ReportCard]


def blocks(*, by: Actor) -> list[BlockCard]:
    """Whom the actor blocked, the latest first."""
    rows = list(Block.objects.filter(person=by.person_id).order_by("-made_at", "-id"))
    cards = identity.people_by_id({row.blocked_id for row in rows})
    return [BlockCard(cards[row.blocked_id], row.made_at) for row in rows]


def blocking(party: Party, others: Collection[Party]) -> dict[Party, Block]:
    """Those of these people who blocked somebody."""
    found = Block.objects.filter(blocked=party[0], person__in={person for person, _organisation in others})
    by_person = {row.person_id: row for row in found}
    return {other: by_person[other[0]] for other in others if other[0] in by_person}


def met(*, by: Actor, person_id: uuid.UUID, direct: bool | None = None) -> GroupMember | None:
    """How somebody else takes, or took, part in a conversation that the actor is or was in; the latest one. Not how a
    patient does: nobody blocks or reports them."""
    mine = GroupMember.objects.filter(
        group=OuterRef("group"), person=by.person_id, organisation=by.organisation_id
    )
    theirs = GroupMember.objects.filter(Exists(mine), person=person_id, is_patient=False).exclude(
        person=by.person_id
    )
    if direct:
        theirs = theirs.filter(group__kind=GroupKind.DIRECT)
    return theirs.order_by("-group__created_at", "-id").first()


def own_reports(*, by: Actor) -> list[OwnReport]:
    """What the actor has reported, the latest first."""
    rows = list(Report.objects.filter(reporter=by.person_id).order_by("-made_at", "-id")[:LISTED])
    cards = identity.people_by_id({row.reported_id for row in rows})
    return [
        OwnReport(row.id, cards[row.reported_id], row.category, row.state, row.outcome, row.made_at)
        for row in rows
    ]


def reports_page(*, by: Actor) -> ReportsPage:
    """What was reported to the administrators of the actor's hospital, and what others passed on to them.

    Nobody sees what was reported about themselves.

    Raises:
        NotFound: not an administrator.
    """
    here = administered(by=by)
    own = _rows(by).filter(organisation=here)
    waiting = own.exclude(state=ReportState.CLOSED).order_by("made_at", "id")[:LISTED]
    closed = own.filter(state=ReportState.CLOSED).order_by("-closed_at", "-id")[:LISTED]
    others = _rows(by).filter(reported_organisation=here, passed_on_at__isnull=False)
    rows = [*waiting, *closed, *others.order_by("-passed_on_at", "-id")[:LISTED]]
    cards = _cards(rows, by=by, here=here)
    return ReportsPage(
        waiting=cards[: len(waiting)],
        closed=cards[len(waiting) : len(waiting) + len(closed)],
        from_others=cards[len(waiting) + len(closed) :],
    )


def report_row(*, by: Actor, report_id: uuid.UUID) -> Report:
    """A report that the actor's hospital handles.

    Raises:
        NotFound: absent, another hospital's, about the actor, or not an administrator.
    """
    found = _rows(by).filter(organisation=administered(by=by), id=report_id).first()
    if found is None:
        raise NotFound
    return found


def open_reports(*, organisation_id: uuid.UUID) -> dict[str, str | int]:
    """How many reports wait, for the figures of an organisation's administrators."""
    rows = Report.objects.filter(organisation=organisation_id).exclude(state=ReportState.CLOSED)
    return {
        "key": "reports",
        "label": _("Reports to handle"),
        "count": rows.count(),
        "page": "messaging:reports",
    }


def seal_words(row: Report, field: str, words: str) -> bytes:
    return keyring([row.organisation_id]).seal(row.organisation_id, _context(row, field), words.encode())


def _rows(by: Actor) -> QuerySet[Report]:
    return Report.objects.filter(~Q(reported=by.person_id)).select_related("organisation", "handled_by")


def _cards(rows: Sequence[Report], *, by: Actor, here: uuid.UUID) -> list[ReportCard]:
    people = {row.reported_id for row in rows} | {row.reporter_id for row in rows}
    cards = identity.people_by_id(people)
    ring = keyring({row.organisation_id for row in rows})
    return [_card(row, cards, ring, by=by, here=here) for row in rows]


def _card(
    row: Report, cards: dict[uuid.UUID, PersonCard], ring: Keyring, *, by: Actor, here: uuid.UUID
) -> ReportCard:
    ours = row.organisation_id == here
    return ReportCard(
        report_id=row.id,
        reported=cards[row.reported_id],
        category=row.category,
        state=row.state,
        outcome=row.outcome,
        made_at=row.made_at,
        reporter=cards[row.reporter_id] if ours else None,
        hospital=row.organisation.name,
        words=_opened(ring, row, "words", row.sealed_words) or "",
        text=_opened(ring, row, "text", row.sealed_text),
        note=(_opened(ring, row, "note", row.sealed_note) or "") if ours else "",
        passed_on_at=row.passed_on_at,
        handled_by=row.handled_by.name if row.handled_by and ours else "",
        own=row.reporter_id == by.person_id,
        abroad=row.reported_organisation_id != row.organisation_id,
    )


def _opened(ring: Keyring, row: Report, field: str, sealed: bytes | memoryview | None) -> str | None:
    if sealed is None:
        return None
    return ring.unseal(row.organisation_id, _context(row, field), bytes(sealed)).decode()


def _context(row: Report, field: str) -> str:
    return f"conduct-report.{field}|{row.id}"
