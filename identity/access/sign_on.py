"""Single sign-on: whose provider an address leads to, and what administrators see of theirs."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from identity.access.actors import SignedIn
from identity.access.applications import has_proven_domain
from identity.access.factors import has_second_factor
from identity.access.staff import administered, staff_membership
from identity.models import Membership, Organisation, ProviderAccount, SingleSignOn
from identity.sign_on import Factor
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class SignOnCard:
    """Single sign-on as its administrators see it. The client secret is in no answer.

    is_set: somebody has entered a provider. trouble: a code of `identity.oidc.errors.Trouble`; empty for none.
    accounts: how many people have signed in by it."""

    is_set: bool
    is_on: bool
    issuer: str
    client_id: str
    trusts_factor: bool
    acr_values: str
    amr_values: str
    join_function: str
    redirect_address: str
    link: str
    domain: str
    domain_proven: bool
    checked_at: datetime | None
    trouble: str
    accounts: int
    changed_at: datetime | None
    changed_by: str


def single_sign_on(*, by: Actor) -> SignOnCard:
    """The single sign-on of the organisation that the actor administers.

    Raises:
        NotFound: not an administrator.
    """
    return sign_on_card(organisation=Organisation.objects.get(id=administered(by=by)))


def sign_on_card(*, organisation: Organisation) -> SignOnCard:
    """The single sign-on of an organisation, for a caller who has checked who asks."""
    row = SingleSignOn.objects.filter(organisation=organisation).select_related("changed_by").first()
    found = row or SingleSignOn(organisation=organisation)
    return SignOnCard(
        is_set=row is not None,
        is_on=found.is_on,
        issuer=found.issuer,
        client_id=found.client_id,
        trusts_factor=found.trusts_factor,
        acr_values=found.acr_values,
        amr_values=found.amr_values,
        join_function=found.join_function,
        redirect_address=redirect_address(organisation.id),
        link=f"{settings.ORIGIN}{reverse('identity:hospital-sign-in')}?at={organisation.domain}",
        domain=organisation.domain,
        domain_proven=has_proven_domain(organisation.id),
        checked_at=found.checked_at,
        trouble=found.trouble,
        accounts=ProviderAccount.objects.filter(organisation=organisation).count(),
        changed_at=row.changed_at if row else None,
        changed_by=found.changed_by.name if found.changed_by else "",
    )


def redirect_address(organisation_id: uuid.UUID) -> str:
    """Where a provider sends browsers back to: one of its own for each organisation (RFC 9700 section 4.4)."""
    return f"{settings.ORIGIN}{reverse('identity:provider-answer', args=[organisation_id])}"


def sign_on_by_domain(domain: str) -> SingleSignOn | None:
    """The single sign-on that is on for addresses of a domain; None where there is none."""
    organisation = organisation_of_host(domain)
    return sign_on_in_use(organisation.id) if organisation else None


def name_of_hospital(*, domain: str) -> str:
    """Whose sign-in the link of a hospital leads to.

    Raises:
        NotFound: no single sign-on is on for this domain.
    """
    row = sign_on_by_domain(domain)
    if row is None:
        raise NotFound
    return row.organisation.name


def sign_on_in_use(organisation_id: uuid.UUID) -> SingleSignOn | None:
    """The single sign-on of an organisation, where it is on and the domain is the organisation's own."""
    rows = SingleSignOn.objects.filter(organisation=organisation_id, is_on=True)
    row = rows.select_related("organisation").first()
    return row if row and has_proven_domain(organisation_id) else None


def organisation_of_host(host: str) -> Organisation | None:
    """Whose a domain is: of the organisation with the longest domain that it is, or lies in."""
    labels = host.strip().lower().rstrip(".").split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels))]
    found = Organisation.objects.filter(domain__in=domains)
    return max(found, key=lambda organisation: len(organisation.domain), default=None)


def provider_account_of(*, by: Actor, membership_id: uuid.UUID) -> ProviderAccount | None:
    """By which account at the provider a person signs in, for their administrators; None: by none yet.

    Raises:
        NotFound: not an administrator of this person.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    return ProviderAccount.objects.filter(membership=membership).first()


def provider_that_confirms(found: SignedIn) -> SingleSignOn | None:
    """The provider that may confirm who is signed in by it, in place of a factor of their own, which they do not have."""
    row = sign_on_in_use(found.membership.organisation_id) if found.session.confined else None
    if row is None or not row.trusts_factor or has_second_factor(person_id=found.membership.person_id):
        return None
    bound = ProviderAccount.objects.filter(membership=found.membership, issuer=row.issuer)
    return row if bound.exists() else None


def factor_of(membership: Membership, *, shown: bool) -> Factor:
    """What follows the answer of a provider. shown: it names a value that its organisation takes for a second factor.

    Whoever works for several organisations shows a factor of their own: the provider of one must not open the others,
    nor set up there what would."""
    own = has_second_factor(person_id=membership.person_id)
    if Membership.objects.filter(person=membership.person_id).exclude(id=membership.id).exists():
        return Factor.OWN if own else Factor.MISSING
    if shown:
        return Factor.BY_PROVIDER
    return Factor.OWN if own else Factor.ENROL


def require_sign_on(organisation_id: uuid.UUID) -> SingleSignOn:
    """What an organisation has set up, on or off.

    Raises:
        NotFound: nothing yet.
    """
    row = SingleSignOn.objects.filter(organisation=organisation_id).select_related("organisation").first()
    if row is None:
        raise NotFound
    return row
