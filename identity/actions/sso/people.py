"""Whom a provider means: the person whom its account is bound to, or has this address, or joins by it."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from identity.access.people import memberships_of
from identity.access.sign_on import organisation_of_host
from identity.actions.people import create_membership, create_person
from identity.actions.sso.refusing import Attempt
from identity.models import Membership, Person, ProviderAccount, SingleSignOn
from identity.oidc.tokens import Asserted
from identity.states import STAFF, Function, SignOnRefusal
from medicus.lib.actor import Actor, Role, Scope
from medicus.lib.errors import Invalid


def person_meant(attempt: Attempt, row: SingleSignOn, asserted: Asserted) -> Membership:
    """Find the place in which somebody signs in; make it, where the organisation lets people join.

    Raises:
        SignOnRefused: the address is not the organisation's, or nobody of this organisation is meant.
    """
    _check_address(attempt, row, asserted)
    place = _bound(row, asserted) or _by_address(attempt, row, asserted) or _join(attempt, row, asserted)
    person = attempt.of(place.person_id)
    valid = [one for one in memberships_of(person_id=place.person_id) if one.id == place.id]
    if not valid or valid[0].function not in STAFF:
        person.refuse(SignOnRefusal.NO_ACCESS)
    return valid[0]


def _check_address(attempt: Attempt, row: SingleSignOn, asserted: Asserted) -> None:
    """An address proves something only where the provider has checked it, and the domain is the organisation's own."""
    if not asserted.email_verified:
        attempt.refuse(SignOnRefusal.EMAIL_UNVERIFIED)
    try:
        validate_email(asserted.email)
    except ValidationError:
        attempt.refuse(SignOnRefusal.EMAIL_DOMAIN)
    owner = organisation_of_host(asserted.email.rpartition("@")[2])
    if owner is None or owner.id != row.organisation_id:
        attempt.refuse(SignOnRefusal.EMAIL_DOMAIN)


def _bound(row: SingleSignOn, asserted: Asserted) -> Membership | None:
    accounts = ProviderAccount.objects.filter(
        organisation=row.organisation_id, issuer=row.issuer, subject=asserted.subject
    )
    account = accounts.select_related("membership").first()
    return account.membership if account else None


def _by_address(attempt: Attempt, row: SingleSignOn, asserted: Asserted) -> Membership | None:
    places = Membership.objects.filter(organisation=row.organisation_id, person__email=asserted.email)
    place = places.first()
    if place and ProviderAccount.objects.filter(membership=place).exists():
        attempt.of(place.person_id).refuse(SignOnRefusal.SUBJECT_CHANGED)
    return place


def _join(attempt: Attempt, row: SingleSignOn, asserted: Asserted) -> Membership:
    """Make a person with a place, as the organisation's identity management would: never an administrator."""
    person = Person.objects.filter(email=asserted.email).first()
    if person:
        attempt.of(person.id).refuse(SignOnRefusal.NO_ACCESS)
    if not row.join_function:
        attempt.refuse(SignOnRefusal.NOT_INVITED)
    if not (asserted.given_name and asserted.family_name):
        attempt.refuse(SignOnRefusal.NO_NAME)
    provider = Actor(
        person_id=None,
        organisation_id=row.organisation_id,
        membership_id=None,
        roles=frozenset({Role.SERVICE}),
        scopes=frozenset({Scope.SCIM}),
    )
    try:
        with transaction.atomic():
            made = create_person(
                by=provider,
                email=asserted.email,
                given_name=asserted.given_name,
                family_name=asserted.family_name,
            )
            return create_membership(
                by=provider,
                person_id=made.id,
                organisation_id=row.organisation_id,
                function=Function(row.join_function),
            )
    except (Invalid, IntegrityError):  # a name too long for us; or two browsers at once
        attempt.refuse(SignOnRefusal.NO_NAME)
