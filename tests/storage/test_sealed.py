"""Sealed objects on files and on a real S3 server: what is stored is noise, damage never reads as content."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.events import Event
from medicus.lib import clock
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import Conflict, NotFound
from medicus.lib.ids import new_id
from storage import encryption
from storage.encryption import SEGMENT_BYTES
from storage.errors import Damaged
from storage.keys import data_keys
from storage.keys.data_keys import binding_of
from storage.models import ObjectOpening, ObjectPart, StoredObject
from storage.objects import orphans, sealed, store
from storage.objects.files import FileStore
from storage.states import OBJECT_TRANSITIONS, ObjectKind, ObjectState
from tests.storage.log import recorded

MARKER = b"PATIENT NAME MUELLER"
CONTENT = (MARKER + os.urandom(50)) * 40_000  # 2.8 MB: three segments


def chunked(content: bytes, size: int = 300_000) -> Iterator[bytes]:
    for offset in range(0, len(content), size):
        yield content[offset : offset + size]


def whole(stored_object: StoredObject, **options) -> bytes:
    return b"".join(sealed.read(stored_object, **options))


@pytest.fixture
def finding(hospital_a, configured_store) -> StoredObject:
    return sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=chunked(CONTENT))


@pytest.fixture
def uploaded(hospital_a, configured_store) -> StoredObject:
    """An object in three parts, as an upload leaves it."""
    data_key = data_keys.new_data_key()
    stored_object = sealed.create(
        object_id=new_id(), organisation_id=hospital_a.id, kind=ObjectKind.FINDING,
        state=ObjectState.CLEAN, size_bytes=len(CONTENT), data_key=data_key,
    )  # fmt: skip
    for start, end in [(0, 1_200_000), (1_200_000, 1_200_001), (1_200_001, len(CONTENT))]:
        chunks = chunked(CONTENT[start:end])
        store_key = sealed.put_part(binding_of(stored_object), data_key, start=start, chunks=chunks)
        sealed.add_part(stored_object, store_key, start=start, size_bytes=end - start)
    return stored_object


def stored_bytes(stored_object: StoredObject, number: int = 0) -> tuple[str, bytes]:
    part = stored_object.parts.order_by("start_bytes")[number]
    size = encryption.ciphertext_size(part.size_bytes)
    return part.store_key, b"".join(store().get_range(part.store_key, 0, size))


def replace(store_key: str, content: bytes) -> None:
    store().delete(store_key)
    store().put_stream(store_key, [content])


def test_what_was_written_is_read_and_the_store_holds_noise(finding):
    assert whole(finding) == CONTENT
    _key, content = stored_bytes(finding)
    assert MARKER not in content
    assert finding.size_bytes == len(CONTENT)


RANGES = [
    (0, 1), (0, 0), (1_199_990, 20), (1_200_000, 1), (1_200_001, 5), (500_000, 1_500_000),
    (len(CONTENT) - 3, 3), (len(CONTENT), 0), (0, len(CONTENT)),
]  # fmt: skip


def test_a_range_is_the_slice_of_the_content(finding):
    for start, length in RANGES:
        assert whole(finding, start=start, length=length) == CONTENT[start : start + length]


def test_a_range_is_the_slice_of_the_content_across_parts(uploaded):
    for start, length in RANGES:
        assert whole(uploaded, start=start, length=length) == CONTENT[start : start + length]


@pytest.mark.parametrize(("start", "length"), [(-1, 2), (0, -1), (0, len(CONTENT) + 1)])
def test_a_range_outside_the_object_is_a_mistake_of_the_caller(finding, start, length):
    with pytest.raises(ValueError, match="not within"):
        sealed.read(finding, start=start, length=length)


def test_no_piece_of_a_range_is_empty(uploaded):
    """A reader may take an empty piece for the end."""
    for start, length in RANGES:
        if length:
            assert all(sealed.read(uploaded, start=start, length=length))


def test_an_empty_object_can_be_kept(hospital_a, configured_store):
    empty = sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.PREVIEW, chunks=[])
    assert whole(empty) == b""


def test_a_changed_byte_in_the_store_is_damage_before_the_first_byte(finding):
    store_key, content = stored_bytes(finding)
    replace(store_key, content[:100] + bytes([content[100] ^ 1]) + content[101:])
    with pytest.raises(Damaged):
        sealed.read(finding)


def test_a_lost_tail_is_damage_even_for_a_range_before_it(finding):
    store_key, content = stored_bytes(finding)
    replace(store_key, content[:-SEGMENT_BYTES])
    with pytest.raises(Damaged):
        sealed.read(finding, start=0, length=10)


def test_a_lost_last_part_is_damage_even_for_a_range_of_the_first(uploaded):
    store_key, _content = stored_bytes(uploaded, 2)
    store().delete(store_key)
    with pytest.raises(Damaged):
        sealed.read(uploaded, start=0, length=10)


def test_a_part_whose_row_is_gone_is_damage(uploaded):
    for part in uploaded.parts.all():
        with transaction.atomic():
            part.delete()
            with pytest.raises(Damaged):
                sealed.read(uploaded, start=0, length=10)
            transaction.set_rollback(True)


def test_swapped_parts_are_damage(uploaded):
    first_key, first = stored_bytes(uploaded, 0)
    last_key, last = stored_bytes(uploaded, 2)
    replace(first_key, last)
    replace(last_key, first)
    with pytest.raises(Damaged):
        sealed.read(uploaded, start=0, length=10)


def test_the_bytes_of_another_object_are_damage(finding, hospital_a):
    other = sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=chunked(CONTENT))
    replace(stored_bytes(finding)[0], stored_bytes(other)[1])
    with pytest.raises(Damaged):
        sealed.read(finding)


def test_two_parts_cannot_begin_at_the_same_byte(uploaded):
    with pytest.raises(IntegrityError), transaction.atomic():
        sealed.add_part(uploaded, "another-key", start=1_200_000, size_bytes=1)


def test_a_read_asks_the_database_a_fixed_number_of_times(uploaded):
    fresh = StoredObject.objects.select_related("organisation_key").get(id=uploaded.id)
    with CaptureQueriesContext(connection) as queries:
        whole(fresh)
    assert len(queries) == 1


@pytest.mark.parametrize("state", ObjectState)
def test_only_a_clean_object_is_read_and_only_a_quarantined_one_examined(hospital_a, configured_store, state):
    if state is ObjectState.SHREDDED:
        stored_object = sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"x"])
        sealed.shred(stored_object)
    else:
        stored_object = sealed.write(
            organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"x"], state=state
        )
    readers = {sealed.read: ObjectState.CLEAN, sealed.read_quarantined: ObjectState.QUARANTINE}
    for reader, needed in readers.items():
        if state is needed:
            assert b"".join(reader(stored_object)) == b"x"
        else:
            with pytest.raises(NotFound):
                reader(stored_object)


@pytest.mark.parametrize("target", ObjectState)
@pytest.mark.parametrize("source", [state for state in ObjectState if state is not ObjectState.SHREDDED])
def test_an_object_changes_its_state_as_the_table_allows(hospital_a, settings, tmp_path, source, target):
    settings.VAR_DIR = tmp_path
    stored_object = sealed.write(
        organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"x"], state=source
    )
    if target in OBJECT_TRANSITIONS[source]:
        sealed.move(stored_object, to=target)
        assert stored_object.state == target
    else:
        with pytest.raises(Conflict):
            sealed.move(stored_object, to=target)
        stored_object.refresh_from_db()
        assert stored_object.state == source


def test_what_is_shredded_never_comes_back(finding):
    sealed.shred(finding)
    for target in ObjectState:
        with pytest.raises(Conflict):
            sealed.move(finding, to=target)


def test_shredding_takes_the_bytes_after_the_commit(uploaded, django_capture_on_commit_callbacks):
    store_keys = list(uploaded.parts.values_list("store_key", flat=True))
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        sealed.shred(uploaded)
        assert all(store().stat(store_key) for store_key in store_keys)
    assert len(callbacks) == 1
    assert not any(store().stat(store_key) for store_key in store_keys)
    assert not ObjectPart.objects.filter(stored_object=uploaded).exists()


def test_a_rolled_back_shredding_destroys_nothing(finding):
    with transaction.atomic():
        sealed.shred(finding)
        transaction.set_rollback(True)
    finding.refresh_from_db()
    assert whole(finding) == CONTENT


def test_bytes_without_a_row_are_collected_after_a_day(finding, hospital_a, monkeypatch):
    with transaction.atomic():
        lost = sealed.write(
            organisation_id=hospital_a.id, kind=ObjectKind.PREVIEW, chunks=[b"never committed"]
        )
        lost_key = lost.parts.get().store_key
        transaction.set_rollback(True)
    orphans.collect(by=SYSTEM)
    assert store().stat(lost_key)
    # Only here is it tomorrow: the S3 server would refuse a signature of tomorrow.
    monkeypatch.setattr(orphans, "now", lambda: clock.now() + timedelta(days=1, minutes=1))
    assert orphans.collect(by=SYSTEM) >= 1
    assert store().stat(lost_key) is None
    assert whole(finding) == CONTENT


def open_finding(member, finding) -> None:
    sealed.record_opening(
        Event.FINDING_READ, by=member.actor, stored_object=finding, subject=f"finding/{finding.id}",
        organisation_ids=[member.organisation.id, finding.organisation_id],
    )  # fmt: skip


def test_what_a_crash_left_half_written_is_collected_after_a_day(hospital_a, settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    finding = sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"x"])
    folder = next((tmp_path / "objects").glob("*/*"))
    half = folder / f".{new_id()}.4711"
    half.write_bytes(b"half")
    assert orphans.collect(by=SYSTEM) == 0
    monkeypatch.setattr(orphans, "now", lambda: clock.now() + timedelta(days=1, minutes=1))
    assert orphans.collect(by=SYSTEM) == 1
    assert not half.exists()
    assert whole(finding) == b"x"


@pytest.fixture
def small(hospital_a, settings, tmp_path) -> StoredObject:
    settings.VAR_DIR = tmp_path
    return sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"x"])


def test_many_ranges_in_a_quarter_of_an_hour_are_one_opening(small, alice, time_machine):
    start = clock.now()
    for minutes in (0, 1, 14, 16, 17):
        time_machine.move_to(start + timedelta(minutes=minutes), tick=False)
        open_finding(alice, small)
    assert len(recorded(Event.FINDING_READ)) == 2
    assert ObjectOpening.objects.count() == 1


def test_each_person_opens_for_herself(small, alice, anton):
    open_finding(alice, small)
    open_finding(anton, small)
    assert [person for _, person, _ in recorded(Event.FINDING_READ)] == [alice.person.id, anton.person.id]


def test_an_opening_across_hospitals_is_seen_by_both_officers(small, alice, bob):
    open_finding(alice, small)
    open_finding(bob, small)
    assert [organisation for _, _, organisation in recorded(Event.FINDING_READ)] == [
        alice.organisation.id, bob.organisation.id, alice.organisation.id
    ]  # fmt: skip


def test_an_opening_that_cannot_be_recorded_opens_nothing(small, alice, monkeypatch):
    def fails(*_args, **_options):
        raise RuntimeError("the log is away")

    monkeypatch.setattr("audit.actions.record", fails)
    with pytest.raises(RuntimeError):
        open_finding(alice, small)
    assert not ObjectOpening.objects.exists()


def test_the_service_itself_opens_nothing(small):
    with pytest.raises(NotFound):
        sealed.record_opening(
            Event.FINDING_READ, by=SYSTEM, stored_object=small, subject="finding/x", organisation_ids=[]
        )


def test_the_store_is_files_unless_s3_is_set(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert isinstance(store(), FileStore)
