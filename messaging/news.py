"""News of what was written: hints for sockets, in this process and in others. They may be lost or doubled;
the database is the truth, and the slow poll finds what no hint told."""

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from django.db import transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """`entries`: groups with their newest sequence number; `receipts`: by group, who has confirmed more;
    `welcomes` and `revoked`: devices; `people`: who should fetch their groups again; `acknowledged`: by group, the
    messages about which somebody has said something; `urgent`: by group and message, who should look at it."""

    entries: Mapping[uuid.UUID, int] = field(default_factory=dict)
    receipts: Mapping[uuid.UUID, frozenset[uuid.UUID]] = field(default_factory=dict)
    welcomes: frozenset[uuid.UUID] = frozenset()
    people: frozenset[uuid.UUID] = frozenset()
    revoked: frozenset[uuid.UUID] = frozenset()
    acknowledged: Mapping[uuid.UUID, frozenset[int]] = field(default_factory=dict)
    urgent: Mapping[tuple[uuid.UUID, uuid.UUID], frozenset[uuid.UUID]] = field(default_factory=dict)


Listener = Callable[[News], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have `listener` called, in whatever thread, with all news of this process."""
    _listeners.append(listener)


def forget(listener: Listener) -> None:
    _listeners.remove(listener)


def tell_on_commit(news: News) -> None:
    """Tell once the current transaction has committed."""
    transaction.on_commit(partial(tell, news))


def tell(news: News) -> None:
    """Tell now; never fails, for the news is only a hint."""
    for listener in _listeners:
        try:
            listener(news)
        except Exception:
            log.exception("a listener failed")
