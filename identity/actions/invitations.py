"""Invitations: made and withdrawn by administrators, opened and accepted by the one who is invited.

The link's token is shown once and never kept; the row holds its hash. Opening the link binds it to that browser, so
that a link somebody else has opened shows itself to the rightful one, and in the log."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import mail, sessions
from identity.access.invitations import (
    UNDECIDED,
    InvitationCard,
    card_of_invitation,
    digest,
)
from identity.access.people import organisation as get_organisation
from identity.access.staff import staff_membership
from identity.actions import links
from identity.actions.authorisation import require_administrator, require_proven_domain
from identity.actions.people import administered_account, create_membership, create_person, hash_password
from identity.actions.sign_in import NextStep
from identity.actions.validation import require_own_address
from identity.models import Invitation, Membership, Person, TotpSecret
from identity.states import STAFF, Function, InvitationState, Refusal
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid
from medicus.lib.freshness import require_fresh
from medicus.lib.ids import new_id

LIFETIME = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh invitation and its token, which nobody can read again."""

    invitation: Invitation
    token: str


def invite_person(
    *,
    by: Actor,
    organisation_id: uuid.UUID,
    email: str,
    given_name: str,
    family_name: str,
    function: Function,
    title: str = "",
    department_id: uuid.UUID | None = None,
    is_admin: bool = False,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    language: str = "de",
) -> Invited:
    """Create a person with a place in the organisation, and a link with which they set a password.

    email: in the organisation's own domain.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not an administrator of this organisation, or the department is absent.
        Conflict: the organisation's domain is not proven.
    """
    require_administrator(by, organisation_id)
    require_proven_domain(by, organisation_id)
    domain = get_organisation(by=by, organisation_id=organisation_id).domain
    require_own_address(email, domain)
    if function not in STAFF:
        raise Invalid(errors={"function": _("Please choose a function.")})
    with transaction.atomic():
        person = create_person(
            by=by,
            email=email,
            title=title,
            given_name=given_name,
            family_name=family_name,
            language=language,
        )
        membership = create_membership(
            by=by,
            person_id=person.id,
            organisation_id=organisation_id,
            function=function,
            department_id=department_id,
            is_admin=is_admin,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        return issue_link(by, membership)


def invite_again(*, by: Actor, membership_id: uuid.UUID) -> Invited:
    """Make a new link for a person who has no password yet; an earlier one holds no longer.

    Raises:
        NotFound: see `staff_membership`.
        Conflict: the person has a password.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    if membership.person.has_usable_password():
        raise Conflict(_("This person has a password already: please reset it instead."))
    with transaction.atomic():
        return issue_link(by, membership)


def reset_password(*, by: Actor, membership_id: uuid.UUID) -> Invited:
    """Forget a person's password, end all their sessions, and make a link with which they set another.

    Raises:
        NotFound: see `staff_membership`.
        Conflict: it is the acting person's own, or the account is shared with another organisation.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    person = administered_account(by, membership.person_id)
    if person.id == by.person_id:
        raise Conflict(_("Your own access is changed by another administrator."))
    require_fresh(by)
    with transaction.atomic():
        Person.objects.filter(id=person.id).update(
            password=make_password(None), auth_version=F("auth_version") + 1
        )
        _record(Event.PASSWORD_RESET, by, membership)
        return issue_link(by, membership)


def revoke_invitation(*, by: Actor, membership_id: uuid.UUID) -> None:
    """Withdraw the link that a person has not used yet.

    Raises:
        NotFound: see `staff_membership`.
        Conflict: there is none.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    with transaction.atomic():
        if not withdraw_invitations(by=by, membership=membership):
            raise Conflict(_("There is no open invitation."))


def open_invitation(*, by: Actor, token: str, browser: str, address: str) -> InvitationCard:
    """Look at a link. Nothing changes yet: programs that scan mail open links, too.

    browser: the cookie that `begin_invitation` set, or nothing. address: the client's network address.

    Raises:
        InvitationRefused: with a sentence that says why.
        TooManyAttempts: too many refused links from this address.
    """
    return card_of_invitation(links.held(Invitation, by=by, token=token, browser=browser, address=address))


def begin_invitation(*, by: Actor, token: str, browser: str, address: str) -> None:
    """Bind a link to a browser, which holds `browser` as a cookie from now on.

    Raises:
        InvitationRefused, TooManyAttempts: see `open_invitation`.
    """
    links.begin(Invitation, by=by, token=token, browser=browser, address=address)


def accept_invitation(
    *, by: Actor, session: SessionBase, token: str, browser: str, password: str, address: str
) -> NextStep:
    """Set the password and use the link up; the session is half signed in, the second factor comes next.

    Raises:
        Invalid: too weak; `errors["password"]` says why, and the link still holds.
        InvitationRefused, TooManyAttempts: see `open_invitation`.
    """
    invitation = links.begun(Invitation, by=by, token=token, browser=browser, address=address)
    person = invitation.membership.person
    hashed = hash_password(password, person)
    with transaction.atomic():
        used = links.still(invitation, to=InvitationState.ACCEPTED).update(
            state=InvitationState.ACCEPTED, ended_at=now()
        )
        if used:
            Person.objects.filter(id=person.id).update(password=hashed, auth_version=F("auth_version") + 1)
            links.record(Event.INVITATION_ACCEPT, by, invitation)
    if not used:
        links.refuse(by, invitation, Refusal.USED)
    person.refresh_from_db(fields=["auth_version"])
    enrolled = TotpSecret.objects.filter(person=person, confirmed_at__isnull=False).exists()
    sessions.begin_half(session, person_id=person.id, auth_version=person.auth_version, enrolled=enrolled)
    return NextStep.SECOND_FACTOR if enrolled else NextStep.ENROL


def issue_link(by: Actor, membership: Membership) -> Invited:
    """Make a link in place of any before, in the transaction of a caller that has decided who may."""
    _end_open(membership)
    token, at = secrets.token_urlsafe(32), now()
    invitation = Invitation.objects.create(
        id=new_id(),
        membership=membership,
        state=InvitationState.OPEN,
        token_hash=digest(token),
        created_by_id=by.person_id,
        created_at=at,
        expires_at=max(at, membership.valid_from) + LIFETIME,
    )
    links.record(Event.INVITATION_CREATE, by, invitation)
    letter = partial(
        mail.send_invitation,
        email=membership.person.email,
        language=membership.person.language,
        organisation_name=membership.organisation.name,
        token=token,
        expires_at=invitation.expires_at,
    )
    transaction.on_commit(letter, robust=True)
    return Invited(invitation, token)


def withdraw_invitations(*, by: Actor, membership: Membership) -> int:
    """Withdraw what is open of somebody who leaves, in the caller's transaction; return how many there were."""
    ended = _end_open(membership)
    if ended:
        _record(Event.INVITATION_REVOKE, by, membership)
    return ended


def _end_open(membership: Membership) -> int:
    rows = Invitation.objects.filter(membership=membership, state__in=UNDECIDED)
    return rows.update(state=InvitationState.REVOKED, ended_at=now())


def _record(event: Event, by: Actor, membership: Membership) -> None:
    audit.record(
        event,
        by=by,
        subject=f"person/{membership.person_id}",
        organisation_id=membership.organisation_id,
        details={"membership": str(membership.id)},
    )
