"""History backups: begun, written piece by piece, read in a new browser, and destroyed. All of it is ciphertext here."""

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import access as identity
from identity.access.offboarding import Leaver
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, TooLarge
from medicus.lib.freshness import require_fresh
from messaging.access.backups import (
    BackupView,
    backups_of_leaver,
    has_recovery_kit,
    own_backups,
    piece_object,
    view_of,
)
from messaging.models_backup import BackupPiece, HistoryBackup
from messaging.states import LeavingStep
from messaging.states_backup import (
    KEY_NAME_BYTES,
    LARGEST_BACKUP_BYTES,
    LARGEST_MANIFEST_BYTES,
    LARGEST_PIECE_BYTES,
    MOST_PIECES,
)
from storage import actions as storage


class NoBackup(Conflict):
    """The acting person has no history backup."""

    code = "no-backup"


class BackupExists(Conflict):
    """There is one already; it has to be deleted first."""

    code = "backup-exists"


class BackupKitNeeded(Conflict):
    """Nobody could open it: the current identity key has no recovery kit."""

    code = "no-recovery-kit"


class OtherWriter(Conflict):
    """Another device of the person writes this backup."""

    code = "other-writer"


class StaleBackup(Conflict):
    """The backup has another manifest than the browser knows; `extra` carries its `generation`."""

    code = "stale-backup"


class BackupFull(TooLarge):
    """The person's room for backups is used up."""

    code = "backup-full"


@dataclass(frozen=True, slots=True)
class OpenedBackup:
    """`manifest`: sealed; empty before the first was saved. `at`: the server's time."""

    view: BackupView
    manifest: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class NewManifest:
    """`generation`: one more than that of the manifest it replaces. `piece_ids`: those it names; all others end."""

    generation: int
    manifest: bytes
    piece_ids: Collection[uuid.UUID]


def begin_backup(*, by: Actor, backup_id: uuid.UUID, key_name: bytes) -> None:
    """Begin the acting person's backup; the session's device writes it.

    Raises:
        NotFound: no person of the staff, or not any more.
        FreshFactorRequired: the second factor was shown too long ago.
        DeviceNeeded: the session holds no device.
        BackupKitNeeded, BackupExists.
        Invalid: the key's name has not 16 bytes.
    """
    others = own_backups(by=by)
    require_fresh(by)
    device_id = identity.require_device(by=by)
    if len(key_name) != KEY_NAME_BYTES:
        raise Invalid(errors={"key_name": _("This is not the name of a backup key.")})
    if not has_recovery_kit(by=by):
        raise BackupKitNeeded(_("Please make a recovery kit first: it is what opens the backup."))
    if others.exists():
        raise _exists()
    row = {"person_id": by.person_id, "organisation_id": by.organisation_id, "writer_id": device_id}
    try:
        with transaction.atomic():
            identity.hold_place(by=by)
            HistoryBackup.objects.create(
                id=backup_id, key_name=key_name, manifest=b"", created_at=now(), **row
            )
            audit.record(Event.BACKUP_BEGIN, by=by, subject=f"backup/{backup_id}")
    except IntegrityError:  # two at the same moment
        raise _exists() from None


def move_backup(*, by: Actor, generation: int) -> BackupView:
    """Have the session's device write the acting person's backup from now on.

    generation: that of the manifest it has read, so that it destroys nothing it does not know.

    Raises:
        NotFound: no person of the staff.
        DeviceNeeded, NoBackup.
        StaleBackup: another device saved meanwhile.
    """
    device_id = identity.require_device(by=by)
    with transaction.atomic():
        backup = _locked(by)
        if backup.writer_id != device_id:
            if generation != backup.generation:
                raise _stale(backup)
            backup.writer_id = device_id
            backup.save(update_fields=["writer"])
            audit.record(
                Event.BACKUP_MOVE, by=by, subject=f"backup/{backup.id}", details={"device": str(device_id)}
            )
    return view_of(backup, by=by, size_bytes=_size(backup))


def keep_piece(*, by: Actor, piece_id: uuid.UUID, ciphertext: bytes) -> None:
    """Keep a piece until the next manifest, and as long as manifests name it. The same again changes nothing.

    ciphertext: at most 524,288 bytes, opaque to the server.

    Raises:
        NotFound: no person of the staff.
        DeviceNeeded, NoBackup, OtherWriter.
        Invalid: empty.
        TooLarge, BackupFull.
        Conflict: another piece has this id.
        StoreAway, StoreFull: nothing was stored.
    """
    if not ciphertext:
        raise Invalid(errors={"ciphertext": _("An empty file cannot be stored.")})
    if len(ciphertext) > LARGEST_PIECE_BYTES:
        raise TooLarge(_("This piece is too large."))
    digest = hashlib.sha256(ciphertext).digest()
    piece = BackupPiece(piece_id=piece_id, digest=digest, size_bytes=len(ciphertext))
    if _is_kept(_written_here(by), piece):
        return
    # Nobody waits for the store: the backup is locked only once the bytes are there.
    put = storage.put_backup_piece(by=by, ciphertext=ciphertext)
    with transaction.atomic():
        backup = _written_here(by, lock=True)
        if not _is_kept(backup, piece):
            piece.backup, piece.object_id = backup, storage.keep_backup_piece(by=by, put=put)
            piece.save(force_insert=True)


def save_backup(*, by: Actor, new: NewManifest) -> BackupView:
    """Put a manifest in the place of the one before, and destroy the pieces that it does not name.

    The same again changes nothing: its answer may have been lost.

    Raises:
        NotFound: no person of the staff.
        DeviceNeeded, NoBackup, OtherWriter.
        StaleBackup: it does not follow the manifest that is there.
        Invalid: no manifest, or it names a piece that is not there.
        TooLarge.
    """
    if not new.manifest:
        raise Invalid(errors={"manifest": _("This is no manifest.")})
    if len(new.manifest) > LARGEST_MANIFEST_BYTES or len(new.piece_ids) > MOST_PIECES:
        raise TooLarge(_("This backup has too many pieces."))
    with transaction.atomic():
        backup = _written_here(by, lock=True)
        if new.generation == backup.generation and bytes(backup.manifest) == new.manifest:
            return view_of(backup, by=by, size_bytes=_size(backup))
        if new.generation != backup.generation + 1:
            raise _stale(backup)
        _end_others(backup, by=by, piece_ids=new.piece_ids)
        backup.generation, backup.manifest, backup.saved_at = new.generation, new.manifest, now()
        backup.save(update_fields=["generation", "manifest", "saved_at"])
    return view_of(backup, by=by, size_bytes=_size(backup))


def open_backup(*, by: Actor) -> OpenedBackup:
    """Give the manifest to a browser of the acting person, which opens it with the backup key and fetches the pieces.

    Raises:
        NotFound: no person of the staff.
        NoBackup: there is none.
    """
    with transaction.atomic():
        backup = _locked(by)
        audit.record(Event.BACKUP_RESTORE, by=by, subject=f"backup/{backup.id}")
    view = view_of(backup, by=by, size_bytes=_size(backup))
    return OpenedBackup(view, bytes(backup.manifest), now())


def read_piece(*, by: Actor, piece_id: uuid.UUID) -> bytes:
    """A piece of the acting person's backup, sealed; that the backup is read is recorded when it is opened.

    Raises:
        NotFound: absent, damaged, of somebody else, or no person of the staff.
        StoreAway.
    """
    return storage.read_backup_piece(by=by, object_id=piece_object(by=by, piece_id=piece_id))


def delete_backup(*, by: Actor) -> None:
    """Destroy the acting person's backup for good.

    Raises:
        NotFound: no person of the staff.
        FreshFactorRequired: the second factor was shown too long ago.
        NoBackup: there is none.
    """
    own_backups(by=by)
    require_fresh(by)
    with transaction.atomic():
        _end(_locked(by), by=by)


def end_backup_of_leaver(*, by: Actor, leaver: Leaver) -> dict[str, int]:
    """Destroy the backup of somebody who leaves; in the transaction of `identity`, which has decided who may."""
    found = list(backups_of_leaver(leaver).select_for_update())
    for backup in found:
        _end(backup, by=by)
    return {LeavingStep.DELETE_BACKUP: len(found)}


def end_backup_of_key(*, by: Actor, person_id: uuid.UUID, organisation_id: uuid.UUID) -> None:
    """Destroy what nobody can open any more: the identity key was reset, and its kit with it. In the transaction of
    `identity`, which has decided who may."""
    found = HistoryBackup.objects.select_for_update()
    for backup in found.filter(person=person_id, organisation=organisation_id):
        _end(backup, by=by)


def forget_backups_of(*, by: Actor, person_id: uuid.UUID) -> None:
    """Destroy the backups of somebody whose name the log forgets; so nothing new is written of them there.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    for backup in HistoryBackup.objects.filter(person=person_id):
        _destroy(backup, by=by)


def _locked(by: Actor) -> HistoryBackup:
    return _found(own_backups(by=by).select_for_update(of=("self",)))


def _found(backups: QuerySet[HistoryBackup]) -> HistoryBackup:
    backup = backups.first()
    if backup is None:
        raise NoBackup(_("There is no backup of your messages."))
    return backup


def _written_here(by: Actor, *, lock: bool = False) -> HistoryBackup:
    device_id = identity.require_device(by=by)
    backup = _locked(by) if lock else _found(own_backups(by=by))
    if backup.writer_id != device_id:
        raise OtherWriter(_("Another device of yours saves your messages."))
    return backup


def _is_kept(backup: HistoryBackup, piece: BackupPiece) -> bool:
    """Whether this very piece is there. Raises: Conflict: another one is. BackupFull: neither, and there is no room."""
    known = backup.pieces.filter(piece_id=piece.piece_id).first()
    if known is None:
        _check_room(backup, piece.size_bytes)
    elif bytes(known.digest) != piece.digest:
        raise Conflict(_("Another piece has this number."))
    return known is not None


def _check_room(backup: HistoryBackup, size_bytes: int) -> None:
    # Until the next manifest, what it replaces is still there: hence twice the number.
    full = _size(backup) + size_bytes > LARGEST_BACKUP_BYTES or backup.pieces.count() >= 2 * MOST_PIECES
    if full:
        raise BackupFull(_("The backup of your messages has no room left."))


def _end_others(backup: HistoryBackup, *, by: Actor, piece_ids: Collection[uuid.UUID]) -> None:
    rows = list(backup.pieces.values_list("piece_id", "object_id"))
    wanted = set(piece_ids)
    if wanted - {piece_id for piece_id, _object_id in rows}:
        raise Invalid(errors={"piece_ids": _("The backup lacks a piece.")})
    ended = [object_id for piece_id, object_id in rows if piece_id not in wanted]
    _shred(backup, by=by, object_ids=ended)


def _end(backup: HistoryBackup, *, by: Actor) -> None:
    audit.record(
        Event.BACKUP_DELETE,
        by=by,
        subject=f"person/{backup.person_id}",
        organisation_id=backup.organisation_id,
        details={"backup": str(backup.id)},
    )
    _destroy(backup, by=by)


def _destroy(backup: HistoryBackup, *, by: Actor) -> None:
    _shred(backup, by=by, object_ids=list(backup.pieces.values_list("object_id", flat=True)))
    backup.delete()


def _shred(backup: HistoryBackup, *, by: Actor, object_ids: list[uuid.UUID]) -> None:
    storage.shred_backup_pieces(by=by, object_ids=object_ids)
    backup.pieces.filter(object_id__in=object_ids).delete()


def _size(backup: HistoryBackup) -> int:
    return backup.pieces.aggregate(size=Sum("size_bytes"))["size"] or 0


def _stale(backup: HistoryBackup) -> StaleBackup:
    return StaleBackup(_("Another copy was saved meanwhile."), generation=backup.generation)


def _exists() -> BackupExists:
    return BackupExists(_("There is a backup of your messages already."))
