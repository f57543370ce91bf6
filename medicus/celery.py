"""Jobs. The row in the database is the truth; Celery carries only its id, and may lose or repeat it.

With a broker, workers run the jobs (`celery -A medicus worker`, `celery -A medicus beat`). In the one-machine
mode the same tasks run in threads of the web process (`medicus.inprocess`).
"""

import os
from typing import Any

from celery import Celery
from django.conf import settings
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")

app = Celery("medicus")
app.conf.update(
    broker_url=settings.BROKER_URL or "memory://",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # time limit < lease of a job row (300 s) < visibility timeout
    task_time_limit=240,
    broker_transport_options={"visibility_timeout": 900, "socket_timeout": 5, "socket_connect_timeout": 3},
    broker_connection_retry_on_startup=True,
    task_serializer="json",
    accept_content=["json"],
    timezone="UTC",
)
app.autodiscover_tasks(lambda: ["audit", "identity", "storage", "messaging", "teleconsult"])
app.conf.beat_schedule = {
    "audit-checkpoint": {"task": "audit.tasks.checkpoint", "schedule": 5.0},
    "audit-forget": {"task": "audit.tasks.forget", "schedule": 21_600.0},
    "storage-reap": {"task": "storage.tasks.reap", "schedule": 30.0},
    "storage-tidy": {"task": "storage.tasks.tidy", "schedule": 300.0},
    "identity-expire": {"task": "identity.tasks.expire", "schedule": 60.0},
    "identity-offboard": {"task": "identity.tasks.offboard_ended", "schedule": 15.0},
    "identity-providers": {"task": "identity.tasks.request_refreshes", "schedule": 3600.0},
    "messaging-escalate": {"task": "messaging.tasks.escalate", "schedule": 10.0},
    "messaging-call": {"task": "messaging.tasks.call_absent", "schedule": 10.0},
    "messaging-count": {"task": "messaging.tasks.count", "schedule": 600.0},
    "messaging-count-all": {"task": "messaging.tasks.count_all", "schedule": 21_600.0},
    "messaging-expire": {"task": "messaging.tasks.expire", "schedule": 3600.0},
}


def enqueue(name: str, *arguments: Any) -> None:
    """Run the task `name` after the current transaction commits. Arguments are ids, never content.

    Losing it is allowed: each job's row is found again by its app's reaper.
    """
    transaction.on_commit(lambda: _send(name, *arguments))


def _send(name: str, *arguments: Any) -> None:
    if settings.BROKER_URL:
        app.send_task(name, args=[str(argument) for argument in arguments], retry=False)
    else:
        from medicus import inprocess

        inprocess.submit(name, *(str(argument) for argument in arguments))
