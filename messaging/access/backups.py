"""The history backup of the acting person, as the server sees it: sizes and times."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum

from identity import access as identity
from identity.access.offboarding import Leaver
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging.models_backup import BackupPiece, HistoryBackup


@dataclass(frozen=True, slots=True)
class BackupView:
    """`writes_here`: whether it is the acting session's device that writes it. `writer_active`: whether the device that
    writes it is neither revoked nor expired. `kit`: whether the code on a paper opens it."""

    id: uuid.UUID
    key_name: bytes
    generation: int
    created_at: datetime
    saved_at: datetime | None
    size_bytes: int
    writes_here: bool
    writer_active: bool
    kit: bool


def history_backup(*, by: Actor) -> BackupView | None:
    """The acting person's backup at the organisation they act for; None: there is none.

    Raises:
        NotFound: no person of the staff.
    """
    found = own_backups(by=by).annotate(stored=Sum("pieces__size_bytes")).first()
    return view_of(found, by=by, size_bytes=found.stored or 0) if found else None


def own_backups(*, by: Actor) -> QuerySet[HistoryBackup]:
    """One or none.

    Raises:
        NotFound: no person of the staff.
    """
    if by.person_id is None or by.organisation_id is None or by.has(Role.PATIENT):
        raise NotFound
    found = HistoryBackup.objects.filter(person=by.person_id, organisation=by.organisation_id)
    return found.select_related("writer")


def piece_object(*, by: Actor, piece_id: uuid.UUID) -> uuid.UUID:
    """Under which id `storage` has a piece of the acting person's backup.

    Raises:
        NotFound: absent, of somebody else, or no person of the staff.
    """
    pieces = BackupPiece.objects.filter(backup__in=own_backups(by=by), piece_id=piece_id)
    found = pieces.values_list("object_id", flat=True).first()
    if found is None:
        raise NotFound
    return found


def view_of(backup: HistoryBackup, *, by: Actor, size_bytes: int) -> BackupView:
    return BackupView(
        id=backup.id,
        key_name=bytes(backup.key_name),
        generation=backup.generation,
        created_at=backup.created_at,
        saved_at=backup.saved_at,
        size_bytes=size_bytes,
        writes_here=backup.writer_id == by.device_id,
        writer_active=backup.writer.revoked_at is None and backup.writer.expires_at > now(),
        kit=has_recovery_kit(by=by),
    )


def has_recovery_kit(*, by: Actor) -> bool:
    """Whether the code on a paper opens the acting person's backup key."""
    return identity.recovery_kit_since(by=by) is not None


def backups_of_leaver(leaver: Leaver) -> QuerySet[HistoryBackup]:
    return HistoryBackup.objects.filter(person=leaver.person_id, organisation=leaver.organisation_id)
