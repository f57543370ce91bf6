"""Jobs of `identity`."""

import uuid

from celery import shared_task

from identity import actions
from medicus.lib.actor import SYSTEM


@shared_task(name="identity.tasks.expire")
def expire() -> None:
    """Clear what has ended. Run every minute, anywhere, also twice at once."""
    actions.expire(by=SYSTEM)
    actions.requeue_imports(by=SYSTEM)
    actions.remove_abandoned_registrations(by=SYSTEM)


@shared_task(name="identity.tasks.request_refreshes")
def request_refreshes() -> None:
    """Have identity providers asked what has changed. Run every hour, anywhere, also twice at once."""
    actions.request_refreshes(by=SYSTEM)


@shared_task(name="identity.tasks.refresh_provider")
def refresh_provider(organisation_id: str) -> None:
    """Ask the identity provider of one organisation."""
    actions.refresh_provider(by=SYSTEM, organisation_id=uuid.UUID(organisation_id))


@shared_task(name="identity.tasks.offboard_ended")
def offboard_ended() -> None:
    """Do the rest for those whose last day has passed. Run every 15 s, anywhere, also twice at once."""
    actions.offboard_ended(by=SYSTEM)


@shared_task(name="identity.tasks.import_people")
def import_people(import_id: str) -> None:
    """Make the people of a list."""
    actions.run_import(by=SYSTEM, import_id=uuid.UUID(import_id))
