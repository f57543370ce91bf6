"""Pieces of history backups: ciphertext of a browser, kept by the object store under a key of its own, like all else."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id
from storage.errors import Damaged
from storage.keys import data_keys
from storage.keys.data_keys import Binding
from storage.models import StoredObject
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState


@dataclass(frozen=True, slots=True)
class PutPiece:
    """A piece in the store that has no row yet. Without one nobody has its key, and `storage.objects.orphans` collects
    it."""

    binding: Binding
    data_key: bytes = field(repr=False)
    store_key: str
    size_bytes: int


def put_backup_piece(*, by: Actor, ciphertext: bytes) -> PutPiece:
    """Write a piece for the acting person's organisation. For `messaging`, before its transaction: the store is slow.

    Raises:
        NotFound: the actor acts for no organisation.
        StoreAway, StoreFull: nothing was stored.
    """
    if by.organisation_id is None:
        raise NotFound
    data_key, binding = data_keys.new_data_key(), Binding(by.organisation_id, new_id(), ObjectKind.BACKUP)
    store_key = sealed.put_part(binding, data_key, start=0, chunks=[ciphertext])
    return PutPiece(binding, data_key, store_key, len(ciphertext))


def keep_backup_piece(*, by: Actor, put: PutPiece) -> uuid.UUID:
    """Keep a piece that is in the store; return its id. For `messaging`, in its transaction.

    Raises:
        NotFound: it was put for another organisation.
    """
    if by.organisation_id != put.binding.organisation_id:
        raise NotFound
    with transaction.atomic():
        kept = sealed.create(
            object_id=put.binding.object_id,
            organisation_id=put.binding.organisation_id,
            kind=ObjectKind.BACKUP,
            state=ObjectState.CLEAN,
            size_bytes=put.size_bytes,
            data_key=put.data_key,
        )
        sealed.add_part(kept, put.store_key, start=0, size_bytes=put.size_bytes)
    return kept.id


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
