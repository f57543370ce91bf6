"""Jobs of `messaging`."""

from celery import shared_task

from medicus.lib.actor import SYSTEM
from messaging import actions


@shared_task(name="messaging.tasks.expire")
def expire() -> None:
    """Throw away key packages that have expired, and close contact requests that nobody answered. Run every hour,
    anywhere, also twice at once."""
    actions.expire(by=SYSTEM)
    actions.expire_contacts(by=SYSTEM)
