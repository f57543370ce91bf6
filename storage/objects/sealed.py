"""Objects as the rest of `storage` sees them: plaintext in, plaintext out, everything between encrypted.

An object is a row, a data key, and one or more parts. Each part is a Tink stream of its own
(`storage.encryption`) under the object's data key, bound to organisation, object, kind and the byte it starts
at. A resumable upload thus never encrypts a second time under a nonce that was used: a repeated or rival part
has its own salt. What no part could show by itself, that the last one is gone, shows at the size: it is bound
into the wrapped data key.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from medicus.lib.clock import now
from medicus.lib.errors import Conflict, NotFound
from medicus.lib.ids import new_id
from storage import encryption
from storage.errors import Damaged, StoreAway
from storage.keys import data_keys
from storage.keys.data_keys import Binding
from storage.keys.organisation import current_secret
from storage.models import ObjectPart, StoredObject
from storage.objects import store
from storage.objects.openings import OPENING_LASTS, record_opening
from storage.objects.store import new_key
from storage.states import OBJECT_TRANSITIONS, ObjectKind, ObjectState

__all__ = [
    "OPENING_LASTS",
    "Put",
    "add_part",
    "create",
    "discard",
    "keep",
    "move",
    "put",
    "put_part",
    "read",
    "read_quarantined",
    "record_opening",
    "shred",
    "write",
]


def write(
    *,
    organisation_id: UUID,
    kind: ObjectKind,
    chunks: Iterable[bytes],
    state: ObjectState = ObjectState.CLEAN,
) -> StoredObject:
    """Encrypt `chunks` into the store and make the object's row.

    Raises:
        StoreAway, StoreFull: nothing was stored.
    """
    return keep(put(organisation_id=organisation_id, kind=kind, chunks=chunks), state=state)


@dataclass(frozen=True, slots=True)
class Put:
    """Bytes in the store that no row knows yet: an orphan, until `keep` makes an object of them."""

    binding: Binding
    data_key: bytes = field(repr=False)
    store_key: str
    size_bytes: int


def put(*, organisation_id: UUID, kind: ObjectKind, chunks: Iterable[bytes]) -> Put:
    """Encrypt `chunks` into the store, before the transaction that makes their row: the store may be slow.

    Raises:
        StoreAway, StoreFull: nothing was stored.
    """
    binding, data_key, counted = (
        Binding(organisation_id, new_id(), kind),
        data_keys.new_data_key(),
        _Counted(chunks),
    )
    store_key = put_part(binding, data_key, start=0, chunks=counted)
    return Put(binding, data_key, store_key, counted.size_bytes)


def keep(written: Put, *, state: ObjectState) -> StoredObject:
    """Make the row of an object of which everything is in the store."""
    binding = written.binding
    with transaction.atomic():
        stored_object = create(
            object_id=binding.object_id, organisation_id=binding.organisation_id, kind=ObjectKind(binding.kind),
            state=state, size_bytes=written.size_bytes, data_key=written.data_key,
        )  # fmt: skip
        add_part(stored_object, written.store_key, start=0, size_bytes=written.size_bytes)
    return stored_object


def create(
    *,
    object_id: UUID,
    organisation_id: UUID,
    kind: ObjectKind,
    state: ObjectState,
    size_bytes: int,
    data_key: bytes,
    group_id: UUID | None = None,
) -> StoredObject:
    """Make the row of an object, its key wrapped by the organisation's newest secret."""
    secret = current_secret(organisation_id)
    binding = Binding(organisation_id, object_id, kind)
    return StoredObject.objects.create(
        id=object_id,
        organisation_id=organisation_id,
        kind=kind.value,
        state=state.value,
        size_bytes=size_bytes,
        group_id=group_id,
        organisation_key_id=secret.row_id,
        wrapped_key=data_keys.wrap(data_key, secret, binding, size_bytes),
        created_at=now(),
    )


def put_part(binding: Binding, data_key: bytes, *, start: int, chunks: Iterable[bytes]) -> str:
    """Encrypt `chunks` as the part that begins at byte `start`; return its key in the store."""
    store_key = new_key(binding.organisation_id)
    store().put_stream(store_key, encryption.encrypt(data_key, binding.of_part(start), chunks))
    return store_key


def discard(store_key: str) -> None:
    """Remove a part that certainly has no row. Not after an error of the database: a commit whose answer was
    lost may have happened; what stays behind is found by `storage.objects.orphans`."""
    with suppress(StoreAway):
        store().delete(store_key)


def add_part(stored_object: StoredObject, store_key: str, *, start: int, size_bytes: int) -> None:
    ObjectPart.objects.create(
        stored_object=stored_object, store_key=store_key, start_bytes=start, size_bytes=size_bytes
    )


def read(stored_object: StoredObject, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Decrypt bytes `start` to `start + length` (or the end) of a clean object.

    The ends of the object and of each part that is read are authenticated, and the first piece is there,
    before this returns.

    Raises:
        NotFound: the object is not clean.
        Damaged: its bytes or its rows are not those that were written.
    """
    return _read_in(ObjectState.CLEAN, stored_object, start, length)


def read_quarantined(
    stored_object: StoredObject, *, start: int = 0, length: int | None = None
) -> Iterator[bytes]:
    """`read` of an object in quarantine, for the job that examines it; nobody else may see it."""
    return _read_in(ObjectState.QUARANTINE, stored_object, start, length)


def _read_in(
    state: ObjectState, stored_object: StoredObject, start: int, length: int | None
) -> Iterator[bytes]:
    if stored_object.state != state:
        raise NotFound
    if length is None:
        length = stored_object.size_bytes - start
    if start < 0 or length < 0 or start + length > stored_object.size_bytes:
        raise ValueError("the range is not within the object")
    pieces = _pieces(stored_object, start, length)
    first = next(pieces, b"")
    return chain([first], pieces)


def _pieces(stored_object: StoredObject, start: int, length: int) -> Iterator[bytes]:
    data_key, binding = data_keys.data_key_of(stored_object), data_keys.binding_of(stored_object)
    parts = _parts(stored_object)
    end = start + length
    touched = [
        part for part in parts if part.start_bytes < end and start < part.start_bytes + part.size_bytes
    ]
    if parts[-1] not in touched:
        last = parts[-1].start_bytes
        b"".join(_decrypted(parts[-1], binding, data_key, last, last))  # nothing but its end is authenticated
    for part in touched:
        yield from _decrypted(part, binding, data_key, start, end)


def _parts(stored_object: StoredObject) -> Sequence[ObjectPart]:
    """The object's parts, in order. That none is missing is known from the object's authenticated size."""
    parts = list(stored_object.parts.order_by("start_bytes"))
    position = 0
    for part in parts:
        if part.start_bytes != position:
            raise Damaged(f"object {stored_object.id} lacks a part")
        position += part.size_bytes
    if not parts or position != stored_object.size_bytes:
        raise Damaged(f"object {stored_object.id} lacks its last part")
    return parts


def _decrypted(part: ObjectPart, binding: Binding, data_key: bytes, start: int, end: int) -> Iterator[bytes]:
    """The bytes of `part` that lie in the object's range `start` to `end`."""
    begins = max(start, part.start_bytes) - part.start_bytes
    ends = min(end, part.start_bytes + part.size_bytes) - part.start_bytes
    return encryption.decrypt(
        data_key,
        binding.of_part(part.start_bytes),
        encryption.ciphertext_size(part.size_bytes),
        lambda offset, size: store().get_range(part.store_key, offset, size),
        start=begins,
        length=max(0, ends - begins),
    )


def move(stored_object: StoredObject, *, to: ObjectState) -> None:
    """Change the object's state. Of two who do this at once, one succeeds.

    Raises:
        Conflict: the table does not allow it from the state that the row has now.
    """
    sources = [state.value for state, targets in OBJECT_TRANSITIONS.items() if to in targets]
    changes: dict[str, object] = {"state": to.value}
    if to is ObjectState.SHREDDED:
        changes["wrapped_key"] = None
    if not StoredObject.objects.filter(id=stored_object.id, state__in=sources).update(**changes):
        raise Conflict(_("This file is already in another state."))
    stored_object.refresh_from_db()


def shred(stored_object: StoredObject) -> None:
    """Destroy the object's key and its list of parts; the bytes in the store go after the commit."""
    with transaction.atomic():
        move(stored_object, to=ObjectState.SHREDDED)
        parts = stored_object.parts.all()
        store_keys = list(parts.values_list("store_key", flat=True))
        parts.delete()
        stored_object.openings.all().delete()
        transaction.on_commit(lambda: _delete(store_keys), robust=True)


def _delete(store_keys: Sequence[str]) -> None:
    for store_key in store_keys:
        store().delete(store_key)


class _Counted:
    """Passes `chunks` on and counts their bytes."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.size_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size_bytes += len(chunk)
            yield chunk
