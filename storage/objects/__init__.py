"""Encrypted objects: the only way of the other parts of `storage` to bytes at rest.

What to call (all of it blocking; from async code through a thread):

    from storage.objects import sealed

    sealed.write(*, organisation_id, kind, chunks, state=ObjectState.CLEAN) -> StoredObject
        Encrypt an iterable of bytes into the store and make its row. `state` is QUARANTINE for what came from
        outside and CLEAN for what we made ourselves. Not for attachments: they come by upload.
    sealed.read(stored_object, *, start=0, length=None) -> Iterator[bytes]
        Decrypt a range of a CLEAN object. Damage shows at the call, before the first byte.
    sealed.read_quarantined(stored_object, *, start=0, length=None) -> Iterator[bytes]
        The same for an object in QUARANTINE: only for the job that examines it.
    sealed.move(stored_object, to=ObjectState.CLEAN | REJECTED) -> None
        Change the state, as `storage.states.OBJECT_TRANSITIONS` allows; else `Conflict`.
    sealed.shred(stored_object) -> None
        Destroy the key at once and the bytes after the commit. Inside a transaction.
    sealed.record_opening(event, *, by, stored_object, subject, organisation_ids, **audit) -> None
        One audit event per person, object and quarter of an hour, however many ranges are read.

    from storage.keys import attributes

    attributes.seal(organisation_id, context, plaintext) -> bytes
    attributes.unseal(organisation_id, context, sealed) -> bytes
    attributes.blind_index(organisation_id, context, text) -> bytes (32)
    attributes.keyring(organisation_ids) -> Keyring      the same three, many times, by one query

Uploads (`storage.uploads`) ask the parts above them by `medicus.lib.callbacks`:

    "attachment-scope" (by, group_id) -> bool
        May this actor put attachments there, and read them?
    "finding-target" (by, patient_id) -> bool
        May this actor add findings to this patient?
    "upload-complete" (kind: str, object_id, by, metadata: dict[str, str])
        The upload is whole, its object in QUARANTINE; inside the transaction that makes it so. `metadata` is
        the client's: kind, patient, name, type. A DomainError refuses: the upload stays incomplete.

and `storage.uploads.actions.expire(by=SYSTEM)` wants to be called by the reaper.
"""

from functools import cache
from pathlib import Path

from django.conf import settings

from storage.objects.files import FileStore
from storage.objects.s3 import S3Store
from storage.objects.store import ObjectStat, ObjectStore

__all__ = ["ObjectStat", "ObjectStore", "store"]


def store() -> ObjectStore:
    """The configured store: S3 where `S3_ENDPOINT` is set, else files below `MEDICUS_VAR`."""
    if settings.S3_ENDPOINT:
        return _s3(settings.S3_ENDPOINT, settings.S3_BUCKET, settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY)
    return FileStore(Path(settings.VAR_DIR) / "objects")


@cache
def _s3(endpoint: str, bucket: str, access_key: str, secret_key: str) -> S3Store:
    return S3Store(endpoint=endpoint, bucket=bucket, access_key=access_key, secret_key=secret_key)
