"""What the steps of onboarding are called, and how each kind of evidence is written."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.states import ApplicationState, DomainOutcome, EvidenceKind, OrganisationKind


@dataclass(frozen=True, slots=True)
class EvidenceForm:
    """How a reference looks. pattern: of the whole reference, single spaces between words."""

    name: Promise
    pattern: str
    fault: Promise


EVIDENCE_FORMS: dict[str, EvidenceForm] = {
    EvidenceKind.TELEMATIK_ID: EvidenceForm(
        _("Telematik-ID"),
        r"\d{1,2}-[A-Za-z0-9.\-/]{1,120}",
        _("A Telematik-ID begins with digits and a hyphen, for example 5-2-260326822."),
    ),
    EvidenceKind.IK: EvidenceForm(
        _("Institution number (IK)"),
        r"\d{9}",
        _("An IK has nine digits, of which the last one checks the others: please look for a slip."),
    ),
    EvidenceKind.BSNR: EvidenceForm(_("Practice number (BSNR)"), r"\d{9}", _("A BSNR has nine digits.")),
    EvidenceKind.TRADE_REGISTER: EvidenceForm(
        _("Entry in a register"),
        r"(?=.*\d)(?=.*[A-Za-z]{3}).{6,200}",
        _("Please give court and number, for example Amtsgericht Mannheim HRB 12345."),
    ),
}

OUTCOME_TEXTS: dict[str, Promise] = {
    DomainOutcome.PROVEN: _("The record is there: the domain is proven."),
    DomainOutcome.NOT_FOUND: _(
        "There is no TXT record at this name. A new one can take up to an hour until everybody sees it."
    ),
    DomainOutcome.OTHER_VALUE: _(
        "There is a TXT record at this name, with another value. Please compare it with the one on the application's page."
    ),
    DomainOutcome.UNREACHABLE: _(
        "No DNS resolver has answered, so nothing can be said about the record. Please try again in some minutes."
    ),
}

APPLICATION_NAMES: dict[str, Promise] = {
    ApplicationState.DRAFT: _("In preparation"),
    ApplicationState.SUBMITTED: _("Waits for the check"),
    ApplicationState.CHECKED: _("Checked, waits for the second person"),
    ApplicationState.APPROVED: _("Approved"),
    ApplicationState.DECLINED: _("Declined"),
    ApplicationState.WAIVED: _("Verified by the operator of the machine"),
}

KIND_NAMES: dict[str, Promise] = {
    OrganisationKind.HOSPITAL: _("Hospital"),
    OrganisationKind.CLINIC: _("Clinic"),
    OrganisationKind.PRACTICE: _("Practice"),
    OrganisationKind.OPERATOR: _("Operator of the platform"),
}


def evidence_name(kind: str) -> str:
    """What people call a kind of evidence; empty for none."""
    return str(EVIDENCE_FORMS[kind].name) if kind in EVIDENCE_FORMS else ""
