"""Reporting a person to the administrators of one's own hospital, and what these do about it."""

import uuid
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.people import administrators_of
from medicus.lib.actor import Actor, Role, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh
from messaging import mail
from messaging.access.conduct import OwnReport, met, own_reports, report_row, seal_words
from messaging.models import GroupMember
from messaging.models_conduct import Report
from messaging.states_conduct import (
    NOTE_CHARACTERS,
    OPEN_REPORTS_PER_PERSON,
    REPORT_TRANSITIONS,
    TEXT_CHARACTERS,
    WORDS_CHARACTERS,
    ReportCategory,
    ReportOutcome,
    ReportState,
)

_EVENTS = {
    ReportState.LOOKED_AT: Event.REPORT_LOOK,
    ReportState.PASSED_ON: Event.REPORT_PASS_ON,
    ReportState.CLOSED: Event.REPORT_CLOSE,
}


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody reports. text: of the message, if they attach it: it leaves the end-to-end encryption so."""

    person_id: uuid.UUID
    group_id: uuid.UUID
    category: ReportCategory
    words: str = ""
    message_id: uuid.UUID | None = None
    text: str | None = None


@transaction.atomic
def report(*, by: Actor, what: Reported) -> OwnReport:
    """Report a person whom the actor met in a conversation.

    Raises:
        NotFound: no such conversation of both; themselves; patients do not report here.
        Invalid: too long, or nothing is said about something that has no category.
        Conflict: too many reports of theirs wait.
    """
    there = _there(by, what)
    _check(what)
    assert by.person_id
    assert by.organisation_id
    made = Report(
        reporter_id=by.person_id,
        organisation_id=by.organisation_id,
        reported_id=what.person_id,
        reported_organisation_id=there.organisation_id,
        group_id=what.group_id,
        message_id=what.message_id,
        category=what.category.value,
        state=ReportState.OPEN.value,
        made_at=now(),
    )
    waiting = Report.objects.filter(reporter=by.person_id).exclude(state=ReportState.CLOSED)
    if waiting.count() >= OPEN_REPORTS_PER_PERSON:
        raise Conflict(_("Many of your reports are still being looked at. Please call your IT service."))
    made.sealed_words = seal_words(made, "words", what.words.strip())
    made.sealed_text = None if what.text is None else seal_words(made, "text", what.text)
    made.save(force_insert=True)
    _record(Event.REPORT_MAKE, made, by=by, details={"category": made.category})
    _tell_administrators(made, organisation_id=made.organisation_id)
    return own_reports(by=by)[0]


@transaction.atomic
def handle_report(
    *,
    by: Actor,
    report_id: uuid.UUID,
    state: ReportState,
    outcome: ReportOutcome | None = None,
    note: str = "",
) -> Report:
    """Take a report on, pass it on to the reported person's hospital, or close it with an outcome.

    Raises:
        NotFound: absent, another hospital's, about the actor, or not an administrator.
        FreshFactorRequired: the second factor was shown too long ago.
        Conflict: the actor made it, it is of their own hospital, or its state does not allow it.
        Invalid: closed without an outcome, or the note is too long.
    """
    row = report_row(by=by, report_id=report_id)
    require_fresh(by)
    row = Report.objects.select_for_update().get(id=row.id)
    if row.reporter_id == by.person_id:
        raise Conflict(_("Somebody else must handle your own report."))
    if state not in REPORT_TRANSITIONS[ReportState(row.state)]:
        raise Conflict(_("Somebody else has handled this report meanwhile."))
    if state == ReportState.PASSED_ON and row.reported_organisation_id == row.organisation_id:
        raise Conflict(_("This person is of your own hospital."))
    row.state, row.handled_by_id = state.value, by.person_id
    if state == ReportState.PASSED_ON:
        row.passed_on_at = now()
    if state == ReportState.CLOSED:
        _close(row, outcome, note.strip())
    row.save()
    details: dict[str, str | int] = {"outcome": row.outcome} if row.outcome else {}
    _record(_EVENTS[state], row, by=by, details=details)
    if state == ReportState.PASSED_ON:
        _tell_administrators(row, organisation_id=row.reported_organisation_id)
    return row


def forget_reports_of(*, by: Actor, person_id: uuid.UUID) -> None:
    """Delete what somebody reported, and what was reported about them.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    theirs = Report.objects.filter(Q(reporter=person_id) | Q(reported=person_id))
    Report.objects.filter(id__in=theirs.values("id")).delete()


def _there(by: Actor, what: Reported) -> GroupMember:
    if by.person_id is None or by.organisation_id is None or not by.roles & {Role.CLINICIAN, Role.ADMIN}:
        raise NotFound
    if met(by=by, person_id=what.person_id) is None:
        raise NotFound
    mine = GroupMember.objects.filter(
        group=what.group_id, person=by.person_id, organisation=by.organisation_id
    )
    theirs = GroupMember.objects.filter(group=what.group_id, person=what.person_id)
    found = theirs.order_by("-joined_seq").first()
    if found is None or not mine.exists():
        raise NotFound
    return found


def _check(what: Reported) -> None:
    errors = {}
    if len(what.words) > WORDS_CHARACTERS:
        errors["words"] = _("At most %(count)d characters.") % {"count": WORDS_CHARACTERS}
    if what.category == ReportCategory.OTHER and not what.words.strip():
        errors["words"] = _("Please say in a sentence what it is about.")
    if what.text is not None and len(what.text) > TEXT_CHARACTERS:
        errors["text"] = _("At most %(count)d characters.") % {"count": TEXT_CHARACTERS}
    if errors:
        raise Invalid(errors=errors)


def _tell_administrators(row: Report, *, organisation_id: uuid.UUID) -> None:
    """By mail, those who may look at it."""
    concerned = {row.reporter_id, row.reported_id}
    for person in administrators_of(organisation_id=organisation_id):
        if person.id not in concerned:
            letter = partial(mail.send_report_waits, email=person.email, language=person.language)
            transaction.on_commit(letter)


def _close(row: Report, outcome: ReportOutcome | None, note: str) -> None:
    if outcome is None:
        raise Invalid(errors={"outcome": _("Please say with what it is closed.")})
    if len(note) > NOTE_CHARACTERS:
        raise Invalid(errors={"note": _("At most %(count)d characters.") % {"count": NOTE_CHARACTERS}})
    row.outcome, row.closed_at = outcome.value, now()
    row.sealed_note = seal_words(row, "note", note)


def _record(event: Event, row: Report, *, by: Actor, details: dict[str, str | int]) -> None:
    """For the hospital that handles it; the other one learns of it when it is passed on, not before."""
    concerned = {row.organisation_id}
    if event == Event.REPORT_PASS_ON:
        concerned.add(row.reported_organisation_id)
    for organisation_id in sorted(concerned):
        audit.record(
            event, by=by, subject=f"report/{row.id}", organisation_id=organisation_id, details=details
        )
