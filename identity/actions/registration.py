"""Hospitals register themselves: an organisation in the sandbox, and a link for its first administrator.

Whether a domain or an address is known here, no answer tells: the link goes out by mail or from an operator's hand."""

import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import mail, pki
from identity.access.applications import abandoned_registrations, application_of, begun_by
from identity.actions import attempts
from identity.actions.authorisation import require_operator
from identity.actions.invitations import Invited, invite_person, issue_link
from identity.actions.organisations import create_organisation, domain_of, overlaps
from identity.actions.validation import clean_fields, require_own_address
from identity.authority import forget_organisation_key, root_certificate, root_key
from identity.models import Membership, Organisation, Person
from identity.states import APPLYING, Function, OrganisationKind
from medicus.lib.actor import SYSTEM, Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh

ABANDONED_AFTER = timedelta(days=14)
"""As long as the first link holds; then a domain that somebody took by mistake is free again."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a hospital tells when it registers. email: in its domain; the first administrator's."""

    name: str
    kind: OrganisationKind
    domain: str
    city: str
    given_name: str
    family_name: str
    email: str
    language: str = "de"


def register_organisation(*, by: Actor, registration: Registration, address: str) -> None:
    """Make an organisation that nobody else sees, with its first administrator, who gets a link.

    A domain or address that is known already gets the same answer, after about the same work, and a letter, too.

    address: the client's network address.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: hospitals do not register themselves here.
        TooManyAttempts: too many from this address, of this domain, or altogether.
    """
    if not settings.OPEN_REGISTRATION:
        raise NotFound
    registration = _checked(registration)
    attempts.count(attempts.registration_limits(address=address, domain=registration.domain))
    if _is_known(registration) or not _taken_up(by, registration):
        _refuse(by, registration)


def link_for_first_administrator(*, by: Actor, organisation_id: uuid.UUID) -> Invited:
    """Make a link that an operator hands over: no mail server is there, or the letter got lost.

    Raises:
        NotFound: not an operator, or the organisation is absent.
        FreshFactorRequired: the second factor was shown too long ago.
        Conflict: its administrator has begun already.
    """
    require_operator(by)
    application = application_of(by=by, organisation_id=organisation_id)
    require_fresh(by)
    first = Membership.objects.filter(organisation=application.organisation_id, is_admin=True)
    membership = first.select_related("person", "organisation").order_by("id").first()
    if membership is None or membership.person.has_usable_password():
        raise Conflict(_("The administrator has begun already, or there is none."))
    with transaction.atomic():
        return issue_link(by, membership)


def remove_registration(*, by: Actor, organisation_id: uuid.UUID) -> None:
    """Remove an organisation that nobody has ever entered; its domain is free again.

    Raises:
        NotFound: not an operator, or the organisation is absent.
        FreshFactorRequired: the second factor was shown too long ago.
        Conflict: it is verified, or somebody has begun.
    """
    require_operator(by)
    organisation = application_of(by=by, organisation_id=organisation_id).organisation
    require_fresh(by)
    if organisation.verified_at or begun_by(organisation).exists():
        raise Conflict(_("Somebody works in this organisation already."))
    with transaction.atomic():
        people = list(
            Membership.objects.filter(organisation=organisation).values_list("person_id", flat=True)
        )
        for person_id in people:
            audit.record(
                Event.PERSON_REMOVE, by=by, subject=f"person/{person_id}", organisation_id=organisation_id
            )
        Membership.objects.filter(organisation=organisation).delete()
        Person.objects.filter(id__in=people, memberships=None).delete()
        organisation.departments.all().delete()
        audit.record(
            Event.ORGANISATION_REMOVE,
            by=by,
            subject=f"organisation/{organisation_id}",
            organisation_id=organisation_id,
        )
        Organisation.objects.filter(id=organisation_id).delete()
        transaction.on_commit(lambda: forget_organisation_key(organisation_id), robust=True)


def remove_abandoned_registrations(*, by: Actor) -> None:
    """Remove registrations that nobody has taken up while their links held.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    for organisation_id in abandoned_registrations(before=now() - ABANDONED_AFTER):
        remove_registration(by=by, organisation_id=organisation_id)


def _checked(registration: Registration) -> Registration:
    """All that can be said without looking into the database."""
    given = {name: " ".join(str(value).split()) for name, value in asdict(registration).items()}
    given["domain"], given["email"] = domain_of(given["domain"]), given["email"].lower()
    if given["kind"] not in APPLYING:
        raise Invalid(errors={"kind": _("Please choose what kind of organisation it is.")})
    clean_fields(
        Person(**{name: given[name] for name in ("given_name", "family_name", "email", "language")}),
        names=("given_name", "family_name", "email", "language"),
    )
    clean_fields(Organisation(name=given["name"], city=given["city"]), names=("name", "city"))
    require_own_address(given["email"], given["domain"])
    return Registration(**given | {"kind": OrganisationKind(given["kind"])})  # type: ignore[arg-type]  # checked


def _is_known(registration: Registration) -> bool:
    known = Organisation.objects.filter(domain=registration.domain).exists()
    return known or overlaps(registration.domain) or Person.objects.filter(email=registration.email).exists()


def _taken_up(by: Actor, registration: Registration) -> bool:
    """Whether the rows were made; of two registrations at once, one finds the other's.

    All fields were good before, so an error here must not be told: it would say what is known."""
    try:
        with transaction.atomic():
            _take_up(by, registration)
    except (IntegrityError, Invalid):
        return False
    return True


def _take_up(by: Actor, registration: Registration) -> None:
    """The service makes the rows: who applies is nobody yet."""
    organisation = create_organisation(
        by=SYSTEM,
        name=registration.name,
        kind=registration.kind,
        domain=registration.domain,
        city=registration.city,
    )
    audit.record(
        Event.ORGANISATION_REGISTER,
        by=by,
        subject=f"organisation/{organisation.id}",
        organisation_id=organisation.id,
    )
    invite_person(
        by=SYSTEM,
        organisation_id=organisation.id,
        email=registration.email,
        given_name=registration.given_name,
        family_name=registration.family_name,
        function=Function.IT,
        is_admin=True,
        language=registration.language,
    )


def _refuse(by: Actor, registration: Registration) -> None:
    key = pki.new_key()
    pki.issue_organisation(
        key.public_key(), name=registration.name, domain=registration.domain, root=root_certificate(),
        root_key=root_key(), at=now(),
    )  # fmt: skip
    with transaction.atomic():
        audit.record(Event.ORGANISATION_REGISTER_REFUSE, by=by)
    mail.send_known_already(email=registration.email, language=registration.language)
