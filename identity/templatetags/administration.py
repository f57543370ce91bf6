"""The pages of the administration, in groups."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

GROUPS: tuple[tuple[Promise, tuple[tuple[str, Promise], ...]], ...] = (
    (
        _("Organisation"),
        (
            ("identity:administration", _("Overview")),
            ("identity:people", _("People")),
            ("identity:departments", _("Departments")),
            ("rota:administration", _("Roles")),
            ("identity:directory-statement", _("Directory entry")),
        ),
    ),
    (
        _("Access"),
        (
            ("identity:policies", _("Policies")),
            ("identity:device-approvals", _("New devices")),
            ("identity:single-sign-on", _("Single sign-on")),
            ("identity:api-keys", _("API keys")),
        ),
    ),
    (
        _("Oversight"),
        (
            ("storage:emergency-reviews", _("Emergency accesses")),
            ("storage:inquiries", _("Inquiries")),
            ("messaging:reports", _("Reports")),
            ("messaging:figures", _("Messaging")),
            ("messaging:holds", _("Legal holds")),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Link:
    """is_current: it leads to the page on which it stands."""

    address: str
    text: Promise
    is_current: bool


@register.simple_tag
def administration_groups(request: HttpRequest) -> list[tuple[Promise, list[Link]]]:
    """The groups by name, each with its links."""
    return [(name, list(_links(pages, request.path))) for name, pages in GROUPS]


def _links(pages: tuple[tuple[str, Promise], ...], path: str) -> Iterator[Link]:
    for page, text in pages:
        address = reverse(page)
        yield Link(address, text, address == path)
