"""History backups: a browser's ciphertext is kept for its person only, replaced piece by piece, and destroyed for good."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from identity.actions import offboard, reset_identity_key
from identity.models import Device
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id
from messaging import states_backup
from messaging.actions import begin_backup, forget_backups_of
from messaging.models_backup import BackupPiece, HistoryBackup
from storage import actions as storage
from storage.models import StoredObject
from storage.objects import store
from storage.states import ObjectKind, ObjectState
from tests.cast import Member, b64, sign_in
from tests.messaging.backup_vectors import FILE, text
from tests.messaging.backups import BACKUP, KEY_NAME, backed_up, begin, make_kit, move, put, save


@pytest.fixture
def first(alice: Member) -> Member:
    alice.add_device()
    return alice


def state(member: Member):
    return member.api.get(BACKUP).json()["backup"]


def stored() -> list[str]:
    pieces = StoredObject.objects.filter(kind=ObjectKind.BACKUP.value).order_by("id")
    return [piece.state for piece in pieces]


def events() -> list[str]:
    found = AuditEvent.objects.filter(event__startswith="history-backup:").order_by("event_id")
    return [event.removeprefix("history-backup:") for event in found.values_list("event", flat=True)]


def second_device(member: Member) -> Member:
    other = sign_in(member.membership)
    other.browser = member.browser
    other.add_device()
    return other


def test_alice_saves_her_messages_and_reads_them_in_a_new_browser(first):
    assert state(first) is None
    piece_id = backed_up(first)
    shown = state(first)
    assert (shown["generation"], shown["size_bytes"], shown["writes_here"]) == (1, 6, True)
    assert shown["key_name"] == b64(KEY_NAME)
    new = sign_in(first.membership)
    assert state(new)["writes_here"] is False
    opened = new.api.post(f"{BACKUP}/open").json()
    assert (opened["manifest"], opened["backup"]["id"]) == (b64(b"list"), shown["id"])
    assert opened["at"]
    assert new.api.get(f"{BACKUP}/pieces/{piece_id}").json() == {"ciphertext": b64(b"sealed")}
    assert events() == ["begin", "restore"]


def test_what_lies_in_the_store_is_not_even_the_browser_s_ciphertext(first):
    backed_up(first)
    [piece] = StoredObject.objects.filter(kind=ObjectKind.BACKUP.value)
    part = piece.parts.get()
    assert b"sealed" not in b"".join(
        store().get_range(part.store_key, 0, store().stat(part.store_key).size_bytes)
    )


def test_nobody_else_sees_it(first, anton, adam, bob):
    piece_id = backed_up(first)
    for other in (anton, adam, bob):
        other.add_device()
        assert state(other) is None
        assert other.api.get(f"{BACKUP}/pieces/{piece_id}").status_code == 404
        for refused in (other.api.post(f"{BACKUP}/open"), put(other, str(new_id())), save(other, 2)):
            assert (refused.status_code, refused.json()["code"]) == (409, "no-backup")
        assert other.api.delete(BACKUP).json()["code"] == "no-backup"
    assert first.api.get(f"{BACKUP}/pieces/{new_id()}").status_code == 404
    assert first.api.get(f"{BACKUP}/pieces/{piece_id}").status_code == 200


def test_without_a_kit_it_is_not_begun_for_nobody_could_open_it(first):
    assert begin(first).json()["code"] == "no-recovery-kit"
    make_kit(first)
    assert begin(first).status_code == 204
    assert begin(first).json()["code"] == "backup-exists"


def test_who_withdraws_the_kit_is_told_that_nothing_opens_the_backup_any_more(first):
    backed_up(first)
    assert state(first)["kit"] is True
    assert first.api.delete("/api/v1/recovery-kit").status_code == 204
    assert state(first)["kit"] is False


def test_only_a_device_begins_one_and_only_with_the_name_of_a_key(first):
    make_kit(first)
    assert begin(sign_in(first.membership)).json()["code"] == "device-needed"
    for wrong in (b"", bytes(15), bytes(17)):
        assert begin(first, key_name=b64(wrong)).status_code == 400
    assert not HistoryBackup.objects.exists()


def test_beginning_and_deleting_ask_for_a_fresh_factor_and_saving_does_not(first):
    piece_id = backed_up(first)
    first.grow_stale()
    assert first.api.delete(BACKUP).json()["code"] == "fresh-factor-required"
    assert begin(first).json()["code"] == "fresh-factor-required"
    assert save(first, 2, piece_id).status_code == 200
    assert first.api.post(f"{BACKUP}/open").status_code == 200


def test_a_piece_that_comes_twice_is_kept_once_and_another_one_under_its_id_is_refused(first):
    piece_id = backed_up(first)
    assert put(first, piece_id).status_code == 204
    assert put(first, piece_id, b"other").status_code == 409
    assert stored() == [ObjectState.CLEAN]


def test_a_damaged_piece_is_like_a_missing_one_so_that_the_others_still_come_back(first):
    piece_id = backed_up(first)
    [piece] = StoredObject.objects.filter(kind=ObjectKind.BACKUP.value)
    store().delete(piece.parts.get().store_key)
    assert first.api.get(f"{BACKUP}/pieces/{piece_id}").status_code == 404


def test_what_the_new_list_does_not_name_is_shredded(first):
    old, new = backed_up(first), str(new_id())
    put(first, new, b"newer")
    assert save(first, 2, new).json()["size_bytes"] == 5
    assert stored() == [ObjectState.SHREDDED, ObjectState.CLEAN]
    assert first.api.get(f"{BACKUP}/pieces/{old}").status_code == 404


def test_a_list_follows_the_one_before_and_the_same_again_changes_nothing(first):
    piece_id = backed_up(first)
    assert save(first, 1, piece_id).status_code == 200
    for wrong in (3, 7):
        refused = save(first, wrong, piece_id)
        assert (refused.json()["code"], refused.json()["generation"]) == ("stale-backup", 1)
    assert save(first, 1, piece_id, manifest=b"another").json()["code"] == "stale-backup"
    assert save(first, 2, piece_id, str(new_id())).status_code == 400
    assert save(first, 2, piece_id, manifest=b"").status_code == 400
    assert state(first)["generation"] == 1


def test_one_device_writes_until_another_takes_over(first):
    piece_id = backed_up(first)
    other = second_device(first)
    assert save(other, 2, piece_id).json()["code"] == "other-writer"
    assert put(other, str(new_id())).json()["code"] == "other-writer"
    assert move(other).json()["writes_here"] is True
    assert save(other, 2, piece_id).status_code == 200
    assert save(first, 3, piece_id).json()["code"] == "other-writer"
    assert move(sign_in(first.membership)).json()["code"] == "device-needed"
    assert events() == ["begin", "move"]


def test_that_the_writing_device_is_gone_is_said(first):
    backed_up(first)
    other = second_device(first)
    assert state(other)["writer_active"] is True
    Device.objects.filter(id=first.device.id).update(revoked_at=now())
    assert state(other)["writer_active"] is False
    Device.objects.filter(id=first.device.id).update(revoked_at=None, expires_at=now())
    assert state(other)["writer_active"] is False
    assert move(other).json()["writer_active"] is True


def test_who_takes_over_has_read_what_was_saved_last(first):
    piece_id = backed_up(first)
    other = second_device(first)
    assert save(first, 2, piece_id).status_code == 200
    refused = move(other, 1)
    assert (refused.json()["code"], refused.json()["generation"]) == ("stale-backup", 2)
    assert state(other)["writes_here"] is False
    assert other.api.post(f"{BACKUP}/writer").status_code == 400
    assert move(first, 1).json()["writes_here"] is True
    assert move(other, 2).status_code == 200
    assert events() == ["begin", "move"]


def test_sizes_have_limits(first, monkeypatch):
    backed_up(first)
    monkeypatch.setattr("messaging.actions.backups.LARGEST_PIECE_BYTES", 8)
    assert put(first, str(new_id()), bytes(9)).json()["code"] == "too-large"
    monkeypatch.setattr("messaging.actions.backups.LARGEST_BACKUP_BYTES", 10)
    assert put(first, str(new_id()), bytes(5)).json()["code"] == "backup-full"
    assert put(first, str(new_id()), bytes(4)).status_code == 204
    assert put(first, str(new_id()), b"").status_code == 400
    assert put(first, str(new_id()), bytes(states_backup.LARGEST_PIECE_BYTES + 1)).status_code == 400


def test_a_list_has_room_for_as_many_pieces_as_there_may_be(first):
    piece_id = backed_up(first)
    assert save(first, 2, piece_id, manifest=bytes(states_backup.MOST_PIECES * 500)).status_code == 200
    large = bytes(states_backup.LARGEST_MANIFEST_BYTES + 1)
    assert save(first, 3, piece_id, manifest=large).status_code == 400


def test_deleted_is_shredded(first):
    piece_id = backed_up(first)
    assert first.api.delete(BACKUP).status_code == 204
    assert (state(first), stored()) == (None, [ObjectState.SHREDDED])
    assert not BackupPiece.objects.exists()
    assert first.api.get(f"{BACKUP}/pieces/{piece_id}").status_code == 404
    assert first.api.delete(BACKUP).json()["code"] == "no-backup"
    assert events() == ["begin", "delete"]
    assert begin(first).status_code == 204


def test_a_reset_of_the_key_destroys_it(first, adam):
    backed_up(first)
    reset_identity_key(by=adam.actor, person_id=first.person.id, organisation_id=first.organisation.id)
    assert (stored(), events()) == ([ObjectState.SHREDDED], ["begin", "delete"])


def test_who_has_left_begins_none_with_an_answer_that_was_on_its_way(first, adam, monkeypatch):
    make_kit(first)
    late = first.actor
    offboard(by=adam.actor, membership_id=first.membership.id)
    monkeypatch.setattr("messaging.actions.backups.has_recovery_kit", lambda **_: True)
    with pytest.raises(NotFound):
        begin_backup(by=late, backup_id=new_id(), key_name=KEY_NAME)
    assert not HistoryBackup.objects.exists()


def test_a_piece_is_written_while_others_may_go_on_and_kept_only_if_it_still_may_be(first, monkeypatch):
    backed_up(first)
    other, put_piece = second_device(first), storage.put_backup_piece

    def slowly(**given):
        written = put_piece(**given)
        assert move(other).status_code == 200
        return written

    monkeypatch.setattr("storage.actions.put_backup_piece", slowly)
    assert put(first, str(new_id())).json()["code"] == "other-writer"
    assert stored() == [ObjectState.CLEAN]


def test_a_piece_is_kept_only_for_whom_it_was_written(first, bob):
    written = storage.put_backup_piece(by=first.actor, ciphertext=b"sealed")
    assert "data_key" not in repr(written)
    with pytest.raises(NotFound):
        storage.keep_backup_piece(by=bob.actor, put=written)
    with pytest.raises(NotFound):
        storage.put_backup_piece(by=SYSTEM, ciphertext=b"sealed")
    object_id = storage.keep_backup_piece(by=first.actor, put=written)
    assert storage.read_backup_piece(by=first.actor, object_id=object_id) == b"sealed"


def test_who_leaves_leaves_none(first, adam):
    backed_up(first)
    row = offboard(by=adam.actor, membership_id=first.membership.id)
    assert {"step": "delete-history-backup", "count": 1} in [
        {name: step[name] for name in ("step", "count")} for step in row.steps
    ]
    assert stored() == [ObjectState.SHREDDED]


def test_who_is_erased_leaves_none_and_only_the_service_erases(first):
    backed_up(first)
    with pytest.raises(NotFound):
        forget_backups_of(by=first.actor, person_id=first.person.id)
    forget_backups_of(by=SYSTEM, person_id=first.person.id)
    assert (stored(), events()) == ([ObjectState.SHREDDED], ["begin"])


def test_a_manifest_that_is_not_saved_leaves_the_pieces(first, monkeypatch):
    backed_up(first)
    new = str(new_id())
    put(first, new)
    monkeypatch.setattr("storage.objects.sealed.move", _fails)
    with pytest.raises(RuntimeError):
        save(first, 2, new)
    assert (state(first)["generation"], stored()) == (1, [ObjectState.CLEAN, ObjectState.CLEAN])


def _fails(*_, **__):
    raise RuntimeError("no")


@pytest.mark.parametrize("changes", [{"generation": 0}, {"saved_at": None}])
def test_the_database_holds_that_what_was_saved_has_a_time(first, changes):
    backed_up(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        HistoryBackup.objects.update(**changes)


def test_saving_costs_the_same_however_many_pieces_there_are(first):
    make_kit(first)
    begin(first)
    counts = []
    for generation in (1, 2):
        ids = [str(new_id()) for _ in range(5 * generation)]
        for piece_id in ids:
            put(first, piece_id)
        known = [str(one) for one in BackupPiece.objects.values_list("piece_id", flat=True)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert save(first, generation, *known).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_browser_s_vectors_are_current():
    assert FILE.read_text() == text()
