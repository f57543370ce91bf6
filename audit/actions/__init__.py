"""What can happen in `audit`: an event is recorded; the log is read, exported, sealed; a person is erased.

Use from other apps: `from audit import actions as audit`, then `audit.record(Event.X, by=actor, …)`.
"""

from audit.actions.erasing import erase_person
from audit.actions.exporting import export, prove
from audit.actions.reading import read_events
from audit.actions.recording import insert_prepared, record, statements
from audit.actions.sealing import seal
from audit.entries import PreparedEvent, prepare

__all__ = [
    "PreparedEvent",
    "erase_person",
    "export",
    "insert_prepared",
    "prepare",
    "prove",
    "read_events",
    "record",
    "seal",
    "statements",
]
