"""Our service, set up for a benchmark: Django in this process, servers as processes of their own."""

import os
import resource
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent


def use_django(**environment: str) -> None:
    """Set up and migrate Django here. Settings are read once: each benchmark has a process of its own."""
    import django
    from django.core.management import call_command

    os.environ |= environment
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")
    django.setup()
    call_command("migrate", verbosity=0)


def settle() -> None:
    """Vacuum and analyse what was filled in a hurry, which PostgreSQL has long done by itself where it grew."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # the service's own is for requests
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def spawn(*command: str, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    output = log.open("ab")
    return subprocess.Popen(
        command, env=os.environ | environment, cwd=ROOT, start_new_session=True, stdout=output, stderr=output
    )


def wait_until_ready(port: int, host: str = "localhost") -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/health/ready", headers={"Host": host})
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request, timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def allow_many_files() -> None:
    """Each connection is a file here and in the server's process."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
