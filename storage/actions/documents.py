"""Documents that come into a patient's folder from elsewhere in this service, and files that others refer to there.

For `messaging`: what people take out of a conversation into the record."""

import hashlib
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from medicus.lib.actor import Actor
from medicus.lib.errors import Conflict, NotFound
from storage.access.findings import own_finding_row
from storage.access.patients import patient_row
from storage.actions.findings import add_finding
from storage.documents import media_type_of
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState


class NotExamined(Conflict):
    """A file is not available in the folder: it is still being examined, or was refused."""

    code = "not-examined"


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it comes into a folder. media_type: as `storage.documents` knows it."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FiledDigest:
    """What a file of the folder is, byte for byte."""

    sha256: bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class PutDocument:
    """A document whose bytes are in the store already, on its way into a patient's folder."""

    file_name: str
    media_type: str
    put: sealed.Put


def put_document(*, by: Actor, patient_id: uuid.UUID, document: Document) -> PutDocument:
    """Write a document into the store, before the transaction in which `add_document` puts it into a folder.

    Raises:
        NotFound: not a patient whom this actor may add to.
        StoreAway, StoreFull: nothing was stored.
    """
    patient = patient_row(by=by, patient_id=patient_id)
    put = sealed.put(
        organisation_id=patient.organisation_id, kind=ObjectKind.FINDING, chunks=[document.content]
    )
    return PutDocument(document.file_name, document.media_type, put)


def add_document(*, by: Actor, patient_id: uuid.UUID, document: PutDocument) -> uuid.UUID:
    """Put a document into a patient's folder, where it is examined like every finding; return its id.

    Raises:
        NotFound: not a patient whom this actor may add to.
    """
    patient_row(by=by, patient_id=patient_id)
    with transaction.atomic():
        finding = add_finding(
            by=by,
            stored_object=sealed.keep(document.put, state=ObjectState.QUARANTINE),
            patient_id=patient_id,
            file_name=document.file_name,
            media_type=media_type_of(document.media_type),
        )
    return finding.stored_object_id


def discard_document(document: PutDocument) -> None:
    """Remove the bytes of a document that certainly came into no folder."""
    sealed.discard(document.put.store_key)


def digest_of_own(
    *, by: Actor, patient_id: uuid.UUID, finding_id: uuid.UUID, at_most_bytes: int
) -> FiledDigest:
    """Read a file that the actor has put into this patient's folder, to compare it.

    Raises:
        NotFound: absent, of another patient, put there by somebody else, or too large.
        NotExamined: it is not available, or not yet.
    """
    row = own_finding_row(by=by, finding_id=finding_id)
    stored_object = row.stored_object
    if row.patient_id != patient_id or row.received_by_id != by.person_id:
        raise NotFound
    if stored_object.state != ObjectState.CLEAN:
        raise NotExamined(_("A file is still being examined, or was refused."))
    if stored_object.size_bytes > at_most_bytes:
        raise NotFound
    digest = hashlib.sha256()
    for piece in sealed.read(stored_object):
        digest.update(piece)
    return FiledDigest(digest.digest(), stored_object.size_bytes)
