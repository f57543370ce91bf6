"""The service clears its object store by itself, and never what somebody still needs."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from medicus.celery import app
from medicus.lib import clock
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id
from storage import actions
from storage.keys import data_keys
from storage.models import StoredObject
from storage.objects import orphans, sealed, store
from storage.objects.store import new_key
from storage.states import ObjectKind, ObjectState

TURN = timedelta(seconds=orphans.SLICE_SECONDS)


@pytest.fixture
def finding(hospital_a, configured_store) -> StoredObject:
    return sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"x"])


@pytest.fixture
def turns(monkeypatch) -> "Turns":
    return Turns(monkeypatch)


class Turns:
    """Tidies as beat would. Only here is it tomorrow: the S3 server would refuse a signature of tomorrow."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def until(self, key: str, *, after: timedelta) -> int:
        """The turn of the key's folder that comes `after` from now, and nothing but it."""
        moment = clock.now() + after
        while orphans.slice_at(moment) != key.split("/")[1]:
            moment += TURN
        return self.at(moment)

    def round(self) -> Iterator[int]:
        start = clock.now() + timedelta(days=1, minutes=1)
        return (self.at(start + TURN * turn) for turn in range(orphans.SLICES))

    def at(self, moment) -> int:
        self.monkeypatch.setattr(orphans, "now", lambda: moment)
        return actions.tidy(by=SYSTEM)


def put(key: str) -> str:
    store().put_stream(key, [b"nobody knows it"])
    return key


def key_in(folder: str, organisation_id: UUID) -> str:
    return f"{organisation_id}/{folder}/{str(new_id())[:-2]}{folder}"


def test_beat_runs_it_and_every_other_task_that_it_names():
    app.loader.import_default_modules()
    entries = app.conf.beat_schedule.values()
    assert {entry["task"] for entry in entries} <= app.tasks.keys()
    (tidy,) = (entry for entry in entries if entry["task"] == "storage.tasks.tidy")
    assert tidy["schedule"] == orphans.SLICE_SECONDS


def test_within_a_day_each_part_of_the_store_has_its_turn(hospital_a, settings, tmp_path, turns):
    settings.VAR_DIR = tmp_path
    finding = sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"x"])
    lost = [put(new_key(hospital_a.id)) for _ in range(5)]
    half = next((tmp_path / "objects").glob("*/*")) / f".{new_id()}.4711"
    half.write_bytes(b"half")
    assert sum(turns.round()) == 6
    assert not half.exists()
    assert not any(store().stat(key) for key in lost)
    assert b"".join(sealed.read(finding)) == b"x"


def test_bytes_whose_row_may_still_come_stay(finding, hospital_a, turns):
    arriving = put(new_key(hospital_a.id))
    assert turns.until(arriving, after=timedelta(0)) == 0
    assert store().stat(arriving)
    assert turns.until(arriving, after=timedelta(days=1, minutes=1)) == 1
    assert store().stat(arriving) is None


def test_an_upload_that_takes_days_keeps_its_parts(hospital_a, configured_store, turns):
    object_id, data_key = new_id(), data_keys.new_data_key()
    unfinished = sealed.create(
        object_id=object_id, organisation_id=hospital_a.id, kind=ObjectKind.FINDING, state=ObjectState.RECEIVING,
        size_bytes=2, data_key=data_key,
    )  # fmt: skip
    key = sealed.put_part(data_keys.binding_of(unfinished), data_key, start=0, chunks=[b"x"])
    sealed.add_part(unfinished, key, start=0, size_bytes=1)
    assert turns.until(key, after=timedelta(days=3)) == 0
    assert store().stat(key)


def test_what_another_installation_keeps_in_the_same_store_stays(finding, turns):
    theirs = put(new_key(new_id()))
    assert turns.until(theirs, after=timedelta(days=2)) == 0
    assert store().stat(theirs)


def test_a_database_that_does_not_fit_the_store_destroys_nothing(finding, hospital_a, turns, caplog):
    lost = [put(key_in("2a", hospital_a.id)) for _ in range(orphans.PLAUSIBLE + 1)]
    assert turns.until(lost[0], after=timedelta(days=2)) == 0
    assert all(store().stat(key) for key in lost)
    assert "have no row and were left alone" in caplog.text
    store().delete(lost.pop())
    assert turns.until(lost[0], after=timedelta(days=2)) == orphans.PLAUSIBLE


def test_only_the_service_tidies(adam):
    with pytest.raises(NotFound):
        actions.tidy(by=adam.actor)
