"""Who is in which conversation, and what an upload leaves behind."""

import os
from collections import defaultdict
from typing import Any
from uuid import UUID

from storage.models import StoredObject
from storage.objects import sealed, store
from tests.storage.asgi import Visitor

MIB = 1 << 20
MARKER = b"PATIENT NAME MUELLER"
CONTENT = (MARKER + os.urandom(44)) * (20 * MIB // 64) + b"the end"  # 20 MiB and 7 bytes


class Rooms:
    """Who is in which conversation, and who may add to which patient: what the parts above answer."""

    def __init__(self) -> None:
        self.members: dict[UUID, set[UUID]] = defaultdict(set)
        self.patients: dict[UUID, UUID] = {}
        self.completed: list[dict[str, Any]] = []

    def may_attach(self, *, by, group_id: UUID) -> bool:
        return bool(by.person_id in self.members[group_id])

    def may_add(self, *, by, patient_id: UUID) -> bool:
        return bool(self.patients.get(patient_id) == by.organisation_id)

    def complete(self, **arguments) -> None:
        self.completed.append(arguments)


def object_of(path: str) -> StoredObject:
    return StoredObject.objects.get(id=path.rsplit("/", 1)[1])


def whole(path: str) -> bytes:
    return b"".join(sealed.read(object_of(path)))


def send_rest(browser: Visitor, path: str, content: bytes = CONTENT, chunk: int = 8 * MIB) -> int:
    """Send what is missing, as tus-js-client does; return the number of chunks."""
    offset, count = browser.offset(path), 0
    while offset < len(content):
        reply = browser.patch(path, offset, content[offset : offset + chunk])
        assert reply.status == 204, reply
        offset, count = int(reply.headers["upload-offset"]), count + 1
    return count


def stored_everywhere() -> bytes:
    return b"".join(b"".join(store().get_range(found.key, 0, found.size_bytes)) for found in store().list())
