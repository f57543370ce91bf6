"""Whose account at a provider is whose: bound at the first sign-in, forgotten by an administrator."""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.sign_on import provider_account_of
from identity.models import Membership, Person, ProviderAccount, SingleSignOn
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, NotFound
from medicus.lib.freshness import require_fresh


def bind_account(*, by: Actor, membership: Membership, issuer: str, subject: str) -> None:
    """Bind an account at a provider to a place, if it is not yet; in the caller's transaction.

    Raises:
        Conflict: the place has another account, the account is another person's, or the provider was changed or turned
            off since the sign-in began.
    """
    if not SingleSignOn.objects.filter(
        organisation=membership.organisation_id, issuer=issuer, is_on=True
    ).exists():
        raise Conflict(_("Your hospital's sign-in was changed meanwhile. Please sign in again."))
    held = ProviderAccount.objects.filter(membership=membership).first()
    if held is not None and (held.issuer, held.subject) == (issuer, subject):
        return
    account = ProviderAccount(
        membership=membership,
        organisation_id=membership.organisation_id,
        issuer=issuer,
        subject=subject,
        bound_at=now(),
    )
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            _record(Event.PROVIDER_ACCOUNT_BIND, by, membership)
    except IntegrityError:
        raise Conflict(_("Another account at your hospital's sign-in is bound to you.")) from None


def forget_provider_account(*, by: Actor, membership_id: uuid.UUID) -> None:
    """Forget by which account at the provider a person signs in, and end their sessions; the next sign-in binds anew.

    Raises:
        NotFound: not an administrator of this person, or none is bound.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    account = provider_account_of(by=by, membership_id=membership_id)
    if account is None:
        raise NotFound
    require_fresh(by)
    with transaction.atomic():
        account.delete()
        Person.objects.filter(id=account.membership.person_id).update(auth_version=F("auth_version") + 1)
        _record(Event.PROVIDER_ACCOUNT_FORGET, by, account.membership)


def _record(event: Event, by: Actor, membership: Membership) -> None:
    audit.record(
        event,
        by=by,
        subject=f"person/{membership.person_id}",
        organisation_id=membership.organisation_id,
        details={"membership": str(membership.id)},
    )
