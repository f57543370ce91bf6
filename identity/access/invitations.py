"""Invitations: what their administrators see of them, and what the one who holds the link is shown."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from identity.access.staff import staff_membership
from identity.models import Invitation, PatientInvitation
from identity.models.invitation import MOST_WRONG_CODES
from identity.states import InvitationState, Refusal
from medicus.lib.actor import Actor
from medicus.lib.clock import now

UNDECIDED = (InvitationState.OPEN, InvitationState.BEGUN)

Link = TypeVar("Link", Invitation, PatientInvitation)


@dataclass(frozen=True, slots=True)
class InvitationCard:
    """What the page of a link shows. begun: this browser has opened it, and may set the password."""

    organisation_name: str
    email: str
    begun: bool


def latest_invitation(*, by: Actor, membership_id: uuid.UUID) -> Invitation | None:
    """The newest invitation of a person, for the administrators.

    Raises:
        NotFound: see `staff_membership`.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    return Invitation.objects.filter(membership=membership).order_by("-created_at", "-id").first()


def link_by_token(kind: type[Link], token: str) -> Link | None:
    """Find what a link leads to; whether it still holds, `refusal_of` says."""
    return kind.objects.filter(token_hash=digest(token)).first()


def refusal_of(invitation: Invitation | PatientInvitation | None, *, browser: str) -> Refusal | None:
    """Why a link is refused in this browser; None when it holds. browser: the cookie, empty if there is none."""
    if invitation is None:
        return Refusal.UNKNOWN
    if invitation.state == InvitationState.ACCEPTED:
        return Refusal.USED
    if invitation.state == InvitationState.REVOKED:
        return Refusal.CODES if _is_void(invitation) else Refusal.REVOKED
    if invitation.expires_at <= now():
        return Refusal.EXPIRED
    if invitation.state == InvitationState.BEGUN and not _is_of(invitation, browser):
        return Refusal.OTHER_BROWSER
    return _refusal_of_membership(invitation, at=now()) if isinstance(invitation, Invitation) else None


def card_of_invitation(invitation: Invitation) -> InvitationCard:
    """Show a link that holds. Before its browser has opened it, nothing tells whose it is."""
    begun = invitation.state == InvitationState.BEGUN
    membership = invitation.membership
    return InvitationCard(membership.organisation.name, membership.person.email if begun else "", begun)


def digest(secret: str) -> bytes:
    """How tokens and cookies stand in rows: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def _is_void(invitation: Invitation | PatientInvitation) -> bool:
    return isinstance(invitation, PatientInvitation) and invitation.wrong_codes >= MOST_WRONG_CODES


def _is_of(invitation: Invitation | PatientInvitation, browser: str) -> bool:
    return bool(browser) and bytes(invitation.browser_hash or b"") == digest(browser)


def _refusal_of_membership(invitation: Invitation, *, at: datetime) -> Refusal | None:
    membership = invitation.membership
    ended = membership.valid_until is not None and membership.valid_until <= at
    if ended or membership.deactivated_at is not None or not membership.person.is_active:
        return Refusal.NO_ACCESS
    return Refusal.NOT_YET if membership.valid_from > at else None
