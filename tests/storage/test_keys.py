"""Keys at rest: root, organisations, data keys, sealed attributes and blind indexes."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id
from storage import actions
from storage.errors import Damaged
from storage.keys import attributes, data_keys, xaes
from storage.keys.organisation import add_version, current_secret
from storage.keys.provider import LocalKeyProvider
from storage.models import OrganisationKey, StoredObject
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState

NAME = "Müller-Lüdenscheidt".encode()

# c2sp.org/XAES-256-GCM, section "Test vectors"
XAES_VECTORS = [
    (1, b"", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
    (3, b"c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
]


@pytest.mark.parametrize(("byte", "associated_data", "ciphertext"), XAES_VECTORS)
def test_xaes_gives_the_vectors_of_its_specification(byte, associated_data, ciphertext):
    key, nonce = bytes([byte]) * 32, b"ABCDEFGHIJKLMNOPQRSTUVWX"
    assert xaes.encrypt(key, nonce, b"XAES-256-GCM", associated_data).hex() == ciphertext
    assert xaes.unseal(key, nonce + bytes.fromhex(ciphertext), associated_data) == b"XAES-256-GCM"


@given(st.binary(max_size=200), st.binary(max_size=50), st.integers(min_value=0))
def test_a_sealed_value_opens_whole_or_not_at_all(plaintext, bound, position):
    key = bytes(32)
    value = xaes.seal(key, plaintext, bound)
    assert xaes.unseal(key, value, bound) == plaintext
    changed = bytearray(value)
    changed[position % len(value)] ^= 0x80
    for wrong in (bytes(changed), value[:-1], value[: position % len(value)], b""):
        with pytest.raises(Damaged):
            xaes.unseal(key, wrong, bound)
    with pytest.raises(Damaged):
        xaes.unseal(key, value, bound + b"x")
    with pytest.raises(Damaged):
        xaes.unseal(bytes([1]) * 32, value, bound)


def test_the_root_is_made_once_and_only_its_owner_reads_it(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        providers = list(pool.map(lambda _: LocalKeyProvider(tmp_path, may_create=True), range(8)))
    wrapped = providers[0].wrap(b"k" * 32, b"context")
    assert all(provider.unwrap(wrapped, b"context") == b"k" * 32 for provider in providers)
    assert stat.S_IMODE((tmp_path / "storage-root.key").stat().st_mode) == 0o400


def test_production_does_not_make_a_root_by_surprise(tmp_path):
    with pytest.raises(FileNotFoundError, match="make_keys"):
        LocalKeyProvider(tmp_path, may_create=False)


def test_a_root_that_was_cut_off_is_not_used(tmp_path):
    (tmp_path / "storage-root.key").write_bytes(b"short")
    with pytest.raises(ImproperlyConfigured, match="restore it"):
        LocalKeyProvider(tmp_path, may_create=True)


def test_a_key_wrapped_for_one_context_opens_in_no_other(tmp_path):
    provider = LocalKeyProvider(tmp_path, may_create=True)
    with pytest.raises(Damaged):
        provider.unwrap(provider.wrap(b"k" * 32, b"hospital a"), b"hospital b")


def test_another_root_opens_nothing(tmp_path):
    wrapped = LocalKeyProvider(tmp_path / "one", may_create=True).wrap(b"k" * 32, b"")
    with pytest.raises(Damaged):
        LocalKeyProvider(tmp_path / "two", may_create=True).unwrap(wrapped, b"")


def test_the_previous_root_still_opens_and_no_longer_wraps(tmp_path):
    old = LocalKeyProvider(tmp_path, may_create=True)
    wrapped = old.wrap(b"k" * 32, b"")
    (tmp_path / "storage-root.key").rename(tmp_path / "storage-root.previous.key")
    new = LocalKeyProvider(tmp_path, may_create=True)
    assert new.unwrap(wrapped, b"") == b"k" * 32
    with pytest.raises(Damaged):
        old.unwrap(new.wrap(b"k" * 32, b""), b"")


def test_the_secret_of_a_hospital_is_made_at_first_need_and_stays(hospital_a):
    assert current_secret(hospital_a.id) == current_secret(hospital_a.id)
    assert OrganisationKey.objects.filter(organisation=hospital_a).count() == 1


def test_two_hospitals_have_different_secrets_and_purposes_different_keys(hospital_a, hospital_b):
    a, b = current_secret(hospital_a.id), current_secret(hospital_b.id)
    purposes = ("wrapping", "attributes", "index")
    assert len({secret.key(purpose) for secret in (a, b) for purpose in purposes} | {a.secret, b.secret}) == 8


def test_a_secret_does_not_show_itself(hospital_a):
    secret = current_secret(hospital_a.id)
    assert secret.secret.hex() not in repr(secret)
    assert repr(secret.secret) not in repr(secret)


def test_the_row_of_one_hospital_is_worth_nothing_in_another(hospital_a, hospital_b):
    current_secret(hospital_a.id), current_secret(hospital_b.id)
    stolen = OrganisationKey.objects.get(organisation=hospital_a).wrapped_key
    OrganisationKey.objects.filter(organisation=hospital_b).update(wrapped_key=stolen)
    with pytest.raises(Damaged):
        current_secret(hospital_b.id)


def test_a_version_exists_once_and_counts_from_one(hospital_a):
    for version in (1, 0):
        current_secret(hospital_a.id)
        with pytest.raises(IntegrityError), transaction.atomic():
            OrganisationKey.objects.create(
                organisation=hospital_a, version=version, wrapped_key=b"x", created_at=now()
            )


def test_a_sealed_name_opens_for_its_hospital_and_field_only(hospital_a, hospital_b):
    value = attributes.seal(hospital_a.id, "patient.name", NAME)
    assert NAME not in value
    assert attributes.unseal(hospital_a.id, "patient.name", value) == NAME
    for organisation_id, context in [(hospital_b.id, "patient.name"), (hospital_a.id, "patient.city")]:
        with pytest.raises(Damaged):
            attributes.unseal(organisation_id, context, value)


def test_the_same_name_is_sealed_differently_each_time(hospital_a):
    assert len({attributes.seal(hospital_a.id, "patient.name", NAME) for _ in range(20)}) == 20


def test_a_blind_index_finds_the_same_text_however_it_is_written(hospital_a):
    def index(text: str) -> bytes:
        return attributes.blind_index(hospital_a.id, "patient.identifier", text)

    assert index("MÜLLER") == index(" müller ") == index("mu\u0308ller")
    assert index("MÜLLER") != index("MULLER")
    assert len(index("x")) == attributes.INDEX_BYTES


def test_a_blind_index_tells_nothing_across_hospitals_or_fields(hospital_a, hospital_b):
    indexes = {
        attributes.blind_index(organisation.id, context, "4711")
        for organisation in (hospital_a, hospital_b)
        for context in ("patient.identifier", "patient.name")
    }
    assert len(indexes) == 4


def test_a_keyring_opens_many_values_of_many_hospitals_by_one_query(hospital_a, hospital_b):
    values = [
        (organisation.id, attributes.seal(organisation.id, "patient.name", NAME))
        for organisation in (hospital_a, hospital_b)
        for _ in range(20)
    ]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ring = attributes.keyring({organisation_id for organisation_id, _ in values})
        assert {ring.unseal(organisation_id, "patient.name", value) for organisation_id, value in values} == {
            NAME
        }
    assert len(queries) == 1


def test_after_a_new_version_old_values_open_and_the_index_still_matches(hospital_a):
    value = attributes.seal(hospital_a.id, "patient.name", NAME)
    index = attributes.blind_index(hospital_a.id, "patient.name", "x")
    add_version(hospital_a.id)
    assert attributes.unseal(hospital_a.id, "patient.name", value) == NAME
    assert attributes.seal(hospital_a.id, "patient.name", NAME)[:4] == bytes([0, 0, 0, 2])
    assert attributes.blind_index(hospital_a.id, "patient.name", "x") == index


@pytest.fixture
def finding(hospital_a, settings, tmp_path) -> StoredObject:
    settings.VAR_DIR = tmp_path
    return sealed.write(organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"pixels " * 100_000])


CHANGES = [
    {"kind": "preview"},
    {"size_bytes": 699_999},
    {"size_bytes": 700_001},
    {"wrapped_key": bytes(72)},
    {"wrapped_key": b""},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_a_row_that_was_changed_opens_nothing(finding, change):
    StoredObject.objects.filter(id=finding.id).update(**change)
    finding.refresh_from_db()
    with pytest.raises(Damaged):
        data_keys.data_key_of(finding)


def test_an_object_given_to_another_hospital_opens_nothing(finding, hospital_b):
    other = current_secret(hospital_b.id)
    StoredObject.objects.filter(id=finding.id).update(organisation=hospital_b, organisation_key=other.row_id)
    with pytest.raises(Damaged):
        data_keys.data_key_of(StoredObject.objects.get(id=finding.id))


def test_the_key_of_one_object_is_worth_nothing_in_another(finding, hospital_a):
    other = sealed.write(
        organisation_id=hospital_a.id, kind=ObjectKind.FINDING, chunks=[b"pixels " * 100_000]
    )
    StoredObject.objects.filter(id=finding.id).update(wrapped_key=other.wrapped_key)
    with pytest.raises(Damaged):
        data_keys.data_key_of(StoredObject.objects.get(id=finding.id))


def test_a_rotation_rewraps_rows_and_rewrites_no_object(finding, hospital_a):
    before, parts = bytes(finding.wrapped_key), list(finding.parts.values_list("store_key", flat=True))
    assert actions.rotate_organisation(by=SYSTEM, organisation_id=hospital_a.id) == 1
    finding.refresh_from_db()
    assert bytes(finding.wrapped_key) != before
    assert finding.organisation_key.version == 2
    assert list(finding.parts.values_list("store_key", flat=True)) == parts
    assert b"".join(sealed.read(finding)) == b"pixels " * 100_000


def test_a_rotation_is_recorded_for_the_hospital_whose_key_it_is(finding, hospital_a):
    actions.rotate_organisation(by=SYSTEM, organisation_id=hospital_a.id)
    actions.rewrap_under_root(by=SYSTEM)
    (rotated,) = AuditEvent.objects.filter(event="organisation-key:rotate")
    assert rotated.organisation_id == hospital_a.id
    assert json.loads(bytes(rotated.canonical))["details"] == {"version": 2}
    rewrapped = AuditEvent.objects.filter(event="organisation-key:rewrap", organisation_id=hospital_a.id)
    assert rewrapped.count() == 2  # each version


def test_without_its_record_there_is_no_rotation(finding, hospital_a, monkeypatch):
    def refuse(*arguments, **keywords):
        raise RuntimeError

    before = list(OrganisationKey.objects.values_list("version", "wrapped_key"))
    monkeypatch.setattr("audit.actions.record", refuse)
    for rotate in (
        partial(actions.rotate_organisation, organisation_id=hospital_a.id),
        actions.rewrap_under_root,
    ):
        with pytest.raises(RuntimeError):
            rotate(by=SYSTEM)
    assert list(OrganisationKey.objects.values_list("version", "wrapped_key")) == before


def test_only_the_service_rotates(finding, adam, hospital_a):
    with pytest.raises(NotFound):
        actions.rotate_organisation(by=adam.actor, organisation_id=hospital_a.id)
    with pytest.raises(NotFound):
        actions.rewrap_under_root(by=adam.actor)
    assert OrganisationKey.objects.count() == 1


def test_a_rotation_leaves_other_hospitals_and_shredded_objects_alone(finding, hospital_a, hospital_b):
    theirs = sealed.write(organisation_id=hospital_b.id, kind=ObjectKind.FINDING, chunks=[b"x"])
    sealed.shred(finding)
    assert actions.rotate_organisation(by=SYSTEM, organisation_id=hospital_a.id) == 0
    theirs.refresh_from_db()
    assert theirs.organisation_key.version == 1
    assert b"".join(sealed.read(theirs)) == b"x"


def test_a_new_root_rewraps_the_organisations_and_the_old_one_can_go(finding, settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"
    settings.KEYS_DIR.mkdir()
    old = LocalKeyProvider(settings.KEYS_DIR, may_create=True)
    row = OrganisationKey.objects.get()
    context = f"medicus/organisation-key/1|{row.organisation_id}|{row.version}".encode()
    OrganisationKey.objects.update(wrapped_key=old.wrap(os.urandom(32), context))
    secret = old.unwrap(bytes(OrganisationKey.objects.get().wrapped_key), context)

    (settings.KEYS_DIR / "storage-root.key").rename(settings.KEYS_DIR / "storage-root.previous.key")
    assert actions.rewrap_under_root(by=SYSTEM) == 1
    (settings.KEYS_DIR / "storage-root.previous.key").unlink()
    alone = LocalKeyProvider(settings.KEYS_DIR, may_create=False)
    assert alone.unwrap(bytes(OrganisationKey.objects.get().wrapped_key), context) == secret


def test_a_shredded_object_has_no_key_and_says_not_found(finding):
    sealed.shred(finding)
    assert finding.wrapped_key is None
    assert finding.state == ObjectState.SHREDDED
    with pytest.raises(NotFound):
        data_keys.data_key_of(finding)


def test_no_object_keeps_its_key_when_shredded_nor_loses_it_otherwise(finding):
    for change in ({"state": "shredded"}, {"wrapped_key": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredObject.objects.filter(id=finding.id).update(**change)


def test_the_cast_of_kinds_and_states_is_closed(finding):
    for change in ({"state": "lost"}, {"kind": "music"}, {"size_bytes": -1}, {"group_id": new_id()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredObject.objects.filter(id=finding.id).update(**change)
