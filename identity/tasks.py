"""Jobs of `identity`."""

from celery import shared_task

from identity import actions
from medicus.lib.actor import SYSTEM


@shared_task(name="identity.tasks.expire")
def expire() -> None:
    """Clear what has ended. Run every minute, anywhere, also twice at once."""
    actions.expire(by=SYSTEM)
