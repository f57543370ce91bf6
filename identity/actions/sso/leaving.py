"""To the provider: to sign in, or to confirm again that it is oneself."""

import hashlib
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _

from identity import sessions
from identity.access.actors import SignedIn
from identity.access.sign_on import provider_that_confirms, redirect_address, sign_on_by_domain
from identity.actions import attempts
from identity.models import ProviderSignIn, SingleSignOn
from identity.oidc.flow import Secrets, authorization_address
from identity.oidc.provider import Provider
from identity.origin import Origin
from identity.sign_on import Departure
from identity.vault import SINGLE_SIGN_ON, seal
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound

MINUTES = 10
"""How long somebody may take at the provider."""
EMAIL_CHARACTERS = 254


def go_to_provider(
    *, by: Actor, session: SessionBase, email: str, domain: str, next_address: str, origin: Origin
) -> Departure:
    """Begin a sign-in at the provider of a domain; whether the address is anybody's changes nothing.

    email: as it was typed; empty where somebody came by the link of their hospital, which names the domain.

    Raises:
        Invalid: no single sign-on is on for this domain.
        TooManyAttempts: a thousand from one network address within a quarter of an hour.
    """
    del by  # a stranger, whoever it is
    attempts.count(attempts.provider_limits(address=origin.address))
    email = email.strip().lower()
    row = sign_on_by_domain(email.rpartition("@")[2] if email else domain)
    if row is None or len(email) > EMAIL_CHARACTERS:
        raise Invalid(
            errors={
                "email": _(
                    "For this address there is no single sign-on here. Please sign in with your password."
                )
            }
        )
    return _depart(session, row, next_address=next_address, login_hint=email)


def go_to_confirm(*, by: Actor, session: SessionBase, found: SignedIn) -> Departure:
    """Begin to confirm at the provider that it is oneself: it asks the person again.

    Raises:
        NotFound: the session was not begun by single sign-on, or a factor of Medicus is there for this.
    """
    row = provider_that_confirms(found)
    if row is None or by.membership_id is None:
        raise NotFound
    return _depart(session, row, confirms=found)


def session_digest(session: SessionBase) -> bytes:
    """What a sign-in under way names its browser's session by."""
    return sessions.digest(session.session_key)


def state_hash(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


def _depart(
    session: SessionBase,
    row: SingleSignOn,
    *,
    next_address: str = "",
    login_hint: str = "",
    confirms: SignedIn | None = None,
) -> Departure:
    if session.session_key is None:
        session.create()
    secrets, at = Secrets.new(), now()
    known_by = state_hash(secrets.state)
    ProviderSignIn.objects.create(
        state_hash=known_by,
        organisation=row.organisation,
        issuer=row.issuer,
        session_digest=session_digest(session),
        nonce=secrets.nonce,
        sealed_verifier=seal(secrets.verifier.encode(), owner=known_by, purpose=SINGLE_SIGN_ON),
        membership=confirms.membership if confirms else None,
        next_address=next_address[:2000],
        created_at=at,
        expires_at=at + timedelta(minutes=MINUTES),
    )
    address = authorization_address(
        Provider.of(row.provider),
        client_id=row.client_id,
        redirect_address=redirect_address(row.organisation_id),
        secrets=secrets,
        login_hint=login_hint,
        acr_values=row.acr_values if row.trusts_factor else "",
        anew=confirms is not None,
    )
    return Departure(address, row.organisation.name)
