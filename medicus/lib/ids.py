"""Identifiers: UUIDv7 (RFC 9562 section 5.7), ordered by time, 74 random bits."""

import os
import time
import uuid


def new_id() -> uuid.UUID:
    """Make a fresh UUIDv7."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
