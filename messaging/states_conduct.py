"""Closed sets and limits of blocks and reports."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ReportCategory(StrEnum):
    """What a report is about."""

    HARASSMENT = "harassment"
    IMPERSONATION = "impersonation"
    PATIENT_DATA = "patient-data"
    ADVERTISING = "advertising"
    OTHER = "other"


class ReportState(StrEnum):
    """How far a report is. `passed-on`: the administrators of the reported person's hospital see it, too."""

    OPEN = "open"
    LOOKED_AT = "looked-at"
    PASSED_ON = "passed-on"
    CLOSED = "closed"


REPORT_TRANSITIONS: dict[ReportState, frozenset[ReportState]] = {
    ReportState.OPEN: frozenset({ReportState.LOOKED_AT, ReportState.PASSED_ON, ReportState.CLOSED}),
    ReportState.LOOKED_AT: frozenset({ReportState.PASSED_ON, ReportState.CLOSED}),
    ReportState.PASSED_ON: frozenset({ReportState.CLOSED}),
    ReportState.CLOSED: frozenset(),
}


class ReportOutcome(StrEnum):
    """With what a report was closed."""

    MEASURES = "measures"
    SPOKEN = "spoken"
    UNFOUNDED = "unfounded"


CATEGORY_NAMES: dict[str, Promise] = {
    ReportCategory.HARASSMENT: _("Harassment or insult"),
    ReportCategory.IMPERSONATION: _("Somebody pretends to be another person"),
    ReportCategory.PATIENT_DATA: _("Patient data where they do not belong"),
    ReportCategory.ADVERTISING: _("Advertising or unwanted requests"),
    ReportCategory.OTHER: _("Something else"),
}

REPORT_STATE_NAMES: dict[str, Promise] = {
    ReportState.OPEN: _("Not looked at yet"),
    ReportState.LOOKED_AT: _("Is being looked at"),
    ReportState.PASSED_ON: _("Passed on to the other hospital's administrators"),
    ReportState.CLOSED: _("Closed"),
}

OUTCOME_NAMES: dict[str, Promise] = {
    ReportOutcome.MEASURES: _("Measures were taken"),
    ReportOutcome.SPOKEN: _("Spoken with the people concerned"),
    ReportOutcome.UNFOUNDED: _("Nothing against the rules was found"),
}

WORDS_CHARACTERS = 2000
TEXT_CHARACTERS = 10_000
NOTE_CHARACTERS = 1000
OPEN_REPORTS_PER_PERSON = 20
