"""Objects in any S3 store, through `minio`. Plain S3 only: what servers differ in is not used.

Short timeouts and few retries: a store that is away is a clear 503, never a page that hangs. What a server
says is not believed: after each put the size is asked for, and each range must have the length it should.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from io import BytesIO, RawIOBase
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

import urllib3
from django.core.exceptions import ImproperlyConfigured
from minio import Minio
from minio.error import MinioException, S3Error

from medicus.lib.errors import DomainError
from storage.errors import Damaged, StoreAway, StoreFull
from storage.objects.store import ObjectStat, checked_key, checked_prefix, is_key

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

_PIECE_BYTES = 1 << 20
PART_BYTES = 16 << 20
"""Below this size an object is one PUT; what is larger goes in parts of this size, one at a time."""
_TIMEOUT = urllib3.Timeout(connect=5, read=5)
_RETRIES = urllib3.Retry(
    total=2, connect=1, read=1, redirect=0, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504)
)
_FULL = frozenset({"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "EntityTooLarge", "DiskFull"})
_CODE = re.compile(r"<Code>(\w+)</Code>")
_ABSENT = frozenset({"NoSuchKey", "NotFound", "NoSuchObject"})


class S3Store:
    """`endpoint`: an address such as `https://s3.hospital.example`. `region`: what the store signs for."""

    def __init__(
        self, *, endpoint: str, bucket: str, access_key: str, secret_key: str, region: str = "us-east-1"
    ) -> None:
        address = urlsplit(endpoint)
        if address.scheme not in ("http", "https") or not address.netloc or address.path.strip("/"):
            raise ImproperlyConfigured("S3_ENDPOINT must look like https://host:port")
        self.endpoint, self.bucket, self.region, self.access_key = endpoint, bucket, region, access_key
        self.client = Minio(
            address.netloc,
            access_key=access_key or None,
            secret_key=secret_key or None,
            secure=address.scheme == "https",
            region=region,
            http_client=urllib3.PoolManager(timeout=_TIMEOUT, retries=_RETRIES, maxsize=16, block=False),
        )

    def with_keys(self, *, access_key: str, secret_key: str) -> "S3Store":
        """The same store as somebody else sees it; without keys: as a stranger."""
        return S3Store(
            endpoint=self.endpoint, bucket=self.bucket, region=self.region,
            access_key=access_key, secret_key=secret_key,
        )  # fmt: skip

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> int:
        source = _Source(chunks)
        checked_key(key)
        try:
            self._put(key, source)
        except Exception:
            if source.failure:
                raise source.failure from None
            raise
        return source.taken_bytes

    def _put(self, key: str, source: "_Source") -> None:
        with _mapped_errors(key):
            first = source.read(PART_BYTES)
            if len(first) < PART_BYTES:
                self.client.put_object(self.bucket, key, BytesIO(first), len(first))
            else:
                source.push_back(first)
                file = cast("BinaryIO", source)
                self.client.put_object(
                    self.bucket, key, file, -1, part_size=PART_BYTES, num_parallel_uploads=1
                )
        stored = self.stat(key)
        if stored is None or stored.size_bytes != source.taken_bytes:
            with suppress(StoreAway):
                self.delete(key)
            raise StoreAway(f"the store said it had taken {source.taken_bytes} bytes, but has {stored}")

    def get_range(self, key: str, start: int, length: int) -> Iterator[bytes]:
        checked_key(key)
        if not length:
            return
        with _mapped_errors(key):
            answer = self.client.get_object(self.bucket, key, offset=start, length=length)
            with closing(answer):
                _check_range(answer, start, length)
                yield from _exactly(answer.stream(_PIECE_BYTES), length)
                answer.release_conn()

    def stat(self, key: str) -> ObjectStat | None:
        checked_key(key)
        with _mapped_errors(key):
            try:
                found = self.client.stat_object(self.bucket, key)
            except S3Error as error:
                if error.code in _ABSENT:
                    return None
                raise
        if found.size is None:
            raise StoreAway("the store does not say how large an object is")
        return ObjectStat(key, found.size)

    def delete(self, key: str) -> None:
        checked_key(key)
        with _mapped_errors(key):
            self.client.remove_object(self.bucket, key)

    def list(self, prefix: str = "") -> Iterator[ObjectStat]:
        checked_prefix(prefix)
        with _mapped_errors(prefix):
            for found in self.client.list_objects(self.bucket, prefix, recursive=True):
                if found.object_name and is_key(found.object_name):
                    yield ObjectStat(found.object_name, found.size or 0)

    def make_bucket(self) -> None:
        """Make the bucket if it is not there."""
        with _mapped_errors(self.bucket):
            if not self.client.bucket_exists(self.bucket):
                self.client.make_bucket(self.bucket)


class _Source(RawIOBase):
    """An iterator of bytes as the file that minio reads from.

    `failure` is what the iterator raised: an error of the sender's, not of the store's."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""
        self.taken_bytes = 0
        self.failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """As a file's `read`: less than `size` only at the end. Copies each byte once."""
        pieces, missing = [], size if size >= 0 else sys.maxsize
        while missing and (piece := self._take(missing)):
            pieces.append(piece)
            missing -= len(piece)
        content = b"".join(pieces)
        self.taken_bytes += len(content)
        return content

    def push_back(self, content: bytes) -> None:
        """Undo the last `read`."""
        self._chunks = chain([content, self._rest], self._chunks)
        self._rest = b""
        self.taken_bytes -= len(content)

    def _take(self, limit: int) -> bytes:
        """The next bytes, at most `limit`; nothing only at the end."""
        chunk = self._rest or self._next()
        self._rest = chunk[limit:]
        return chunk[:limit]

    def _next(self) -> bytes:
        try:
            return next(filter(None, self._chunks), b"")
        except Exception as failure:
            self.failure = failure
            raise


def _check_range(answer: "BaseHTTPResponse", start: int, length: int) -> None:
    """Compare what is coming with what was asked for. The status does not say it: some servers answer a range
    with 200, and one that knows no ranges sends the whole with 200."""
    said = re.fullmatch(r"bytes (\d+)-(\d+)/(?:\d+|\*)", answer.headers.get("Content-Range", ""))
    whole = (0, int(answer.headers.get("Content-Length", "0")) - 1)
    sent = (int(said[1]), int(said[2])) if said else whole
    if sent[0] != start:
        raise StoreAway(f"the store sent bytes {sent} for bytes {start} and following")
    if sent[1] < start + length - 1:
        raise Damaged("an object in the store is shorter than it was")


def _exactly(chunks: Iterable[bytes], length: int) -> Iterator[bytes]:
    for chunk in chunks:
        length -= len(chunk)
        if length < 0:
            break
        yield chunk
    if length:
        raise StoreAway("the store's answer has not the length it announced")


@contextmanager
def _mapped_errors(key: str) -> Iterator[None]:
    """What fails on the way to the store, in it, or in its answer becomes one of our three errors."""
    try:
        yield
    except MinioException as error:
        raise _mapped(error, key) from error
    except (urllib3.exceptions.HTTPError, OSError, ParseError, ValueError, KeyError) as error:
        raise StoreAway(f"S3 {type(error).__name__}: {error}") from error


def _mapped(error: MinioException, key: str) -> DomainError:
    """By the error code in the answer; also of XML that is called text/xml, which minio does not read."""
    found = _CODE.search(str(error))
    code = error.code if isinstance(error, S3Error) else found and found[1]
    if code in _ABSENT:
        return Damaged(f"{key} is missing")
    if code == "InvalidRange":
        return Damaged(f"{key} is shorter than it was")
    if code in _FULL:
        return StoreFull()
    return StoreAway(f"S3 {error}")
