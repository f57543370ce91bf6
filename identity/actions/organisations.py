"""Organisations and their departments."""

import re
import secrets
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import pki
from identity.access.people import organisation as get_organisation
from identity.actions.authorisation import require_operator, require_provisioning
from identity.actions.validation import clean
from identity.authority import make_organisation_key, root_certificate, root_key
from identity.models import Application, Department, Organisation
from identity.states import APPLICATION_TRANSITIONS, ApplicationState, OrganisationKind, Speciality
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid
from medicus.lib.ids import new_id

MAXIMUM_DOMAIN = 160
"""Leaves room for a device's name in it: 253 characters are the limit of DNS."""
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")


def create_organisation(
    *, by: Actor, name: str, kind: OrganisationKind, domain: str, city: str = ""
) -> Organisation:
    """Create an organisation with a CA of its own. It is not verified yet: its people see only each other.

    domain: the DNS domain that all names in its certificates must lie in.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not an operator.
    """
    require_operator(by)
    domain = domain_of(domain)
    organisation = Organisation(
        id=new_id(), name=name.strip(), kind=kind, domain=domain, city=city.strip(), created_at=now()
    )
    organisation.ca_certificate = _certify(organisation)
    if overlaps(domain):
        raise Invalid(errors={"domain": _("This domain overlaps with another organisation's.")})
    clean(organisation)
    with transaction.atomic():
        organisation.save(force_insert=True)
        if kind != OrganisationKind.OPERATOR:
            _begin_application(organisation)
        audit.record(
            Event.ORGANISATION_CREATE,
            by=by,
            subject=f"organisation/{organisation.id}",
            organisation_id=organisation.id,
        )
    return organisation


def verify_organisation(*, by: Actor, organisation_id: uuid.UUID) -> Organisation:
    """Mark an organisation as verified on the machine itself, past its application and the two people who check it.

    Raises:
        NotFound: absent, or not the service itself: people verify by `approve_application`.
        Conflict: it is verified already, or the operator's own, which nobody is to find.
    """
    require_system(by)
    organisation = get_organisation(by=by, organisation_id=organisation_id)
    if organisation.kind == OrganisationKind.OPERATOR:
        raise Conflict(_("The operator's own organisation stands in no directory."))
    with transaction.atomic():
        open_states = [
            state for state, to in APPLICATION_TRANSITIONS.items() if ApplicationState.WAIVED in to
        ]
        waiting = Application.objects.filter(organisation=organisation, state__in=open_states)
        waiting.update(state=ApplicationState.WAIVED)
        organisation.verified_at = mark_verified(by, organisation)
    return organisation


def mark_verified(by: Actor, organisation: Organisation) -> datetime:
    """Let the people of an organisation into the directory of all others, in the caller's transaction.

    Raises:
        Conflict: it is verified already.
    """
    at = now()
    waiting = Organisation.objects.filter(id=organisation.id, verified_at=None)
    if not waiting.update(verified_at=at):
        raise Conflict(_("This organisation is verified already."))
    audit.record(
        Event.ORGANISATION_VERIFY,
        by=by,
        subject=f"organisation/{organisation.id}",
        organisation_id=organisation.id,
    )
    return at


def create_department(
    *, by: Actor, organisation_id: uuid.UUID, name: str, speciality: Speciality = Speciality.NONE
) -> Department:
    """Create a department.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not an administrator of this organisation.
    """
    require_provisioning(by, organisation_id)
    department = Department(
        id=new_id(), organisation_id=organisation_id, name=name.strip(), speciality=speciality
    )
    clean(department, constraints=False)
    try:
        with transaction.atomic():
            department.save(force_insert=True)
            audit.record(
                Event.DEPARTMENT_CREATE,
                by=by,
                subject=f"department/{department.id}",
                organisation_id=organisation_id,
            )
    except IntegrityError:
        raise Invalid(errors={"name": _("There is a department of this name already.")}) from None
    return department


def domain_of(text: str) -> str:
    """A DNS domain as rows hold it.

    Raises:
        Invalid: not one, or too long for the names in certificates.
    """
    domain = text.strip().lower().rstrip(".")
    if len(domain) > MAXIMUM_DOMAIN or not _DOMAIN.fullmatch(domain):
        raise Invalid(errors={"domain": _("Please enter a DNS domain such as hospital.example.")})
    return domain


def overlaps(domain: str) -> bool:
    """Whether another organisation's domain lies inside this one, or around it.

    Name constraints hold for sub-domains too: one organisation's CA could name another's devices."""
    labels = domain.split(".")
    above = [".".join(labels[start:]) for start in range(1, len(labels))]
    nested = Organisation.objects.filter(domain__endswith=f".{domain}")
    return (nested | Organisation.objects.filter(domain__in=above)).exists()


def _begin_application(organisation: Organisation) -> None:
    Application.objects.create(
        id=new_id(),
        organisation=organisation,
        state=ApplicationState.DRAFT,
        domain_token=secrets.token_urlsafe(32),
    )


def _certify(organisation: Organisation) -> bytes:
    key = make_organisation_key(organisation.id)
    certificate = pki.issue_organisation(
        key.public_key(),
        name=organisation.name or organisation.domain,
        domain=organisation.domain,
        root=root_certificate(),
        root_key=root_key(),
        at=now(),
    )
    return pki.der(certificate)
