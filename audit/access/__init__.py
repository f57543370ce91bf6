"""What may be read of the log, and by whom."""

from audit.access.events import EventPage, EventRow, SealState, Wanted, events, seal_state
from audit.access.facts import Someone

__all__ = ["EventPage", "EventRow", "SealState", "Someone", "Wanted", "events", "seal_state"]
