"""What can happen in `rota`; each action takes `by`, checks, writes and records in one transaction."""

from rota.actions.chain import Step, set_chain
from rota.actions.imports import check_calendar, start_import, undo_import
from rota.actions.leaving import end_shifts
from rota.actions.roles import RoleWords, change_role, close_role, create_role
from rota.actions.search import search_roles
from rota.actions.shifts import change_shift, plan_shift, remove_shift, restore_shift
from rota.actions.take_over import hand_back, take_over

__all__ = [
    "RoleWords",
    "Step",
    "change_role",
    "change_shift",
    "check_calendar",
    "close_role",
    "create_role",
    "end_shifts",
    "hand_back",
    "plan_shift",
    "remove_shift",
    "restore_shift",
    "search_roles",
    "set_chain",
    "start_import",
    "take_over",
    "undo_import",
]
