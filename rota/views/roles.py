"""Roles for everybody: the search, the page of one, taking it over."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from identity.access import actor_of, visible_organisations
from identity.views.answers import get_or_post
from medicus.lib.errors import Invalid
from rota import access, actions
from rota.forms import PlanForm, RoleSearchForm, TakeOverForm
from rota.times import monday_of


@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Who is on duty: the roles of the own and of all verified hospitals."""
    by = actor_of(request)
    organisations = visible_organisations(by=by)
    form = RoleSearchForm(request.GET, organisations=[(each.id, each.name) for each in organisations])
    form.is_valid()
    asked = form.cleaned_data
    found = actions.search_roles(
        by=by,
        query=asked.get("q") or "",
        speciality=asked.get("speciality") or "",
        organisation_id=asked.get("organisation"),
        on_duty=bool(asked.get("on_duty")),
        page=asked.get("page") or 1,
    )
    kept = {name: asked[name] for name in ("q", "speciality", "organisation", "on_duty") if asked.get(name)}
    context = {"form": form, "found": found, "searched": bool(kept)}
    return render(request, "rota/roles.html", context | {"own": access.own_duties(by=by)})


@require_GET
def role(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Who holds it now and next, the chain, and the rota of a week."""
    by = actor_of(request)
    page = access.role_page(by=by, role_id=role_id)
    context: dict[str, Any] = {"page": page, "role": page.role, "deleted": _deleted(request)}
    if page.abilities.see_rota:
        context["week"] = access.week(by=by, role_id=role_id, monday=_monday(request))
    if page.abilities.plan:
        context["form"] = PlanForm(people=access.candidates(page.role), auto_id="plan_%s")
    return render(request, "rota/role.html", context)


@require_GET
def history(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """What became of the shifts."""
    by = actor_of(request)
    found = access.history(by=by, role_id=role_id)
    context = {"role": access.own_role(by=by, role_id=role_id), "history": found}
    return render(request, "rota/history.html", context)


@get_or_post
def take_over(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Hold it from now on."""
    by = actor_of(request)
    page = access.role_page(by=by, role_id=role_id)
    form = TakeOverForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_over(by=by, role_id=role_id, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("You are on duty now: %(name)s.") % {"name": page.role.name})
            return redirect("rota:role", role_id)
    access.require_fill(page)
    context = {"form": form, "page": page, "role": page.role}
    return render(request, "rota/take_over.html", context, status=400 if form.errors else 200)


@require_POST
def hand_back(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Let the rota hold again."""
    actions.hand_back(by=actor_of(request), role_id=role_id)
    messages.success(request, _("The role is handed back: the rota holds again."))
    return redirect("rota:role", role_id)


def _monday(request: HttpRequest) -> date:
    """The week that is asked for; this one where that cannot be read."""
    try:
        return monday_of(date.fromisoformat(request.GET.get("week", "")))
    except (ValueError, OverflowError):
        return monday_of(timezone.localdate())


def _deleted(request: HttpRequest) -> uuid.UUID | None:
    """The shift that was deleted a moment ago, for the way back."""
    try:
        return uuid.UUID(request.GET.get("deleted", ""))
    except ValueError:
        return None
