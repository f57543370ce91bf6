"""Pieces of history backups: ciphertext of a browser, kept by the object store under a key of its own, like all else."""

import uuid
from collections.abc import Collection

from django.db import transaction

from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from storage.errors import Damaged
from storage.models import StoredObject
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState


def keep_backup_piece(*, by: Actor, ciphertext: bytes) -> uuid.UUID:
    """Keep a piece for the acting person's organisation; return its id. For `messaging`, in its transaction.

    Raises:
        NotFound: the actor acts for no organisation.
        StoreAway, StoreFull: nothing was stored.
    """
    if by.organisation_id is None:
        raise NotFound
    written = sealed.write(organisation_id=by.organisation_id, kind=ObjectKind.BACKUP, chunks=[ciphertext])
    return written.id


def read_backup_piece(*, by: Actor, object_id: uuid.UUID) -> bytes:
    """The ciphertext as it was given. For `messaging`, which has decided who may.

    Raises:
        NotFound: no such piece of the acting person's organisation, or its bytes are not those that were written, which
            is logged: the browser goes on and says what is missing.
        StoreAway: the store does not answer.
    """
    pieces = StoredObject.objects.filter(kind=ObjectKind.BACKUP.value, organisation=by.organisation_id)
    found = pieces.filter(id=object_id).first()
    if found is None:
        raise NotFound
    try:
        return b"".join(sealed.read(found))
    except Damaged:
        raise NotFound from None


def shred_backup_pieces(*, by: Actor, object_ids: Collection[uuid.UUID]) -> int:  # noqa: ARG001 - as every action
    """Destroy the keys of pieces, and their bytes after the commit; return how many. For `messaging`, which has
    decided who may."""
    clean = {"kind": ObjectKind.BACKUP.value, "state": ObjectState.CLEAN.value}
    found = list(StoredObject.objects.filter(id__in=object_ids, **clean))
    with transaction.atomic():
        for piece in found:
            sealed.shred(piece)
    return len(found)
