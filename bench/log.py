"""The audit log when it is long: sealing, a page of it, the proof of one event, an export and its verification."""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from bench.directory import people
from bench.results import Row
from bench.setting import settle, use_django
from tests import services

if TYPE_CHECKING:
    from audit.entries import PreparedEvent
    from medicus.lib.actor import Actor
    from tests.cast import Member

EVENTS, ORGANISATIONS, PEOPLE, PATIENTS, THINGS = 1_000_000, 2, 400, 5_000, 400
INSERTED_AT_ONCE = 5_000
ITSELF = "itself"


def run(*, quick: bool) -> Iterator[Row | str]:
    """Half of the events are of either hospital, in turns; nine of ten are accepted messages, as in use."""
    count, turns = (20_000, 20) if quick else (EVENTS, 200)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        postgres = services.start_postgres(Path(folder) / "postgres")
        try:
            use_django(DATABASE_URL=postgres.url, MEDICUS_VAR=folder, MEDICUS_ORIGIN="http://testserver")
            officers = _officers()
            yield f"{count:,} events of {ORGANISATIONS} hospitals"
            yield _fill(count, officers)
            yield from _read(officers[0], turns)
            yield from _export(officers[0].actor, Path(folder) / "export.ndjson")
        finally:
            postgres.kill()


def _officers() -> "list[Member]":
    from bench.chat.population import hospital, member

    return [member(hospital(name), f"0.{name}", is_admin=True) for name in "ab"[:ORGANISATIONS]]


def _fill(count: int, officers: "list[Member]") -> Row:
    from django.db import connection, transaction

    from audit import actions
    from medicus.lib.actor import SYSTEM

    made = _events(people(random.Random(7), [one.organisation for one in officers], PEOPLE))
    seconds = 0.0
    for _ in range(0, count, INSERTED_AT_ONCE):
        with transaction.atomic(), connection.cursor() as cursor:
            actions.insert_prepared(cursor, [next(made) for _ in range(INSERTED_AT_ONCE)])
        seconds += _seconds(lambda: actions.seal(by=SYSTEM))
    settle()
    return Row("log.sealed_per_second", "1/s", count / seconds, None, ITSELF, "≥ 2000")


def _events(memberships: list[Any]) -> "Iterator[PreparedEvent]":
    """Events as the actions make them, of many people and patients; always the same sequence."""
    from audit.actions import prepare
    from audit.events import Event
    from medicus.lib.actor import Actor, Role

    chance = random.Random(7)
    clinician = frozenset({Role.CLINICIAN})
    things, patients = (
        [UUID(int=chance.getrandbits(128)) for _ in range(number)] for number in (THINGS, PATIENTS)
    )
    while True:
        acting = chance.choice(memberships)
        who = Actor(acting.person_id, acting.organisation_id, None, clinician)
        if chance.random() < 0.9:
            yield prepare(
                Event.MESSAGE_ACCEPT, by=who, subject=f"group/{chance.choice(things)}", details={"seq": 7}
            )
        else:
            patient = str(chance.choice(patients))
            yield prepare(
                Event.FINDING_READ,
                by=who,
                subject=f"finding/{chance.choice(things)}",
                patient=patient,
                purpose="treatment",
            )


def _read(officer: "Member", turns: int) -> Iterator[Row | str]:
    from audit import actions
    from audit.access import rows
    from audit.models import AuditEvent, AuditPerson, Checkpoint

    own = AuditEvent.objects.filter(organisation_id=officer.organisation.id).order_by("event_id")
    ids = list(own.values_list("event_id", flat=True)[:: max(1, own.count() // turns)])
    checkpoint = Checkpoint.objects.latest()
    proofs = [_seconds(partial(rows.sealed_row, one, checkpoint)) for one in ids]
    yield from _p95("log.inclusion_proof_p95", proofs, "≤ 5")
    proofs = [_seconds(partial(actions.prove, by=officer.actor, event_id=one)) for one in ids]
    yield from _p95("log.prove_p95, recorded itself", proofs, "")
    somebody = AuditPerson.objects.filter(event_id=ids[len(ids) // 2]).values_list("person_id", flat=True)[0]
    for name, query in {
        "newest": {},
        "older": {"before": str(ids[len(ids) // 2])},
        "of one kind": {"event": "finding:read"},
        "of one person": {"person": str(somebody)},
    }.items():
        address = f"/audit/?{urlencode(query)}"
        yield from _p95(
            f"log.page_p95, {name}",
            [_seconds(partial(_get, officer.client, address)) for _ in range(turns)],
            "≤ 100",
        )


def _export(by: "Actor", path: Path) -> Iterator[Row]:
    from audit import actions, verification

    def write() -> None:
        with path.open("wb") as file:
            file.writelines(actions.export(by=by))

    def verify() -> None:
        with path.open("rb") as file:
            verdict = verification.verify(file)
        assert not verdict.findings
        rows.append(verdict.rows)

    rows: list[int] = []
    written = _seconds(write)
    verified = statistics.median(_seconds(verify) for _ in range(3))
    yield Row("log.exported_per_second, of one hospital", "1/s", rows[0] / written, None, ITSELF, "≥ 5000")
    yield Row("log.verified_per_second, of one hospital", "1/s", rows[0] / verified, None, ITSELF, "≥ 20000")


def _get(client: Any, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code


def _p95(name: str, seconds: list[float], target: str) -> Iterator[Row | str]:
    yield f"{name}: median {statistics.median(seconds) * 1000:.1f} ms, least {min(seconds) * 1000:.1f} ms"
    yield Row(name, "ms", statistics.quantiles(seconds, n=20)[-1] * 1000, None, ITSELF, target)


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
