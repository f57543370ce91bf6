"""What the configured store can and cannot do, found out by trying; and whether we may trust it at all.

Two of three S3 servers that were tried answered 200 and did nothing: object lock ignored, `If-None-Match`
overwritten. So each property is tried with bytes that mean nothing, under a key of its own. Only some are
needed: the service encrypts by itself and never overwrites. A store that lets a wrong secret in is refused.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID
from xml.etree.ElementTree import ParseError

import urllib3
from minio import Minio
from minio.error import MinioException

from medicus.lib.errors import DomainError
from storage.objects.files import FileStore
from storage.objects.s3 import PART_BYTES, S3Store
from storage.objects.store import ObjectStore, new_key

CANARIES = UUID(int=0)
"""The organisation that stands in the canaries' keys; no real one has this id."""


class Verdict(Enum):
    """Needed: without it the service must not start. Otherwise: good to know."""

    YES = "yes"
    NO = "no"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Finding:
    property: str
    verdict: Verdict
    remark: str = ""


def examine(store: ObjectStore) -> Iterator[Finding]:
    """Try the store's properties one after the other; nothing stays behind."""
    yield from _verbs(store)
    if isinstance(store, S3Store):
        yield from _secrets(store)
        yield from _extras(store)
    if isinstance(store, FileStore):
        yield _private(store)


def _needed(name: str, holds: Callable[[], object]) -> Finding:
    """A property that the service cannot do without: `holds` returns something true, or raises."""
    try:
        fine, remark = bool(holds()), ""
    except (DomainError, AssertionError) as error:
        fine, remark = False, getattr(error, "reason", str(error))
    return Finding(name, Verdict.YES if fine else Verdict.REFUSED, remark)


def _verbs(store: ObjectStore) -> Iterator[Finding]:
    key, content = new_key(CANARIES), os.urandom(100_000)

    def ranges() -> bool:
        return b"".join(store.get_range(key, 4711, 42)) == content[4711:4753]

    def whole() -> bool:
        return b"".join(store.get_range(key, 0, len(content))) == content

    def absent_after_delete() -> bool:
        store.delete(key)
        return store.stat(key) is None

    try:
        yield _needed("stores an object", lambda: store.put_stream(key, [content]) == len(content))
        yield _needed("gives it back unchanged", whole)
        yield _needed("gives a range of it", ranges)
        yield _needed("lists it", lambda: key in {found.key for found in store.list(f"{CANARIES}/")})
    finally:
        yield _needed("deletes it", absent_after_delete)
    yield _needed("stores an object of unknown size in parts", lambda: _in_parts(store))


def _in_parts(store: ObjectStore) -> bool:
    """Larger than one part, so that S3 needs a multipart upload; compared by its digest."""
    key, piece = new_key(CANARIES), os.urandom(1 << 20)
    count = PART_BYTES // len(piece) + 2
    written = hashlib.sha256(piece * count).digest()
    try:
        size = store.put_stream(key, (piece for _ in range(count)))
        read = hashlib.sha256()
        for chunk in store.get_range(key, 0, size):
            read.update(chunk)
        return read.digest() == written
    finally:
        with suppress(DomainError):
            store.delete(key)


def _secrets(store: S3Store) -> Iterator[Finding]:
    wrong = store.with_keys(access_key=store.access_key, secret_key="wrong" * 8)
    yield _needed("refuses a wrong secret", lambda: not _lets_in(wrong))
    unknown = store.with_keys(access_key="unknown", secret_key="wrong" * 8)
    yield _needed("refuses an unknown access key", lambda: not _lets_in(unknown))
    nobody = store.with_keys(access_key="", secret_key="")
    yield _needed("refuses who gives no key", lambda: not _lets_in(nobody))
    yield _expired_address(store)


def _lets_in(stranger: S3Store) -> bool:
    """True when the store lets a stranger write, read its own listing, or both."""
    key = new_key(CANARIES)
    let_in = False
    with suppress(DomainError):
        stranger.put_stream(key, [b"a stranger was here"])
        let_in = True
    with suppress(DomainError):
        list(stranger.list(f"{CANARIES}/"))
        let_in = True
    if let_in:
        with suppress(DomainError):
            stranger.delete(key)
    return let_in


def _expired_address(store: S3Store) -> Finding:
    """The service uses no presigned addresses; a store that ignores their end is still one to know about."""
    name, key = "refuses a presigned address after its end", new_key(CANARIES)
    try:
        store.put_stream(key, [b"x"])
        address = store.client.presigned_get_object(store.bucket, key, expires=timedelta(seconds=1))
        status = _status_when_expired(address)
    except (DomainError, MinioException, urllib3.exceptions.HTTPError) as error:
        return Finding(name, Verdict.NO, str(error))
    finally:
        with suppress(DomainError):
            store.delete(key)
    return Finding(name, Verdict.NO if status == 200 else Verdict.YES)  # noqa: PLR2004 - OK


def _status_when_expired(address: str) -> int:
    """Ask again until the address's second is over, and a little longer."""
    deadline = time.monotonic() + 3
    status = urllib3.request("GET", address, retries=False).status
    while status == 200 and time.monotonic() < deadline:  # noqa: PLR2004 - OK
        time.sleep(0.25)
        status = urllib3.request("GET", address, retries=False).status
    return status


def _extras(store: S3Store) -> Iterator[Finding]:
    client, bucket = store.client, store.bucket
    yield _keeps_first(store)
    yield _offered("keeps versions", lambda: client.get_bucket_versioning(bucket).status == "Enabled")
    yield _offered("keeps objects locked", lambda: client.get_object_lock_config(bucket) is not None)


def _offered(name: str, ask: Callable[[], bool]) -> Finding:
    """A property that is only good to know, as the store itself tells it."""
    try:
        return Finding(name, Verdict.YES if ask() else Verdict.NO)
    except (MinioException, urllib3.exceptions.HTTPError, ParseError, ValueError) as error:
        return Finding(name, Verdict.NO, type(error).__name__)


def _keeps_first(store: S3Store) -> Finding:
    """The service never writes a key twice; a store that honours `If-None-Match` would hold that, too."""
    name, key = "refuses to overwrite (If-None-Match)", new_key(CANARIES)
    try:
        store.put_stream(key, [b"first"])
        with suppress(MinioException, urllib3.exceptions.HTTPError):
            put_if_absent(store.client, store.bucket, key, b"other")
        kept = b"".join(store.get_range(key, 0, 5)) == b"first"
    except DomainError as error:
        return Finding(name, Verdict.NO, str(error))
    finally:
        with suppress(DomainError):
            store.delete(key)
    return Finding(name, Verdict.YES if kept else Verdict.NO)


def put_if_absent(client: Minio, bucket: str, key: str, content: bytes) -> None:
    """A PUT with `If-None-Match: *`, which minio's own `put_object` cannot send."""
    client._execute("PUT", bucket, key, body=content, headers={"If-None-Match": "*"})  # noqa: SLF001


def _private(store: FileStore) -> Finding:
    """The folder is this user's alone (its content is encrypted all the same)."""
    open_to_others = store.root.exists() and store.root.stat().st_mode & 0o077
    return Finding("is closed to other users of this machine", Verdict.NO if open_to_others else Verdict.YES)
