"""Closed sets and limits of `messaging`."""

from collections.abc import Collection
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging.states_conduct import CATEGORY_NAMES, REPORT_TRANSITIONS  # noqa: F401 - drawn from here
from messaging.states_conduct import OUTCOME_NAMES as REPORT_OUTCOME_NAMES
from messaging.states_urgent import URGENT_TRANSITIONS  # noqa: F401 - drawn from here


class GroupKind(StrEnum):
    """What a group is for; fixed when it is made. A case is about a patient, a patient case with the patient."""

    DIRECT = "direct"
    TEAM = "team"
    CASE = "case"
    PATIENT = "patient"


CASES = frozenset({GroupKind.CASE, GroupKind.PATIENT})
"""Kinds of groups that have a case beside them."""


KIND_NAMES: dict[str, Promise] = {
    GroupKind.DIRECT: _("Direct"),
    GroupKind.TEAM: _("Team"),
    GroupKind.CASE: _("Case"),
    GroupKind.PATIENT: _("Patient case"),
}


class LeavingStep(StrEnum):
    """What the offboarding of a person does here."""

    STOP_DELIVERY = "stop-delivery"
    DELETE_KEY_PACKAGES = "delete-key-packages"
    NAME_DEPUTY = "conversations-of-deputy"
    DELETE_BACKUP = "delete-history-backup"


STEP_NAMES: dict[str, Promise] = {
    LeavingStep.STOP_DELIVERY: _("Conversations: delivery stopped, the others remove the devices"),
    LeavingStep.DELETE_KEY_PACKAGES: _("Key packages deleted: nobody can add these devices"),
    LeavingStep.DELETE_BACKUP: _("Backup of the messages destroyed"),
    LeavingStep.NAME_DEPUTY: _(
        "Conversations without another member of the organisation, to be taken up by the deputy"
    ),
}


def words_of(codes: Collection[str]) -> dict[str, str]:
    """What those of these codes are called that are ours, for the pages of the audit log."""
    names = KIND_NAMES | STEP_NAMES | REASON_NAMES | OUTCOME_NAMES | WAIVER_NAMES
    names |= CATEGORY_NAMES | REPORT_OUTCOME_NAMES
    return {code: str(names[code]) for code in codes if code in names}


class ContactState(StrEnum):
    """What became of a contact request. All but `open` are final."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    FORWARDED = "forwarded"
    EXPIRED = "expired"


CONTACT_TRANSITIONS: dict[ContactState, frozenset[ContactState]] = {
    ContactState.OPEN: frozenset(
        {ContactState.ACCEPTED, ContactState.DECLINED, ContactState.FORWARDED, ContactState.EXPIRED}
    ),
    ContactState.ACCEPTED: frozenset(),
    ContactState.DECLINED: frozenset(),
    ContactState.FORWARDED: frozenset(),
    ContactState.EXPIRED: frozenset(),
}


class ContactAnswer(StrEnum):
    """What the person who is asked can say."""

    ACCEPT = "accept"
    DECLINE = "decline"
    FORWARD = "forward"


STATE_AFTER = {
    ContactAnswer.ACCEPT: ContactState.ACCEPTED,
    ContactAnswer.DECLINE: ContactState.DECLINED,
    ContactAnswer.FORWARD: ContactState.FORWARDED,
}


class DeclineReason(StrEnum):
    """Why somebody declines, in a closed set: the server is told no free words of a conversation."""

    NOT_RESPONSIBLE = "not-responsible"
    NO_CAPACITY = "no-capacity"
    OTHER_WAY = "other-way"
    NONE_GIVEN = "none-given"


REASON_NAMES: dict[str, Promise] = {
    DeclineReason.NOT_RESPONSIBLE: _("Not responsible for this"),
    DeclineReason.NO_CAPACITY: _("No capacity at present"),
    DeclineReason.OTHER_WAY: _("Please use another way, for example the telephone"),
    DeclineReason.NONE_GIVEN: _("No reason given"),
}


class CaseState(StrEnum):
    """A closed case can be opened again; what has expired meanwhile does not come back."""

    OPEN = "open"
    CLOSED = "closed"


CASE_TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.OPEN}),
}


class CaseOutcome(StrEnum):
    """How a case ended, in a closed set: the server is told no free words of a conversation."""

    ANSWERED = "answered"
    TAKEN_OVER = "taken-over"
    NOT_NEEDED = "not-needed"
    UNANSWERED = "unanswered"


OUTCOME_NAMES: dict[str, Promise] = {
    CaseOutcome.ANSWERED: _("Question answered"),
    CaseOutcome.TAKEN_OVER: _("Patient taken over or transferred"),
    CaseOutcome.NOT_NEEDED: _("No longer needed"),
    CaseOutcome.UNANSWERED: _("Ended without an answer"),
}


class MarkState(StrEnum):
    """What became of a mark for the record. A waived one stays as it is, and one whose message is in the record: it can
    be marked anew. Where the examination refuses the documents, what was taken in is marked again, or was already."""

    MARKED = "marked"
    WAIVED = "waived"
    EXPORTED = "exported"


MARK_TRANSITIONS: dict[MarkState, frozenset[MarkState]] = {
    MarkState.MARKED: frozenset({MarkState.WAIVED, MarkState.EXPORTED}),
    MarkState.WAIVED: frozenset(),
    MarkState.EXPORTED: frozenset({MarkState.MARKED, MarkState.WAIVED}),
}


class WaiverReason(StrEnum):
    """Why a marked message need not be kept for the record any more."""

    DOCUMENTED = "documented"
    DUPLICATE = "duplicate"
    MISTAKE = "mistake"


WAIVER_NAMES: dict[str, Promise] = {
    WaiverReason.DOCUMENTED: _("Written in the record by other means"),
    WaiverReason.DUPLICATE: _("Another message says the same"),
    WaiverReason.MISTAKE: _("Marked by mistake"),
}


class KeptFrom(StrEnum):
    """From when on the days run after which messages expire."""

    SENT = "sent"
    CLOSED = "closed"


class EntryKind(StrEnum):
    """What an entry of a group's stream carries (RFC 9420 section 6, `ContentType`)."""

    APPLICATION = "application"
    COMMIT = "commit"
    PROPOSAL = "proposal"


MESSAGE_BYTES = 65_536
COMMIT_BYTES = 256 * 1024
WELCOME_BYTES = 512 * 1024
KEY_PACKAGE_BYTES = 8 * 1024

LEAVES_PER_GROUP = 250
DIRECT_PEOPLE = 2
MESSAGES_BEFORE_ACCEPTANCE = 1
CONTACT_DAYS = 14
CONTACT_PAUSE_DAYS = 7
OPEN_CONTACTS_PER_PERSON = 20
KEY_PACKAGES_PER_DEVICE = 100
KEY_PACKAGE_DAYS = 28
KEY_PACKAGE_LIFETIME_DAYS = 100
PAGE_ENTRIES = 1000
EXPIRY_BATCH = 500
MARKS_PER_CASE = 500
HOLD_REASON_CHARACTERS = 300
BUNDLE_CHARACTERS = 2_000_000
PAGE_BYTES = 4 * 1024 * 1024
