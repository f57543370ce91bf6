"""Closed sets and limits of urgent messages and acknowledgements."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AcknowledgementKind(StrEnum):
    """What a person says about a message. A message is taken over by one person at a time."""

    ACKNOWLEDGED = "acknowledged"
    TAKEN_OVER = "taken-over"


class UrgentState(StrEnum):
    """What became of an urgent message.

    announced: its message is not there yet, and nobody was told. exhausted: nobody is left to be asked; a late
    acknowledgement still counts. lapsed: its message did not come in time; its sender may announce it anew."""

    ANNOUNCED = "announced"
    WAITING = "waiting"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    WITHDRAWN = "withdrawn"
    EXHAUSTED = "exhausted"
    LAPSED = "lapsed"


_ENDS = frozenset({UrgentState.ACKNOWLEDGED, UrgentState.WITHDRAWN})
URGENT_TRANSITIONS: dict[UrgentState, frozenset[UrgentState]] = {
    UrgentState.ANNOUNCED: _ENDS | {UrgentState.WAITING, UrgentState.LAPSED},
    UrgentState.WAITING: _ENDS | {UrgentState.ESCALATED, UrgentState.EXHAUSTED},
    UrgentState.ESCALATED: _ENDS | {UrgentState.ESCALATED, UrgentState.EXHAUSTED},
    UrgentState.ACKNOWLEDGED: frozenset(),
    UrgentState.WITHDRAWN: frozenset(),
    UrgentState.EXHAUSTED: _ENDS,
    UrgentState.LAPSED: frozenset({UrgentState.ANNOUNCED}),
}
OPEN = (UrgentState.WAITING.value, UrgentState.ESCALATED.value, UrgentState.EXHAUSTED.value)
"""Somebody was told, and nobody has acknowledged."""
TIMED = (UrgentState.ANNOUNCED.value, UrgentState.WAITING.value, UrgentState.ESCALATED.value)
"""Something happens by itself when the time has come."""

URGENT_STATE_NAMES: dict[str, Promise] = {
    UrgentState.ANNOUNCED: _("Announced"),
    UrgentState.WAITING: _("Waiting for an answer"),
    UrgentState.ESCALATED: _("Passed on"),
    UrgentState.ACKNOWLEDGED: _("Acknowledged"),
    UrgentState.WITHDRAWN: _("Withdrawn"),
    UrgentState.EXHAUSTED: _("Nobody has answered"),
    UrgentState.LAPSED: _("Not sent"),
}


class UrgentAct(StrEnum):
    """A line of the timeline of an urgent message."""

    ANNOUNCED = "announced"
    TOLD = "told"
    ESCALATED = "escalated"
    SKIPPED = "skipped"
    HANDED_OVER = "handed-over"
    ACKNOWLEDGED = "acknowledged"
    TAKEN_OVER = "taken-over"
    HANDED_BACK = "handed-back"
    WITHDRAWN = "withdrawn"
    EXHAUSTED = "exhausted"
    LAPSED = "lapsed"


NOTIFIED = frozenset({UrgentAct.TOLD, UrgentAct.HANDED_OVER, UrgentAct.EXHAUSTED})
"""The lines of which the person named in them gets a notice."""

DEADLINE_MINUTES = 15
SHORTEST_MINUTES = 5
LONGEST_MINUTES = 240
PEOPLE_ASKED = 50
LAPSES_AFTER_SECONDS = 120

LISTED = 200
ACKNOWLEDGEMENTS_LISTED = 1000
EXHAUSTED_OPEN_DAYS = 3
