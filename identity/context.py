"""What every template knows: who acts, how to show them, and the language."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from identity.access.actors import signed_in_of
from identity.access.people import card_of
from identity.states import STAFF, OrganisationKind


def actor(request: HttpRequest) -> dict[str, Any]:
    """Add `actor`, `me` (a `PersonCard` or None), `has_choice` (other memberships), `session` (with the sign-in
    before), `sandbox` (staff of an organisation that nobody else sees yet) and `language`."""
    found = signed_in_of(request)
    return {
        "actor": found and found.actor,
        "me": found and card_of(found.membership),
        "has_choice": found and found.has_choice,
        "session": found and found.session,
        "sandbox": found is not None and _in_sandbox(found.membership),
        "language": get_language() or "de",
    }


def _in_sandbox(membership: Any) -> bool:
    organisation = membership.organisation
    waits = organisation.verified_at is None and organisation.kind != OrganisationKind.OPERATOR
    return waits and membership.function in STAFF
