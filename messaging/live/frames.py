"""What is said over the socket and by `GET …/entries`, written out once for all who hear it."""

import uuid
from binascii import b2a_base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from medicus.lib.errors import DomainError
from medicus.lib.problems import problem
from messaging.access import AcknowledgementView, Row
from messaging.actions.lane.decide import Written

PONG = '{"op":"pong"}'
WELCOME = '{"op":"welcome"}'
GROUPS = '{"op":"groups"}'


def instant(at: datetime) -> str:
    """ISO 8601 in UTC, to the microsecond. at: in UTC."""
    # A page has a thousand of them, and strftime takes twice as long.
    return f"{at.isoformat('T', 'microseconds')[:26]}Z"


def entry(row: Row) -> str:
    """One entry as JSON. Every part is ASCII and needs no escaping. An expired message has no body, and says so."""
    expired = "" if row.body else ',"expired":true'
    return (
        f'{{"seq":{row.seq},"id":"{row.message_id}","kind":"{row.kind}","epoch":{row.epoch},'
        f'"sender_device":"{row.device_id}","sender_person":"{row.person_id}",'
        f'"body":"{b2a_base64(row.body, newline=False).decode("ascii")}","at":"{instant(row.at)}"{expired}}}'
    )


def entries(group_id: uuid.UUID, written: Sequence[str], last_seq: int) -> str:
    return f'{{"op":"entries","group":"{group_id}","entries":[{",".join(written)}],"last_seq":{last_seq}}}'


def page(written: Sequence[str], last_seq: int) -> bytes:
    """The answer of `GET …/entries`."""
    return f'{{"entries":[{",".join(written)}],"last_seq":{last_seq}}}'.encode("ascii")


def place(written: Written) -> bytes:
    """The answer of `POST …/messages`."""
    return f'{{"seq":{written.seq},"at":"{instant(written.at)}"}}'.encode("ascii")


def ready(device_id: uuid.UUID) -> str:
    return f'{{"op":"ready","device":"{device_id}"}}'


def sent(group_id: uuid.UUID | str, message_id: uuid.UUID | str, seq: int, at: datetime) -> str:
    return f'{{"op":"sent","group":"{group_id}","id":"{message_id}","seq":{seq},"at":"{instant(at)}"}}'


def receipts(group_id: uuid.UUID, person_id: uuid.UUID, delivered: int, seen: int) -> str:
    return (
        f'{{"op":"receipts","group":"{group_id}","person":"{person_id}",'
        f'"delivered":{delivered},"seen":{seen}}}'
    )


def acknowledgements(group_id: uuid.UUID, rows: Sequence[AcknowledgementView]) -> str:
    said = ",".join(_acknowledgement(row) for row in rows)
    return f'{{"op":"acknowledgements","group":"{group_id}","rows":[{said}]}}'


def urgent(group_id: uuid.UUID, message_id: uuid.UUID) -> str:
    return f'{{"op":"urgent","group":"{group_id}","id":"{message_id}"}}'


def _acknowledgement(row: AcknowledgementView) -> str:
    ended = f'"{instant(row.ended_at)}"' if row.ended_at else "null"
    return (
        f'{{"id":"{row.message_id}","seq":{row.seq},"kind":"{row.kind}","person":"{row.person_id}",'
        f'"at":"{instant(row.at)}","ended_at":{ended}}}'
    )


def refused(error: DomainError, *, group: Any = None, message_id: Any = None) -> str:
    """group, message_id: as the client gave them, of whatever type."""
    return orjson.dumps(
        {"op": "refused", "group": group, "id": message_id, "problem": problem(error)}
    ).decode()
