"""What can happen in `audit`: an event is recorded; the log is read, exported, sealed; a person is erased.

Use from other apps: `from audit import actions as audit`, then `audit.record(Event.X, by=actor, …)`.
"""

from audit.actions.erasing import erase_person, forget_old
from audit.actions.exporting import export, export_rows, prove
from audit.actions.reading import read_access_log, read_events, read_own_access_log
from audit.actions.recording import insert_prepared, record, statements
from audit.actions.sealing import seal
from audit.actions.witnessing import ask_witnesses
from audit.entries import PreparedEvent, prepare

__all__ = [
    "PreparedEvent",
    "ask_witnesses",
    "erase_person",
    "export",
    "export_rows",
    "forget_old",
    "insert_prepared",
    "prepare",
    "prove",
    "read_access_log",
    "read_events",
    "read_own_access_log",
    "record",
    "seal",
    "statements",
]
