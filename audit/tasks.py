"""Jobs of `audit`."""

import threading

from celery import shared_task

from audit import actions
from medicus.celery import enqueue
from medicus.lib.actor import SYSTEM

_asking = threading.Lock()


@shared_task(name="audit.tasks.checkpoint")
def checkpoint() -> None:
    """Seal what is waiting. Run every few seconds, anywhere, also twice at once."""
    actions.seal(by=SYSTEM)
    enqueue("audit.tasks.witness")


@shared_task(name="audit.tasks.forget")
def forget() -> None:
    """Erase names that are older than their organisation keeps them; twice at once does no harm."""
    while actions.forget_old(by=SYSTEM):
        pass


@shared_task(name="audit.tasks.witness")
def witness() -> None:
    """Show the latest checkpoint to the witnesses: a job of its own, so that a slow one never holds up the seal.

    Once at a time in a process: while one that hangs is waited for, the next round is left out.
    """
    if _asking.acquire(blocking=False):
        try:
            actions.ask_witnesses(by=SYSTEM)
        finally:
            _asking.release()
