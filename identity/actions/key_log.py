"""A browser tells what its check of the own keys and devices has found."""

from django.db import transaction

from audit import actions as audit
from audit.events import Event
from identity.actions import attempts
from identity.states import KeyDoubt
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound


def report_key_doubt(*, by: Actor, doubt: KeyDoubt) -> None:
    """Record for the officer what a browser of the acting person has found.

    The service records what speaks against itself; who runs it could leave that out, so the browser warns as well.

    Raises:
        NotFound: no person acts.
        TooManyAttempts: twenty in an hour.
    """
    if by.person_id is None or by.organisation_id is None:
        raise NotFound
    attempts.count(attempts.doubt_limits(person_id=by.person_id))
    with transaction.atomic():
        audit.record(
            Event.KEY_LOG_DOUBT, by=by, subject=f"person/{by.person_id}", details={"reason": doubt.value}
        )
