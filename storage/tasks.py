"""Jobs of `storage`. They carry ids; the rows in the database are the truth."""

import uuid

from celery import shared_task

from medicus.lib.actor import SYSTEM
from storage import actions


@shared_task(name="storage.tasks.ingest")
def ingest(job_id: str) -> None:
    """Examine a finding."""
    actions.ingest(by=SYSTEM, job_id=uuid.UUID(job_id))


@shared_task(name="storage.tasks.reap")
def reap() -> None:
    """Start lost jobs again; end what is over."""
    actions.reap(by=SYSTEM)


@shared_task(name="storage.tasks.tidy")
def tidy() -> None:
    """Remove from a part of the object store what no row knows."""
    actions.tidy(by=SYSTEM)
