"""Filters that name the states of applications and of the checklist's steps."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.access import StepState
from identity.onboarding_texts import APPLICATION_NAMES, KIND_NAMES, OUTCOME_TEXTS, evidence_name
from identity.states import ApplicationState, DomainOutcome

register = template.Library()
register.filter("evidence_name", evidence_name)

STEPS: dict[str, tuple[str, Promise]] = {
    StepState.DONE: ("badge--good", _("done")),
    StepState.NEXT: ("badge--accent", _("your turn")),
    StepState.OPEN: ("", _("open")),
    StepState.WAITING: ("badge--info", _("waits")),
    StepState.LATER: ("badge--plain", _("later")),
}
APPLICATIONS: dict[str, str] = {
    ApplicationState.DRAFT: "badge--plain",
    ApplicationState.SUBMITTED: "badge--info",
    ApplicationState.CHECKED: "badge--accent",
    ApplicationState.APPROVED: "badge--good",
    ApplicationState.DECLINED: "badge--warn",
    ApplicationState.WAIVED: "badge--good",
}
OUTCOMES: dict[str, tuple[str, str]] = {
    DomainOutcome.PROVEN: ("notice--good", "success"),
    DomainOutcome.NOT_FOUND: ("notice--warn", "warning"),
    DomainOutcome.OTHER_VALUE: ("notice--warn", "warning"),
    DomainOutcome.UNREACHABLE: ("notice--info", "info"),
}


@register.filter
def step_badge(state: str) -> str:
    return STEPS[state][0]


@register.filter
def step_name(state: str) -> Promise:
    return STEPS[state][1]


@register.filter
def application_badge(state: str) -> str:
    return APPLICATIONS[state]


@register.filter
def application_name(state: str) -> Promise:
    return APPLICATION_NAMES[state]


@register.filter
def organisation_kind_name(kind: str) -> Promise | str:
    return KIND_NAMES.get(kind, kind)


@register.filter
def outcome_text(outcome: str) -> Promise:
    return OUTCOME_TEXTS[outcome]


@register.filter
def outcome_notice(outcome: str) -> str:
    return OUTCOMES[outcome][0]


@register.filter
def outcome_icon(outcome: str) -> str:
    return OUTCOMES[outcome][1]
