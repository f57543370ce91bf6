"""tus 1.0 at /api/v1/uploads: core, creation, expiration, termination, checksum."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.utils.http import http_date
from django.utils.translation import gettext as _

from medicus.lib.errors import DomainError, Invalid, MethodNotAllowed, TooLarge
from storage.encryption import Encryptor
from storage.uploads import access, actions
from storage.uploads.metadata import parse
from storage.uploads.raw import (
    Answer,
    Receive,
    Request,
    Scope,
    Send,
    in_thread,
    serve,
    uuid_or_not_found,
)
from storage.uploads.receiving import CHECKSUMS, CHUNK_BYTES, Checksum, Receiver, turnstile

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination,checksum"
CHUNK_TYPE = "application/offset+octet-stream"
_EVERY = {"Tus-Resumable": VERSION}


class VersionNotSupported(DomainError):  # noqa: N818 - named as the errors of medicus.lib
    status, code = 412, "version-not-supported"
    headers: ClassVar = {"Tus-Version": VERSION}


class MediaTypeNotSupported(DomainError):  # noqa: N818 - named as the errors of medicus.lib
    status, code = 415, "media-type-not-supported"


async def uploads(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI application of `/api/v1/uploads`: a new upload."""
    await serve(_collection, scope, receive, send, headers=_EVERY)


async def upload(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI application of `/api/v1/uploads/<id>`."""
    await serve(_single, scope, receive, send, headers=_EVERY)


async def _collection(request: Request) -> Answer:
    match request.method:
        case "OPTIONS":
            return _options()
        case "POST":
            _require_version(request.headers)
            return await _create(request)
    raise MethodNotAllowed


async def _single(request: Request) -> Answer:
    if request.method == "OPTIONS":
        return _options()
    _require_version(request.headers)
    upload_id = uuid_or_not_found(request.parameters["upload_id"])
    match request.method:
        case "HEAD":
            return await _head(request, upload_id)
        case "PATCH":
            return await _patch(request, upload_id)
        case "DELETE":
            await in_thread(actions.terminate, by=request.actor, upload_id=upload_id)
            return Answer(204)
    raise MethodNotAllowed


def _options() -> Answer:
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(settings.UPLOAD_LIMIT_BYTES),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }
    return Answer(204, headers)


async def _create(request: Request) -> Answer:
    size_bytes = _whole_number(request.headers, "upload-length")
    metadata = parse(request.headers.get("upload-metadata", ""))
    made = await in_thread(actions.start, by=request.actor, size_bytes=size_bytes, metadata=metadata)
    return Answer(201, _progress(made) | {"Location": f"/api/v1/uploads/{made.upload_id}"})


async def _head(request: Request, upload_id: UUID) -> Answer:
    found, metadata = await in_thread(access.standing, by=request.actor, upload_id=upload_id)
    described = {"Upload-Length": str(found.size_bytes), "Upload-Metadata": metadata.header}
    return Answer(200, _progress(found) | described)


async def _patch(request: Request, upload_id: UUID) -> Answer:
    if request.headers.get("content-type") != CHUNK_TYPE:
        raise MediaTypeNotSupported(_("A chunk is sent as application/offset+octet-stream."))
    offset_bytes = _whole_number(request.headers, "upload-offset")
    checksum = _checksum(request.headers)
    if int(request.headers.get("content-length", "0")) > CHUNK_BYTES:
        raise TooLarge(_("A chunk has at most 8 MiB."))
    place = await in_thread(
        actions.begin_chunk, by=request.actor, upload_id=upload_id, offset_bytes=offset_bytes
    )
    encryptor = Encryptor(place.data_key, place.associated_data)
    receiver = Receiver(encryptor, room_bytes=place.room_bytes, checksum=checksum)
    with turnstile.passed():
        chunk = await receiver.receive(request.receive)
    if not chunk.size_bytes:
        return Answer(204, {"Upload-Offset": str(offset_bytes)})
    stored = await in_thread(
        actions.append,
        by=request.actor,
        place=place,
        ciphertext=chunk.ciphertext,
        size_bytes=chunk.size_bytes,
    )
    return Answer(204, _progress(stored))


def _progress(upload: access.Progress) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset_bytes),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }


def _require_version(headers: Mapping[str, str]) -> None:
    if headers.get("tus-resumable") != VERSION:
        raise VersionNotSupported(_("This service speaks tus 1.0.0."))


def _whole_number(headers: Mapping[str, str], name: str) -> int:
    text = headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > len(str(2**63)):
        raise Invalid(errors={name.title(): _("This is not a whole number.")})
    return int(text)


def _checksum(headers: Mapping[str, str]) -> Checksum | None:
    """The header `Upload-Checksum: sha1 <base64>`."""
    header = headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _space, digest = header.partition(" ")
    try:
        wanted = b64decode(digest, validate=True)
    except binascii.Error:
        wanted = b""
    if algorithm not in CHECKSUMS or not wanted:
        raise Invalid(errors={"Upload-Checksum": _("This checksum cannot be used.")})
    return Checksum(algorithm, wanted)
