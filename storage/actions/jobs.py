"""Jobs by lease: claimed by one worker at a time, found again when a worker dies, finished once.

The functions here belong to the other actions of `storage`; none is called by a person.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from medicus.celery import enqueue
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from storage.models import Finding, Job, StoredObject
from storage.states import JOB_TRANSITIONS, JobKind, JobState, sources

LEASE = timedelta(seconds=300)
"""Longer than Celery's time limit of a task: who still lives has finished before."""
WAY = timedelta(seconds=60)
"""So long the message to a worker may take; then it counts as lost."""
PAUSE = timedelta(seconds=30)
"""Before a job is tried again that needs a part of the service which is away."""
ATTEMPTS = 4
"""So often a worker may die or overrun over a job before the job is given up."""
TASKS = {JobKind.INGEST: "storage.tasks.ingest"}
OPEN = [JobState.QUEUED.value, JobState.RUNNING.value]


class LeaseLost(Exception):  # noqa: N818 - somebody else has the job; all is well
    """The lease ran out and another worker took the job over: this one's result must not be written."""


def queue(kind: JobKind, stored_object: StoredObject) -> Job:
    """Make a job and send its id to the workers after the commit."""
    moment = now()
    job = Job.objects.create(
        id=new_id(),
        kind=kind.value,
        stored_object=stored_object,
        state=JobState.QUEUED.value,
        lease_until=moment + WAY,
        created_at=moment,
    )
    enqueue(TASKS[kind], job.id)
    return job


def claim(job_id: uuid.UUID) -> Job | None:
    """Take the lease of a job that is queued or whose worker has not come back; None if there is none."""
    moment = now()
    held = Q(state=JobState.RUNNING.value, lease_until__gt=moment)
    free = Q(state__in=sources(JOB_TRANSITIONS, JobState.RUNNING)) & ~held
    lease = moment + LEASE
    taken = Job.objects.filter(free, id=job_id).update(
        state=JobState.RUNNING.value, lease_until=lease, attempts=F("attempts") + 1
    )
    return Job.objects.select_related("stored_object").get(id=job_id, lease_until=lease) if taken else None


def finish(job: Job, state: JobState) -> None:
    """End a job whose lease is held. Inside the transaction that writes its result.

    Raises:
        LeaseLost: another worker has it.
    """
    _change(job, state, lease_until=None, finished_at=now())


def retry(job: Job) -> None:
    """Give the lease back for later.

    Raises:
        LeaseLost: another worker has it.
    """
    _change(job, JobState.QUEUED, lease_until=now() + PAUSE)


def release(job: Job) -> None:
    """As `retry`, but the attempt does not count: a part of the service is away, the job was not at fault.

    Raises:
        LeaseLost: another worker has it.
    """
    _change(job, JobState.QUEUED, lease_until=now() + PAUSE, attempts=F("attempts") - 1)


def _change(job: Job, state: JobState, **values: object) -> None:
    held = Job.objects.filter(
        id=job.id, state__in=sources(JOB_TRANSITIONS, state), lease_until=job.lease_until
    )
    if not held.update(state=state.value, **values):
        raise LeaseLost


def enqueue_stranded() -> int:
    """Send the jobs whose lease has run out to the workers again; return how many."""
    moment = now()
    stranded = Job.objects.filter(state__in=OPEN, lease_until__lte=moment).order_by("lease_until")[:500]
    sent = 0
    with transaction.atomic():
        for job in stranded:
            again = Job.objects.filter(id=job.id, state__in=OPEN, lease_until=job.lease_until)
            if again.update(state=JobState.QUEUED.value, lease_until=moment + WAY):
                enqueue(TASKS[JobKind(job.kind)], job.id)
                sent += 1
    return sent


def job_of(finding: Finding) -> Job:
    """The newest job of a finding."""
    return Job.objects.filter(stored_object=finding.pk).latest("created_at")
