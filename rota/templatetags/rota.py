"""What pages show of roles and shifts."""

from django import template
from django.utils.functional import Promise

from rota.states import ACT_NAMES, IMPORT_NAMES, RANK_NAMES

register = template.Library()


@register.filter
def rank_name(rank: int) -> Promise | str:
    return RANK_NAMES.get(rank, str(rank))


@register.filter
def act_name(act: str) -> Promise | str:
    return ACT_NAMES.get(act, act)


@register.filter
def import_name(state: str) -> Promise | str:
    return IMPORT_NAMES.get(state, state)
