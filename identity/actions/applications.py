"""The way of an organisation to being verified: its own steps, and those of two operators.

Each step is one conditional update: of two people who press at once, one is told that something has changed."""

import re
import uuid
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import dns_proof, mail
from identity.access.applications import application_of
from identity.actions import attempts
from identity.actions.authorisation import (
    require_administrator,
    require_operating_person,
    require_operator,
)
from identity.actions.organisations import mark_verified
from identity.models import Application, Membership
from identity.onboarding_texts import EVIDENCE_FORMS, OUTCOME_TEXTS
from identity.states import APPLICATION_TRANSITIONS, ApplicationState, DomainOutcome, EvidenceKind
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid
from medicus.lib.freshness import require_fresh

MENDABLE = (ApplicationState.DRAFT, ApplicationState.DECLINED)
LONGEST_TEXT = 1000
_OPEN = [state for state, targets in APPLICATION_TRANSITIONS.items() if targets]


def check_domain(*, by: Actor, organisation_id: uuid.UUID) -> DomainOutcome:
    """Ask DNS now whether the organisation's domain holds its challenge, and note what was seen.

    Raises:
        NotFound: see `application_of`.
        Conflict: it is verified already.
        TooManyAttempts: thirty times within a quarter of an hour.
    """
    application = application_of(by=by, organisation_id=organisation_id)
    if application.state not in _OPEN:
        raise Conflict(_("This organisation is verified already."))
    attempts.count(attempts.domain_limits(organisation_id=organisation_id))
    return _ask(by, application)


def state_evidence(
    *, by: Actor, organisation_id: uuid.UUID, kind: EvidenceKind, reference: str, note: str = ""
) -> None:
    """State what shows that the organisation is who it says. Nothing is submitted yet.

    reference: the number itself, or court and number of the register. note: where an operator can look it up.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not an administrator of this organisation.
        Conflict: it is being checked, or decided.
    """
    require_administrator(by, organisation_id)
    application = application_of(by=by, organisation_id=organisation_id)
    reference, note = " ".join(reference.split()), note.strip()
    _check_evidence(kind, reference, note)
    with transaction.atomic():
        mendable = Application.objects.filter(id=application.id, state__in=MENDABLE)
        if not mendable.update(evidence_kind=kind, evidence_reference=reference, evidence_note=note):
            raise Conflict(_("The application is being checked: please take it back first."))
        _record(Event.EVIDENCE_STATE, by, application, kind=str(kind))


def submit_application(*, by: Actor, organisation_id: uuid.UUID) -> None:
    """Hand the application to the operators.

    Raises:
        NotFound: not an administrator of this organisation.
        Conflict: the domain is not proven, there is no evidence, or it has been submitted already.
    """
    require_administrator(by, organisation_id)
    application = application_of(by=by, organisation_id=organisation_id)
    if application.domain_proven_at is None:
        raise Conflict(_("Please prove the domain first."))
    if not application.evidence_reference:
        raise Conflict(_("Please state the evidence first."))
    with transaction.atomic():
        _move(
            application,
            ApplicationState.SUBMITTED,
            submissions=application.submissions + 1,
            submitted_by=by.person_id,
            submitted_at=now(),
            checked_by=None,
            checked_at=None,
            check_note="",
            decided_by=None,
            decided_at=None,
            decline_reason="",
        )
        _record(Event.APPLICATION_SUBMIT, by, application, submission=application.submissions + 1)


def withdraw_application(*, by: Actor, organisation_id: uuid.UUID) -> None:
    """Take an application back to mend it, before an operator has checked it.

    Raises:
        NotFound: not an administrator of this organisation.
        Conflict: it is not waiting for the check.
    """
    require_administrator(by, organisation_id)
    application = application_of(by=by, organisation_id=organisation_id)
    with transaction.atomic():
        _move(application, ApplicationState.DRAFT)
        _record(Event.APPLICATION_WITHDRAW, by, application, submission=application.submissions)


def check_application(*, by: Actor, organisation_id: uuid.UUID, submission: int, note: str) -> None:
    """Say that the evidence was checked, and how. Another operator decides.

    submission: the one that the operator has looked at.

    Raises:
        Invalid: `errors["note"]`: it does not say what was checked.
        NotFound: not an operator, or the organisation is absent.
        FreshFactorRequired: the second factor was shown too long ago.
        Conflict: it is not waiting for the check, has changed, or the operator belongs to it.
    """
    operator_id, application = _looked_at(by, organisation_id, submission)
    note = _sentence(note, "note", _("Please say what you have checked, and where."))
    with transaction.atomic():
        _move(
            application, ApplicationState.CHECKED, checked_by=operator_id, checked_at=now(), check_note=note
        )
        _record(Event.APPLICATION_CHECK, by, application, submission=submission)


def approve_application(*, by: Actor, organisation_id: uuid.UUID, submission: int) -> None:
    """Verify the organisation, as the second operator, after asking DNS once more; the applicant gets a letter.

    Raises:
        NotFound: not an operator, or the organisation is absent.
        FreshFactorRequired: the second factor was shown too long ago.
        Conflict: it was not checked, or by this very operator; it has changed; the operator belongs to it; or the
            record does not stand in DNS now.
    """
    operator_id, application = _looked_at(by, organisation_id, submission)
    if ApplicationState.APPROVED not in APPLICATION_TRANSITIONS[ApplicationState(application.state)]:
        raise Conflict(_("The evidence has not been checked yet, or the decision is made."))
    if application.checked_by_id == operator_id:
        raise Conflict(_("You have checked this application: another person decides."))
    outcome = _ask(by, application)
    if outcome != DomainOutcome.PROVEN:
        raise Conflict(str(OUTCOME_TEXTS[outcome]), outcome=outcome.value)
    with transaction.atomic():
        _move(application, ApplicationState.APPROVED, decided_by=operator_id, decided_at=now())
        _record(Event.APPLICATION_APPROVE, by, application, submission=submission)
        mark_verified(by, application.organisation)
        _tell_applicant(application, reason="")


def decline_application(*, by: Actor, organisation_id: uuid.UUID, submission: int, reason: str) -> None:
    """Give the application back with a reason; the organisation may mend it and submit it again.

    Raises:
        Invalid: `errors["reason"]`: there is none.
        NotFound: not an operator, or the organisation is absent.
        FreshFactorRequired: the second factor was shown too long ago.
        Conflict: it does not wait for a decision, or has changed.
    """
    require_operator(by)
    application = application_of(by=by, organisation_id=organisation_id)
    require_fresh(by)
    _require_same(application, submission)
    reason = _sentence(reason, "reason", _("Please give a reason that the hospital can act on."))
    with transaction.atomic():
        _move(
            application,
            ApplicationState.DECLINED,
            decided_by=by.person_id,
            decided_at=now(),
            decline_reason=reason,
        )
        _record(Event.APPLICATION_DECLINE, by, application, submission=submission)
        _tell_applicant(application, reason=reason)


def _looked_at(by: Actor, organisation_id: uuid.UUID, submission: int) -> tuple[uuid.UUID, Application]:
    operator_id = require_operating_person(by)
    application = application_of(by=by, organisation_id=organisation_id)
    require_fresh(by)
    _require_same(application, submission)
    if Membership.objects.filter(person=operator_id, organisation=organisation_id).exists():
        raise Conflict(_("You belong to this organisation: other people check it."))
    return operator_id, application


def _require_same(application: Application, submission: int) -> None:
    if application.submissions != submission:
        raise Conflict(_("The application has changed since you opened it: please look at it again."))


def _ask(by: Actor, application: Application) -> DomainOutcome:
    """A record that is seen to be gone proves nothing any more; a resolver that is away says nothing."""
    organisation = application.organisation
    outcome = dns_proof.ask(domain=organisation.domain, token=application.domain_token)
    seen: dict[str, Any] = {"domain_outcome": outcome, "domain_checked_at": now()}
    if outcome != DomainOutcome.UNREACHABLE:
        seen["domain_proven_at"] = now() if outcome == DomainOutcome.PROVEN else None
    with transaction.atomic():
        Application.objects.filter(id=application.id, state__in=_OPEN).update(**seen)
        _record(Event.DOMAIN_CHECK, by, application, outcome=outcome.value)
    return outcome


def _move(application: Application, to: ApplicationState, **changes: Any) -> None:
    """One step of the table, from what was read and as it was read."""
    if to not in APPLICATION_TRANSITIONS[ApplicationState(application.state)]:
        raise Conflict(_("This step has been taken already, or is not possible now."))
    unchanged = Application.objects.filter(
        id=application.id, state=application.state, submissions=application.submissions
    )
    if not unchanged.update(state=to, **changes):
        raise Conflict(_("The application has changed since you opened it: please look at it again."))


def _check_evidence(kind: EvidenceKind, reference: str, note: str) -> None:
    if kind not in EVIDENCE_FORMS:
        raise Invalid(errors={"kind": _("Please choose what you show.")})
    form = EVIDENCE_FORMS[kind]
    if not re.fullmatch(form.pattern, reference) or (kind == EvidenceKind.IK and not _ik_adds_up(reference)):
        raise Invalid(errors={"reference": str(form.fault)})
    if len(note) > LONGEST_TEXT:
        raise Invalid(errors={"note": _("Please keep it below 1,000 characters.")})


def _ik_adds_up(number: str) -> bool:
    """The last digit of an institution number checks the third to the eighth (modulo 10, weights 2 and 1)."""
    weighed = [int(digit) * (2, 1)[place % 2] for place, digit in enumerate(number[2:8])]
    return sum(each // 10 + each % 10 for each in weighed) % 10 == int(number[8])


def _sentence(text: str, field: str, fault: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(errors={field: fault})
    if len(text) > LONGEST_TEXT:
        raise Invalid(errors={field: _("Please keep it below 1,000 characters.")})
    return text


def _tell_applicant(application: Application, *, reason: str) -> None:
    person = application.submitted_by
    if person is None:
        return
    letter = partial(
        mail.send_decision,
        email=person.email,
        language=person.language,
        organisation_name=application.organisation.name,
        reason=reason,
    )
    transaction.on_commit(letter, robust=True)


def _record(event: Event, by: Actor, application: Application, **details: str | int) -> None:
    audit.record(
        event,
        by=by,
        subject=f"organisation/{application.organisation_id}",
        organisation_id=application.organisation_id,
        details=details,
    )
