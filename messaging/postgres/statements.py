"""Statements and their parameters in PostgreSQL's binary form. A parameter names its type: `%s::uuid[]`."""

import re
import struct
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from psycopg import pq

_PARAMETER = re.compile(r"%s(?:::(\w+(?:\[\])?))?")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_NULL = struct.pack(">i", -1)


def _uuid(value: uuid.UUID) -> bytes:
    return value.bytes


def _bigint(value: int) -> bytes:
    return value.to_bytes(8, signed=True)


def _timestamptz(value: datetime) -> bytes:
    since = value - _EPOCH
    return _bigint((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def _text(value: str) -> bytes:
    return value.encode()


def _bytea(value: bytes) -> bytes:
    return value


ENCODERS: dict[str, tuple[int, Callable[[Any], bytes]]] = {
    "uuid": (2950, _uuid),
    "bigint": (20, _bigint),
    "timestamptz": (1184, _timestamptz),
    "text": (25, _text),
    "bytea": (17, _bytea),
}
"""Type name → its object id in PostgreSQL's catalogue, and its binary form."""


class Statement:
    """A statement that is prepared once on each connection."""

    __slots__ = ("_encoders", "command", "name")

    def __init__(self, text: str) -> None:
        """text: with `%s::type` for each parameter.

        Raises:
            ValueError: a parameter names no type, or one that has no encoder.
        """
        self._encoders = [_encoder(found[1]) for found in _PARAMETER.finditer(text)]
        numbers = iter(range(1, len(self._encoders) + 1))
        numbered = _PARAMETER.sub(lambda found: f"${next(numbers)}::{found[1]}", text)
        self.command = numbered.encode()
        self.name = uuid.uuid5(uuid.NAMESPACE_OID, text).hex.encode()

    def encode(self, parameters: Sequence[Any]) -> tuple[list[bytes | None], list[pq.Format]]:
        """Write the parameters out, each with its format. A `str` is a literal of its type, in PostgreSQL's
        text form; everything else goes in binary."""
        values: list[bytes | None] = []
        formats = []
        for encoder, value in zip(self._encoders, parameters, strict=True):
            literal = isinstance(value, str)
            values.append(None if value is None else value.encode() if literal else encoder(value))
            formats.append(pq.Format.TEXT if literal else pq.Format.BINARY)
        return values, formats


@lru_cache
def statement(text: str) -> Statement:
    """The statement of a text that is only known at run time."""
    return Statement(text)


def _encoder(type_name: str | None) -> Callable[[Any], bytes]:
    if type_name is None:
        raise ValueError("each parameter must name its type")
    try:
        object_id, encode = ENCODERS[type_name.removesuffix("[]")]
    except KeyError:
        raise ValueError(f"no encoder for {type_name}") from None
    return _array(object_id, encode) if type_name.endswith("[]") else encode


def _array(object_id: int, encode: Callable[[Any], bytes]) -> Callable[[Sequence[Any]], bytes]:
    """The binary form of a one-dimensional array: header, then each element behind its length."""
    length = struct.Struct(">i").pack

    def encode_array(values: Sequence[Any]) -> bytes:
        if not values:
            return struct.pack(">iii", 0, 0, object_id)
        parts = [struct.pack(">iiiii", 1, int(None in values), object_id, len(values), 1)]
        for value in values:
            if value is None:
                parts.append(_NULL)
            else:
                element = encode(value)
                parts += (length(len(element)), element)
        return b"".join(parts)

    return encode_array
