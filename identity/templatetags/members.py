"""Filters that name what stands in rows as a code."""

from django import template
from django.utils.functional import Promise

from identity.staff_csv import column_name
from identity.states import (
    IMPORT_NAMES,
    INVITATION_NAMES,
    STATE_NAMES,
    MembershipState,
    function_name,
    language_name,
    scope_name,
    speciality_name,
    sub_speciality_name,
)

register = template.Library()
for name_of in (
    column_name,
    function_name,
    language_name,
    scope_name,
    speciality_name,
    sub_speciality_name,
):
    register.filter(name_of.__name__, name_of)

BADGES = {
    MembershipState.PLANNED: "badge--info",
    MembershipState.ACTIVE: "badge--good",
    MembershipState.DEACTIVATED: "badge--bad",
    MembershipState.ENDED: "badge--plain",
}


@register.filter
def state_name(state: str) -> Promise | str:
    return STATE_NAMES.get(state, state)


@register.filter
def invitation_name(state: str) -> Promise | str:
    return INVITATION_NAMES.get(state, state)


@register.filter
def import_name(state: str) -> Promise | str:
    return IMPORT_NAMES.get(state, state)


@register.filter
def state_badge(state: str) -> str:
    """The modifier of a badge's class."""
    return BADGES[MembershipState(state)]
