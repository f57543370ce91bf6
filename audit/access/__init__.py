"""What may be read of the log, and by whom."""

from audit.access.events import EventPage, EventRow, SealState, Someone, Wanted, events, seal_state

__all__ = ["EventPage", "EventRow", "SealState", "Someone", "Wanted", "events", "seal_state"]
