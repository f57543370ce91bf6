"""The examination is done once, whoever dies over it: jobs by lease, with real workers and without."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction

from medicus import inprocess
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from storage import actions
from storage.actions import jobs
from storage.dicom.limited import ChildUnavailable, Overrun
from storage.dicom.reasons import Reason
from storage.models import Finding, Job
from storage.states import JOB_TRANSITIONS, JobKind, JobState, ObjectState
from tests.cast import Member
from tests.services import Service, start_redis
from tests.storage import dicom_files as files
from tests.storage.clamd import scanner
from tests.storage.folders import examine, folder_of, read_once, receive, seen


@pytest.fixture
def arrived(alice: Member) -> Finding:
    """A finding whose examination is queued."""
    return receive(alice, folder_of(alice))


pytestmark = [pytest.mark.usefixtures("quick_child"), pytest.mark.django_db]


def test_a_job_is_done_once_however_often_it_is_called(arrived: Finding) -> None:
    job = jobs.job_of(arrived)
    for _ in range(3):
        actions.ingest(by=SYSTEM, job_id=job.id)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (JobState.DONE, 1, None)
    assert seen(arrived).state == ObjectState.CLEAN


def test_a_job_that_nobody_knows_is_nothing(arrived: Finding) -> None:
    actions.ingest(by=SYSTEM, job_id=new_id())
    assert seen(arrived).state == ObjectState.QUARANTINE


def test_a_job_that_somebody_holds_is_left_alone_until_the_lease_runs_out(arrived: Finding) -> None:
    assert jobs.claim(jobs.job_of(arrived).id)
    assert examine(arrived).state == ObjectState.QUARANTINE
    with time_machine.travel(now() + jobs.LEASE, tick=False):
        assert examine(arrived).state == ObjectState.CLEAN
    assert jobs.job_of(arrived).attempts == 2


def test_a_worker_that_comes_back_too_late_writes_nothing(
    arrived: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(chunks, *, size_bytes):
        found = read_once(chunks, size_bytes=size_bytes)
        Job.objects.update(lease_until=now() + timedelta(seconds=1))  # another has taken over
        return found

    monkeypatch.setattr("storage.dicom.limited.read", slow)
    assert examine(arrived).state == ObjectState.QUARANTINE
    assert jobs.job_of(arrived).state == JobState.RUNNING


def test_a_file_over_which_workers_die_is_given_up_and_rejected(arrived: Finding) -> None:
    moment = now()
    for attempt in range(jobs.ATTEMPTS):
        with time_machine.travel(moment + attempt * jobs.LEASE, tick=False):
            assert jobs.claim(jobs.job_of(arrived).id)
    with time_machine.travel(moment + jobs.ATTEMPTS * jobs.LEASE, tick=False):
        found = examine(arrived)
    assert (found.state, found.reason) == (ObjectState.REJECTED, Reason.TOO_EXPENSIVE)
    assert jobs.job_of(arrived).state == JobState.FAILED


def test_a_machine_that_cannot_start_children_rejects_nothing(
    arrived: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_child(*args: object, **keywords: object) -> None:
        raise ChildUnavailable

    monkeypatch.setattr("storage.dicom.limited.read", no_child)
    for _ in range(jobs.ATTEMPTS + 2):
        assert examine(arrived).state == ObjectState.QUARANTINE
    assert (jobs.job_of(arrived).state, jobs.job_of(arrived).attempts) == (JobState.QUEUED, 0)


def test_a_child_that_overruns_again_and_again_is_given_up(
    arrived: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overrun(*args: object, **keywords: object) -> None:
        raise Overrun

    monkeypatch.setattr("storage.dicom.limited.read", overrun)
    for _ in range(jobs.ATTEMPTS):
        assert examine(arrived).state == ObjectState.QUARANTINE
    assert examine(arrived).reason == Reason.TOO_EXPENSIVE


# the reaper


def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent to the workers from now on."""
    calls: list[str] = []
    monkeypatch.setattr(inprocess, "submit", lambda name, *arguments: calls.append(arguments[0]))
    return calls


def test_the_reaper_sends_lost_and_abandoned_jobs_again_and_no_others(
    alice: Member, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    patient = folder_of(alice)
    lost, held, abandoned, done = (jobs.job_of(receive(alice, patient)).id for _ in range(4))
    Job.objects.filter(id=lost).update(lease_until=now())
    jobs.claim(held)
    jobs.claim(abandoned)
    Job.objects.filter(id=abandoned).update(lease_until=now())
    actions.ingest(by=SYSTEM, job_id=done)
    calls = sent(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        actions.reap(by=SYSTEM)
    assert sorted(calls) == sorted([str(lost), str(abandoned)])
    assert Job.objects.get(id=abandoned).state == JobState.QUEUED
    assert Job.objects.get(id=held).state == JobState.RUNNING
    with django_capture_on_commit_callbacks(execute=True):
        actions.reap(by=SYSTEM)
    assert len(calls) == 2


# the table and the database


@pytest.mark.parametrize("before", JobState)
@pytest.mark.parametrize("after", JobState)
def test_every_pair_of_states_is_as_the_table_says(
    arrived: Finding, before: JobState, after: JobState
) -> None:
    job = jobs.job_of(arrived)
    lease = None if before in {JobState.DONE, JobState.FAILED} else now()
    Job.objects.update(state=before, lease_until=lease, finished_at=None if lease else now(), attempts=1)
    job.refresh_from_db()
    changed = True
    try:
        if after is JobState.RUNNING:
            changed = jobs.claim(job.id) is not None
        elif after is JobState.QUEUED:
            jobs.release(job)
        else:
            jobs.finish(job, after)
    except jobs.LeaseLost:
        changed = False
    assert changed is (after in JOB_TRANSITIONS[before])
    assert Job.objects.get().state == (after if changed else before)


BREAKS = [
    ("job_kind_is_known", {"kind": "mining"}),
    ("job_is_open_with_a_lease_or_finished", {"lease_until": None}),
    ("job_is_open_with_a_lease_or_finished", {"state": "paused"}),
]


@pytest.mark.parametrize(("constraint", "change"), BREAKS)
def test_the_database_refuses_a_job_that_cannot_be(arrived: Finding, constraint: str, change: dict) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Job.objects.update(**change)


def test_the_database_refuses_a_second_open_job_for_a_file(arrived: Finding) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        jobs.queue(JobKind.INGEST, arrived.stored_object)


FINDING_BREAKS = {
    "finding_reason_is_known": {"reason": "because", "examined_at": "now"},
    "finding_scan_is_known": {"malware_scan": "maybe"},
    "finding_is_unexamined_or_described_or_refused": {"examined_at": "now"},
}


@pytest.mark.parametrize(("constraint", "change"), FINDING_BREAKS.items())
def test_the_database_refuses_a_finding_that_cannot_be(
    arrived: Finding, constraint: str, change: dict
) -> None:
    change = {field: now() if value == "now" else value for field, value in change.items()}
    with pytest.raises(IntegrityError, match="finding_"), transaction.atomic():
        Finding.objects.update(**change)


# one machine: the job runs in a thread of the same process


@pytest.mark.usefixtures("jobs_in_threads")
@pytest.mark.django_db(transaction=True)
def test_in_the_one_machine_mode_a_thread_examines_it(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = ThreadPoolExecutor(max_workers=1)
    monkeypatch.setattr(inprocess, "_pool", pool)
    arrived = receive(alice, folder_of(alice))
    pool.shutdown(wait=True)
    assert seen(arrived).state == ObjectState.CLEAN


# production: a real worker behind a real broker, killed in the middle


class Site:
    """An installation with its own database, broker and scanner."""

    def __init__(self, folder: Path, broker: Service) -> None:
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        } | {"MEDICUS_VAR": str(folder), "BROKER_URL": broker.url}

    def run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "tests.storage.worker_site", *arguments]
        done = subprocess.run(
            command,
            cwd=django_settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def worker(self, scanner_address: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "medicus",
            "worker",
            "--concurrency=1",
            "--loglevel=WARNING",
        ]
        return subprocess.Popen(
            command,
            cwd=django_settings.BASE_DIR,
            env=self.environment | {"CLAMD_ADDRESS": scanner_address},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "redis").mkdir()
    (tmp_path / "var").mkdir()
    broker = start_redis(tmp_path / "redis")
    yield Site(tmp_path / "var", broker)
    broker.kill()


def kill(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def test_a_worker_killed_in_the_middle_loses_nothing(site: Site) -> None:
    finding_id = site.run("prepare")
    with scanner(None) as silent:
        first = site.worker(silent.address)
        assert silent.asked.wait(60), "the worker did not come to the file"
        kill(first)
    assert site.run("show", finding_id) == "quarantine - running 1"
    with scanner() as willing:
        second = site.worker(willing.address)
        site.run("pass")
        deadline = time.monotonic() + 60
        while (
            shown := site.run("show", finding_id)
        ) == "quarantine - queued 1" and time.monotonic() < deadline:
            pass
        deadline = time.monotonic() + 30
        while "running" in (shown := site.run("show", finding_id)) and time.monotonic() < deadline:
            pass
        kill(second)
    assert shown == "clean - done 2"
    assert willing.files == [files.sound()]
