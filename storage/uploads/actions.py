"""What happens to uploads and attachments. Each function is a transaction; nothing here is asynchronous."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from medicus.lib import callbacks
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, DomainError, Invalid, NotFound, TooLarge, TooManyAttempts
from medicus.lib.ids import new_id
from storage.keys import attributes, data_keys
from storage.keys.data_keys import Binding
from storage.models import StoredObject, Upload
from storage.objects import sealed, store
from storage.objects.openings import person_of
from storage.objects.store import new_key
from storage.states import ObjectKind, ObjectState
from storage.uploads import access
from storage.uploads.access import Progress, metadata_of, progress_of
from storage.uploads.metadata import Metadata
from storage.uploads.receiving import LEAST_BYTES

UNTOUCHED_FOR = timedelta(hours=24)
UNFINISHED_AT_ONCE = 100
PATIENT_BYTES_A_DAY = 4 << 30
"""What one patient can fill the store with; staff answer to their hospital."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next chunk of an upload goes, and the key it is encrypted under. Lives in memory only."""

    upload_id: UUID
    start_bytes: int
    room_bytes: int
    binding: Binding
    data_key: bytes

    @property
    def associated_data(self) -> bytes:
        return self.binding.of_part(self.start_bytes)

    def __repr__(self) -> str:
        return f"Place({self.upload_id}, {self.start_bytes})"


def start(*, by: Actor, size_bytes: int, metadata: Metadata) -> Progress:
    """Begin an upload of `size_bytes` for the conversation or patient that its metadata names.

    Raises:
        Invalid, TooLarge: the size is nothing, or more than `UPLOAD_LIMIT_BYTES`; for a patient, more than a day's share.
        NotFound: no such conversation or patient for this actor.
        TooManyAttempts: too many unfinished uploads.
    """
    person_id, organisation_id = person_of(by), by.organisation_id
    if organisation_id is None:
        raise NotFound
    _check_size(size_bytes)
    _check_target(by, metadata)
    _check_unfinished(by)
    _check_day(by, size_bytes)
    object_id = new_id()
    with transaction.atomic():
        stored_object = sealed.create(
            object_id=object_id,
            organisation_id=organisation_id,
            kind=metadata.kind,
            state=ObjectState.RECEIVING,
            size_bytes=size_bytes,
            data_key=data_keys.new_data_key(),
            group_id=metadata.group_id,
        )
        upload = Upload.objects.create(
            stored_object=stored_object,
            person_id=person_id,
            size_bytes=size_bytes,
            sealed_metadata=attributes.seal(organisation_id, access.METADATA, metadata.header.encode()),
            expires_at=now() + UNTOUCHED_FOR,
        )
    return progress_of(upload)


def _check_size(size_bytes: int) -> None:
    if size_bytes < 1:
        raise Invalid(errors={"Upload-Length": _("An empty file cannot be stored.")})
    if size_bytes > settings.UPLOAD_LIMIT_BYTES:
        raise TooLarge(
            _("This file is larger than %(size)d MB.") % {"size": settings.UPLOAD_LIMIT_BYTES >> 20}
        )


def _check_target(by: Actor, metadata: Metadata) -> None:
    if metadata.group_id is not None:
        access.require_group(by=by, group_id=metadata.group_id)
    if metadata.patient_id is not None:
        access.require_patient(by=by, patient_id=metadata.patient_id)


def _check_unfinished(by: Actor) -> None:
    unfinished = Upload.objects.filter(person_id=person_of(by), completed_at=None, expires_at__gt=now())
    if unfinished.count() >= UNFINISHED_AT_ONCE:
        raise TooManyAttempts(_("You have too many unfinished uploads."), retry_after_seconds=60)


def _check_day(by: Actor, size_bytes: int) -> None:
    """Uploads, finished ones too, are remembered until a day after their last chunk."""
    if not by.has(Role.PATIENT):
        return
    remembered = Upload.objects.filter(person_id=person_of(by), expires_at__gt=now())
    total = remembered.aggregate(bytes=Sum("size_bytes"))["bytes"] or 0
    if total + size_bytes > PATIENT_BYTES_A_DAY:
        raise TooLarge(_("You can send %(size)d GB a day.") % {"size": PATIENT_BYTES_A_DAY >> 30})


def begin_chunk(*, by: Actor, upload_id: UUID, offset_bytes: int) -> Place:
    """Find the place of the next chunk.

    Raises:
        NotFound: no such upload for this actor.
        Conflict: the upload stands at another offset; `extra` carries it.
    """
    upload = access.upload(by=by, upload_id=upload_id)
    if upload.offset_bytes != offset_bytes:
        raise _stands_elsewhere(upload.offset_bytes)
    stored_object = upload.stored_object
    return Place(
        upload_id=upload_id,
        start_bytes=offset_bytes,
        room_bytes=upload.size_bytes - offset_bytes,
        binding=data_keys.binding_of(stored_object),
        data_key=data_keys.data_key_of(stored_object),
    )


def _stands_elsewhere(offset_bytes: int) -> Conflict:
    return Conflict(_("The upload continues at another place."), offset=offset_bytes)


def append(*, by: Actor, place: Place, ciphertext: Iterable[bytes], size_bytes: int) -> Progress:
    """Store a chunk durably and move the upload's offset; the last chunk makes the upload whole.

    Of two chunks for the same place one is stored.

    Raises:
        Conflict: another chunk was stored there first.
        NotFound: the upload, its conversation or its patient is gone.
        StoreAway, StoreFull: nothing was stored.
    """
    if size_bytes < min(LEAST_BYTES, place.room_bytes):
        raise Invalid(_("A chunk has at least 1 MiB, unless it is the last."))
    store_key = new_key(place.binding.organisation_id)
    store().put_stream(store_key, ciphertext)
    try:
        with transaction.atomic():
            return progress_of(_add_part(by, place, store_key, size_bytes))
    except DomainError:
        sealed.discard(store_key)
        raise


def _add_part(by: Actor, place: Place, store_key: str, size_bytes: int) -> Upload:
    moment, offset_bytes = now(), place.start_bytes + size_bytes
    whole = size_bytes == place.room_bytes
    moved = Upload.objects.filter(
        pk=place.upload_id, person_id=person_of(by), offset_bytes=place.start_bytes, expires_at__gt=moment
    ).update(
        offset_bytes=offset_bytes,
        expires_at=moment + UNTOUCHED_FOR,
        completed_at=moment if whole else None,
    )
    upload = access.upload(by=by, upload_id=place.upload_id)
    if not moved:
        raise _stands_elsewhere(upload.offset_bytes)
    sealed.add_part(upload.stored_object, store_key, start=place.start_bytes, size_bytes=size_bytes)
    if whole:
        _complete(by, upload)
    return upload


def _complete(by: Actor, upload: Upload) -> None:
    """The upload is whole: an attachment is opaque and done, anything else waits in quarantine."""
    stored_object, metadata = upload.stored_object, metadata_of(upload)
    _check_target(by, metadata)
    sealed.move(stored_object, to=ObjectState.QUARANTINE)
    callbacks.call(
        "upload-complete",
        kind=stored_object.kind,
        object_id=stored_object.id,
        by=by,
        metadata=metadata.pairs,
    )
    if metadata.kind is ObjectKind.ATTACHMENT:
        sealed.move(stored_object, to=ObjectState.CLEAN)
        audit.record(
            Event.ATTACHMENT_STORE,
            by=by,
            subject=f"attachment/{stored_object.id}",
            details={"group": str(stored_object.group_id), "size_bytes": stored_object.size_bytes},
        )


def terminate(*, by: Actor, upload_id: UUID) -> None:
    """End an unfinished upload and destroy what was stored of it.

    Raises:
        NotFound: no such upload for this actor, or it is whole: then its object is the matter of others.
    """
    upload = access.upload(by=by, upload_id=upload_id)
    if not _end(upload):
        raise NotFound


def expire(*, by: Actor) -> int:  # noqa: ARG001 - as every action
    """Destroy unfinished uploads that nobody has touched for a day, and forget the finished; return how many.

    For the reaper (`by` is the service itself)."""
    expired = Upload.objects.select_related("stored_object").filter(expires_at__lte=now())[:100]
    return sum(_end(upload) or _forget(upload) for upload in expired)


def _end(upload: Upload) -> bool:
    with transaction.atomic():
        unfinished = Upload.objects.filter(pk=upload.pk, completed_at=None)
        ended, _per_model = unfinished.delete()
        if ended:
            sealed.shred(upload.stored_object)
    return bool(ended)


def _forget(upload: Upload) -> bool:
    gone, _per_model = Upload.objects.filter(pk=upload.pk, completed_at__isnull=False).delete()
    return bool(gone)


def open_attachment(*, by: Actor, object_id: UUID) -> StoredObject:
    """Find an attachment and record that it was opened, for the reader's officer and the owner's.

    Raises:
        NotFound: no such attachment for this actor.
    """
    stored_object = access.attachment(by=by, object_id=object_id)
    organisation_ids = [by.organisation_id or stored_object.organisation_id, stored_object.organisation_id]
    sealed.record_opening(
        Event.ATTACHMENT_READ,
        by=by,
        stored_object=stored_object,
        subject=f"attachment/{object_id}",
        organisation_ids=organisation_ids,
    )
    return stored_object
