"""Closed sets of `rota`, and what each value is called."""

from collections.abc import Collection
from enum import IntEnum, StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Rank(IntEnum):
    """Who goes before whom while several shifts of a role cover the same instant: the lowest holds it."""

    TAKEN_OVER = 0
    HOLDER = 1
    SUBSTITUTE = 2


PLANNED = (Rank.HOLDER, Rank.SUBSTITUTE)
"""The ranks that a planner fills; the other one comes from a person who takes over."""


class FilledBy(StrEnum):
    """Who may fill a role."""

    DEPARTMENT = "department"
    """Everybody of the role's department."""
    LIST = "list"
    """Those who are named."""


class Part(StrEnum):
    """What a person is named for."""

    FILLER = "filler"
    PLANNER = "planner"


class Act(StrEnum):
    """What happened to a shift; the history tells it."""

    PLAN = "plan"
    CHANGE = "change"
    REMOVE = "remove"
    RESTORE = "restore"
    TAKE_OVER = "take-over"
    HAND_BACK = "hand-back"
    CUT = "cut"
    """Somebody else took over, or the person has left: it ends sooner."""


class LeavingStep(StrEnum):
    """What the offboarding of a person does here."""

    END_SHIFTS = "end-shifts"


class ImportState(StrEnum):
    """checked: it has been read, and waits to be started."""

    CHECKED = "checked"
    DONE = "done"
    UNDONE = "undone"


IMPORT_TRANSITIONS: dict[ImportState, frozenset[ImportState]] = {
    ImportState.CHECKED: frozenset({ImportState.DONE}),
    ImportState.DONE: frozenset({ImportState.UNDONE}),
    ImportState.UNDONE: frozenset(),
}

RANK_NAMES: dict[int, Promise] = {
    Rank.TAKEN_OVER: _("Taken over"),
    Rank.HOLDER: _("On duty"),
    Rank.SUBSTITUTE: _("Substitute"),
}
FILLED_BY_NAMES: dict[str, Promise] = {
    FilledBy.DEPARTMENT: _("Everybody of the department"),
    FilledBy.LIST: _("Only those who are chosen below"),
}
ACT_NAMES: dict[str, Promise] = {
    Act.PLAN: _("Planned"),
    Act.CHANGE: _("Changed"),
    Act.REMOVE: _("Deleted"),
    Act.RESTORE: _("Brought back"),
    Act.TAKE_OVER: _("Taken over"),
    Act.HAND_BACK: _("Handed back"),
    Act.CUT: _("Ended early"),
}
IMPORT_NAMES: dict[str, Promise] = {
    ImportState.CHECKED: _("Checked"),
    ImportState.DONE: _("Done"),
    ImportState.UNDONE: _("Undone"),
}

STEP_NAMES: dict[str, Promise] = {LeavingStep.END_SHIFTS: _("Shifts ended")}


def words_of(codes: Collection[str]) -> dict[str, str]:
    """What those of these codes are called that are ours, for the pages of the audit log."""
    names = {rank_code(rank): name for rank, name in RANK_NAMES.items()} | STEP_NAMES
    return {code: str(names[code]) for code in codes if code in names}


def rank_code(rank: int) -> str:
    """A rank as the audit log writes it."""
    return Rank(rank).name.lower().replace("_", "-")
