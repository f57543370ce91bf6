"""A small installation for the worker tests, outside the tests' own process and database.

python -m tests.storage.worker_site prepare   migrate, receive a finding, print its id
python -m tests.storage.worker_site pass      let the leases run out, and reap
python -m tests.storage.worker_site show ID   print state, reason and the job's state and attempts
"""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from identity.actions import create_organisation  # noqa: E402
from identity.states import OrganisationKind, Speciality  # noqa: E402
from medicus.lib.actor import SYSTEM  # noqa: E402
from medicus.lib.clock import now  # noqa: E402
from storage import actions  # noqa: E402
from storage.models import Finding, Job  # noqa: E402
from tests.conftest import member  # noqa: E402
from tests.storage.folders import folder_of, receive  # noqa: E402


def prepare() -> str:
    call_command("migrate", verbosity=0)
    hospital = create_organisation(
        by=SYSTEM,
        name="Hospital A",
        kind=OrganisationKind.HOSPITAL,
        domain="hospital-a.example",
        city="Freiburg",
    )
    alice = member(hospital, "Alice", "Ahrens", speciality=Speciality.CARDIOLOGY)
    return str(receive(alice, folder_of(alice)).pk)


def let_time_pass() -> str:
    Job.objects.filter(lease_until__isnull=False).update(lease_until=now())
    actions.reap(by=SYSTEM)
    return ""


def show(finding_id: str) -> str:
    finding = Finding.objects.select_related("stored_object").get(pk=finding_id)
    job = Job.objects.get(stored_object=finding_id)
    return f"{finding.stored_object.state} {finding.reason or '-'} {job.state} {job.attempts}"


if __name__ == "__main__":
    commands = {"prepare": prepare, "pass": let_time_pass, "show": show}
    print(commands[sys.argv[1]](*sys.argv[2:]))  # noqa: T201
