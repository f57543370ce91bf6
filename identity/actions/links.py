"""What all invitation links have in common, those of staff and those of patients: they are looked at, bound to the
browser that opens them first, used up once, and refused with a word that says why.

The link's token is shown once and never kept; the row holds its hash. Opening the link binds it to that browser, so
that a link somebody else has opened shows itself to the rightful one, and in the log."""

from typing import NoReturn

from django.db import transaction
from django.db.models import QuerySet

from audit import actions as audit
from audit.events import Event
from identity.access.invitations import Link, digest, link_by_token, refusal_of
from identity.actions import attempts
from identity.models import Invitation, PatientInvitation
from identity.states import INVITATION_TRANSITIONS, REFUSALS, InvitationState, Refusal
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict


class InvitationRefused(Conflict):
    """The link gives nothing here and now; `extra["reason"]` is a `Refusal`."""

    code = "invitation-refused"


def held(kind: type[Link], *, by: Actor, token: str, browser: str, address: str) -> Link:
    """A link that holds in this browser.

    Raises:
        InvitationRefused: with a sentence that says why.
        TooManyAttempts: too many refused links from this address.
    """
    invitation = link_by_token(kind, token)
    reason = refusal_of(invitation, browser=browser)
    if invitation is None or reason is not None:
        attempts.count(attempts.invitation_limits(address=address))
        refuse(by, invitation, reason or Refusal.UNKNOWN)
    return invitation


def begin(kind: type[Link], *, by: Actor, token: str, browser: str, address: str) -> None:
    """Bind a link to a browser, which holds `browser` as a cookie from now on.

    Raises:
        InvitationRefused, TooManyAttempts: see `held`.
    """
    invitation = held(kind, by=by, token=token, browser=browser, address=address)
    if invitation.state == InvitationState.BEGUN:
        return
    with transaction.atomic():
        bound = still(invitation, to=InvitationState.BEGUN).update(
            state=InvitationState.BEGUN, browser_hash=digest(browser), begun_at=now()
        )
        if bound:
            record(Event.INVITATION_BEGIN, by, invitation)
    if not bound:
        refuse(by, invitation, Refusal.OTHER_BROWSER)


def begun(kind: type[Link], *, by: Actor, token: str, browser: str, address: str) -> Link:
    """A link that this browser has opened and may take up.

    Raises:
        InvitationRefused, TooManyAttempts: see `held`.
    """
    invitation = held(kind, by=by, token=token, browser=browser, address=address)
    if invitation.state != InvitationState.BEGUN:
        refuse(by, invitation, Refusal.NOT_BEGUN)
    return invitation


def still(invitation: Link, *, to: InvitationState) -> QuerySet[Link]:
    """The row, if it still is as it was read and the table allows the step: of two requests one finds it."""
    sources = [state for state, targets in INVITATION_TRANSITIONS.items() if to in targets]
    return type(invitation).objects.filter(id=invitation.id, state__in=sources, expires_at__gt=now())


def refuse(by: Actor, invitation: Invitation | PatientInvitation | None, reason: Refusal) -> NoReturn:
    """Refuse, and record it.

    Raises:
        InvitationRefused: always.
    """
    with transaction.atomic():
        record_refusal(by, invitation, reason)
    raise InvitationRefused(str(REFUSALS[reason]), reason=reason.value)


def record_refusal(by: Actor, invitation: Invitation | PatientInvitation | None, reason: Refusal) -> None:
    """Record a refusal in the caller's transaction."""
    audit.record(
        Event.INVITATION_REFUSE,
        by=by,
        subject=invitation.about if invitation else "",
        organisation_id=invitation.organisation_key if invitation else None,
        patient=_patient(invitation),
        details={"reason": reason.value},
    )


def record(event: Event, by: Actor, invitation: Invitation | PatientInvitation) -> None:
    """Record what happened to a link, in the caller's transaction."""
    details = {"invitation": str(invitation.id)}
    if invitation.membership_id:
        details["membership"] = str(invitation.membership_id)
    audit.record(
        event,
        by=by,
        subject=invitation.about,
        organisation_id=invitation.organisation_key,
        patient=_patient(invitation),
        details=details,
    )


def _patient(invitation: Invitation | PatientInvitation | None) -> str:
    return str(invitation.patient_id) if isinstance(invitation, PatientInvitation) else ""
