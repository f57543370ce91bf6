"""The directory's page."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from identity import access, actions
from identity.access import actor_of
from identity.forms import DirectoryForm


@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Colleagues of all verified organisations."""
    actor = actor_of(request)
    organisations = access.visible_organisations(by=actor)
    form = DirectoryForm(request.GET, organisations=[(each.id, each.name) for each in organisations])
    form.is_valid()
    asked = form.cleaned_data
    found = actions.search_directory(
        by=actor,
        query=asked.get("q") or "",
        speciality=asked.get("speciality") or "",
        organisation_id=asked.get("organisation"),
        on_duty=bool(asked.get("on_duty")),
        page=asked.get("page") or 1,
    )
    kept = {name: asked[name] for name in ("q", "speciality", "organisation", "on_duty") if asked.get(name)}
    context = {"form": form, "found": found, "searched": bool(kept), "query": urlencode(kept)}
    return render(request, "identity/directory.html", context)
