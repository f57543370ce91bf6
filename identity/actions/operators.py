"""The platform's own organisation and its people, who check applications. Made on the machine itself only:
whoever could invite a second operator from a page would approve alone."""

from django.utils.translation import gettext as _

from identity.access.people import operator_organisation
from identity.actions.invitations import Invited, invite_person
from identity.actions.organisations import create_organisation
from identity.models import Organisation
from identity.states import Function, OrganisationKind
from medicus.lib.actor import Actor, require_system
from medicus.lib.errors import Invalid

NAME = "Medicus"
"""Of the platform's own organisation."""


def invite_operator(*, by: Actor, email: str, given_name: str, family_name: str) -> Invited:
    """Add an operator, with the platform's own organisation if this is the first one, and make their link.

    email: its domain becomes that of the organisation with the first operator; later ones lie in it.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not the service itself.
    """
    require_system(by)
    organisation = operator_organisation(by=by) or create_operator_organisation(
        by=by, domain=email.rpartition("@")[2]
    )
    return invite_person(
        by=by,
        organisation_id=organisation.id,
        email=email,
        given_name=given_name,
        family_name=family_name,
        function=Function.ADMINISTRATION,
        is_admin=True,
    )


def create_operator_organisation(*, by: Actor, domain: str) -> Organisation:
    """Make the platform's own organisation, which stands in no directory.

    Raises:
        Invalid: there is one already, or the domain is none.
        NotFound: not the service itself.
    """
    require_system(by)
    if operator_organisation(by=by):
        raise Invalid(_("The platform has an organisation of its own already."))
    return create_organisation(by=by, name=NAME, kind=OrganisationKind.OPERATOR, domain=domain)
