"""What every template knows: who acts, how to show them, and the language."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from identity.access.actors import signed_in_of
from identity.access.people import card_of


def actor(request: HttpRequest) -> dict[str, Any]:
    """Add `actor`, `me` (a `PersonCard` or None), `has_choice` (other memberships), `session` (with the sign-in
    before) and `language`."""
    found = signed_in_of(request)
    return {
        "actor": found and found.actor,
        "me": found and card_of(found.membership),
        "has_choice": found and found.has_choice,
        "session": found and found.session,
        "language": get_language() or "de",
    }
