"""The directory's page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from identity import access, actions
from identity.access import actor_of
from identity.directory_forms import DirectoryForm
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that narrows the search. query: the address without it."""

    text: str
    query: str


@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Colleagues of all verified organisations."""
    actor = actor_of(request)
    form = DirectoryForm(request.GET)
    found = actions.search_directory(by=actor, sought=form.sought, page=form.wanted_page)
    context = {
        "form": form,
        "found": found,
        "searched": bool(form.kept),
        "chips": _chips(form, by=actor),
        "roles_query": urlencode({name: form.kept[name] for name in _OF_ROLES if name in form.kept}),
    }
    return render(request, "identity/directory.html", context)


_OF_ROLES = ("speciality", "organisation", "on_duty")
"""The filters that the page of the roles has, too."""


def _chips(form: DirectoryForm, *, by: Actor) -> list[Chip]:
    kept = form.kept
    return [
        Chip(_shown(form, name, by=by), urlencode({other: kept[other] for other in kept if other != name}))
        for name in kept
    ]


def _shown(form: DirectoryForm, name: str, *, by: Actor) -> str:
    organisation_id = form.sought.organisation_id
    if name != "organisation" or organisation_id is None:
        return form.shown(name)
    try:
        return access.organisation(by=by, organisation_id=organisation_id).name
    except NotFound:
        return _("Unknown organisation")
