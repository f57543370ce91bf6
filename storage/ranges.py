"""A range of bytes that somebody asks for, and what the answer says of it (RFC 9110 section 14)."""

import re
from dataclasses import dataclass

from medicus.lib.errors import DomainError

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


class RangeNotSatisfiable(DomainError):  # noqa: N818 - named as the errors of medicus.lib
    status, code = 416, "range-not-satisfiable"

    def __init__(self, size_bytes: int) -> None:
        super().__init__()
        self.headers = {"Content-Range": f"bytes */{size_bytes}"}


@dataclass(frozen=True, slots=True)
class Range:
    """A run of bytes of something that has `size_bytes`; `partial`: the client asked for it."""

    start: int
    length: int
    size_bytes: int
    partial: bool

    @property
    def status(self) -> int:
        return 206 if self.partial else 200

    @property
    def headers(self) -> dict[str, str]:
        headers = {"Accept-Ranges": "bytes", "Content-Length": str(self.length)}
        if self.partial:
            headers["Content-Range"] = f"bytes {self.start}-{self.start + self.length - 1}/{self.size_bytes}"
        return headers


def parse_range(header: str, size_bytes: int) -> Range:
    """Read the header `Range`: one range of bytes. Anything else means the whole, as RFC 9110 allows.

    Raises:
        RangeNotSatisfiable: it begins behind the end.
    """
    whole = Range(0, size_bytes, size_bytes, partial=False)
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        return whole
    first, last, suffix = found.groups()
    start = int(first) if first else max(0, size_bytes - int(suffix))
    end = min(int(last) + 1, size_bytes) if last else size_bytes
    if first and last and int(last) < start:
        return whole
    if start >= end:
        raise RangeNotSatisfiable(size_bytes)
    return Range(start, end - start, size_bytes, partial=True)
