"""Jobs of `audit`."""

from celery import shared_task

from audit import actions
from medicus.lib.actor import SYSTEM


@shared_task(name="audit.tasks.checkpoint")
def checkpoint() -> None:
    """Seal what is waiting. Run every few seconds, anywhere, also twice at once."""
    actions.seal(by=SYSTEM)
