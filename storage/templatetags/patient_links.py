"""Filters that name what stands in the rows of patients who sign in."""

from django import template
from django.utils.functional import Promise

from identity.states import IDENTITY_DOCUMENT_NAMES, IDENTITY_LEVEL_NAMES, INVITATION_NAMES

register = template.Library()


@register.filter
def level_name(level: str) -> Promise | str:
    return IDENTITY_LEVEL_NAMES.get(level, level)


@register.filter
def document_name(document: str) -> Promise | str:
    return IDENTITY_DOCUMENT_NAMES.get(document, document)


@register.filter
def invitation_name(state: str) -> Promise | str:
    return INVITATION_NAMES.get(state, state)
