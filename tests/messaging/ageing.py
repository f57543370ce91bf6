"""Time that passes for messages, what falls due by it, and what is left."""

import datetime as dt

from django.db.models import F

from audit.models import AuditEvent
from identity.actions import change_policies
from identity.policies import PolicyName
from medicus.lib.actor import SYSTEM
from medicus.lib.ids import new_id
from messaging.actions import expire_messages
from messaging.models import Case, Entry
from storage.keys.data_keys import Binding, new_data_key
from storage.models import StoredObject
from storage.objects import sealed
from storage.states import ObjectKind, ObjectState

START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)


class Rows:
    """Time that passes for what is kept, and not for the sessions and devices of who looks at it."""

    def shift(self, by: dt.timedelta) -> None:
        Entry.objects.update(at=F("at") - by)
        Case.objects.update(opened_at=F("opened_at") - by, closed_at=F("closed_at") - by)
        StoredObject.objects.update(created_at=F("created_at") - by)


def demand(organisation, **days):
    wanted = {PolicyName(name): value for name, value in days.items()}
    change_policies(by=SYSTEM, organisation_id=organisation.id, values=wanted, address="")


def written(room, member) -> str:
    """Send a message; its id."""
    message = room.message()
    assert member.api.post(f"{room.path}/messages", message).status_code == 201
    return str(message["id"])


def close(room, member):
    assert member.api.post(f"{room.path}/case/close", {"outcome": "answered"}).status_code == 200


def run() -> int:
    return expire_messages(by=SYSTEM)


def bodies(room) -> list[bool]:
    """Of each message, in order, whether its body is still there."""
    rows = Entry.objects.filter(group=room.id, kind="application").order_by("seq")
    return [bool(bytes(row.body)) and row.expired_at is None for row in rows]


def retention(room, member):
    return member.api.get(room.path).json()["retention"]


def events(event, organisation):
    return AuditEvent.objects.filter(event=event, organisation_id=organisation.id).count()


def attach(room, member) -> StoredObject:
    """A file of the conversation, as its sender's browser has sealed it."""
    object_id, data_key = new_id(), new_data_key()
    binding = Binding(member.organisation.id, object_id, ObjectKind.ATTACHMENT)
    store_key = sealed.put_part(binding, data_key, start=0, chunks=[b"ciphertext"])
    made = sealed.create(
        object_id=object_id,
        organisation_id=member.organisation.id,
        kind=ObjectKind.ATTACHMENT,
        state=ObjectState.CLEAN,
        size_bytes=10,
        data_key=data_key,
        group_id=room.id,
    )
    sealed.add_part(made, store_key, start=0, size_bytes=10)
    return made
