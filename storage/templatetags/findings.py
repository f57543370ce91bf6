"""Filters that name what stands in rows as a code."""

from django import template
from django.utils.functional import Promise

from storage.states import MalwareScan, ObjectState, ReviewState
from storage.wording import EMERGENCY_REASONS, PURPOSES, REASONS, REVIEW_STATES, SHARE_STATES, STATES

register = template.Library()

BADGES = {
    ObjectState.RECEIVING: "badge--info",
    ObjectState.QUARANTINE: "badge--info",
    ObjectState.CLEAN: "badge--good",
    ObjectState.REJECTED: "badge--bad",
    ObjectState.SHREDDED: "",
}


@register.filter
def state_name(state: str) -> Promise | str:
    return STATES.get(state, state)


@register.filter
def state_badge(state: str) -> str:
    """The modifier of a badge's class."""
    return BADGES.get(ObjectState(state), "")


@register.filter
def reason_sentence(reason: str) -> Promise | str:
    return REASONS.get(reason, reason)


@register.filter
def purpose_name(purpose: str) -> Promise | str:
    return PURPOSES.get(purpose, purpose)


@register.filter
def share_state_name(state: str) -> Promise | str:
    return SHARE_STATES.get(state, state)


@register.filter
def unscanned(scan: str | None) -> bool:
    """Whether a finding was taken in without a malware scanner."""
    return scan == MalwareScan.OFF


REVIEW_BADGES = {
    ReviewState.OPEN: "badge--info",
    ReviewState.JUSTIFIED: "badge--good",
    ReviewState.UNJUSTIFIED: "badge--bad",
}


@register.filter
def emergency_reason(reason: str) -> Promise | str:
    return EMERGENCY_REASONS.get(reason, reason)


@register.filter
def review_name(state: str) -> Promise | str:
    return REVIEW_STATES.get(state, state)


@register.filter
def review_badge(state: str) -> str:
    """The modifier of a badge's class."""
    return REVIEW_BADGES[ReviewState(state)]
