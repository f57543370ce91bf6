"""Jobs of the one-machine mode: the same Celery tasks, run in threads of the web process."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from time import monotonic

from celery import Celery
from django.db import close_old_connections

log = logging.getLogger(__name__)
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="job")
_started = threading.Event()


def submit(name: str, *arguments: str) -> None:
    """Run the task `name` in a thread, now."""
    _pool.submit(_run, name, arguments)


def start_beat() -> None:
    """Run the beat schedule in a daemon thread of this process (once)."""
    if not _started.is_set():
        _started.set()
        threading.Thread(target=_beat, name="beat", daemon=True).start()


def _run(name: str, arguments: tuple[str, ...]) -> None:
    from medicus.celery import app

    close_old_connections()
    try:
        app.loader.import_default_modules()
        app.tasks[name](*arguments)
    except Exception:
        log.exception("job %s failed", name)
    finally:
        close_old_connections()


@cache
def _celery() -> Celery:
    """The app with its tasks imported, which a worker would do at its start."""
    from medicus.celery import app

    app.loader.import_default_modules()
    return app


def _beat() -> None:
    schedule = _celery().conf.beat_schedule
    due = {key: monotonic() + float(entry["schedule"]) for key, entry in schedule.items()}
    while True:
        key = min(due, key=due.__getitem__)
        threading.Event().wait(max(0.0, due[key] - monotonic()))
        _run(schedule[key]["task"], ())
        due[key] = monotonic() + float(schedule[key]["schedule"])
