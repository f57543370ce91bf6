"""What every template knows: who acts, how to show them, and the language."""

from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import get_language

from identity.access.actors import signed_in_of
from identity.access.notices import NoticeCard, notice_card
from identity.access.people import card_of
from identity.states import STAFF, OrganisationKind
from medicus.lib.errors import NotFound


def actor(request: HttpRequest) -> dict[str, Any]:
    """Add `actor`, `me` (a `PersonCard` or None), `has_choice` (other memberships), `session` (with the sign-in
    before), `sandbox` (staff of an organisation that nobody else sees yet), `language` and `asked_sign_in` (a
    sign-in from a new browser that the person is asked about)."""
    found = signed_in_of(request)
    return {
        "actor": found and found.actor,
        "me": found and card_of(found.membership),
        "asked_sign_in": found and found.notice_id and _card(found.notice_id),
        "has_choice": found and found.has_choice,
        "session": found and found.session,
        "sandbox": found is not None and _in_sandbox(found.membership),
        "language": get_language() or "de",
    }


def _card(sign_in_id: UUID) -> NoticeCard | None:
    try:
        return notice_card(sign_in_id=sign_in_id)
    except (NotFound, DatabaseError):  # answered in this very moment; or the page tells of a failure itself
        return None


def _in_sandbox(membership: Any) -> bool:
    organisation = membership.organisation
    waits = organisation.verified_at is None and organisation.kind != OrganisationKind.OPERATOR
    return waits and membership.function in STAFF
