"""Filters that name what stands in rows as a code."""

from django import template
from django.utils.functional import Promise

from identity.states import INVITATION_NAMES, STATE_NAMES, MembershipState, speciality_name

register = template.Library()
register.filter("speciality_name", speciality_name)

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
def state_badge(state: str) -> str:
    """The modifier of a badge's class."""
    return BADGES[MembershipState(state)]
