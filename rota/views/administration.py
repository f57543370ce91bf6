"""The roles of an organisation, for its administrators."""

import uuid
from collections.abc import Collection
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from identity.access import actor_of
from identity.views.answers import get_or_post
from medicus.lib.actor import Actor
from medicus.lib.errors import Invalid
from rota import access, actions
from rota.forms import ChainForm, RoleForm
from rota.states import FilledBy


@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """All roles, closed ones last."""
    found = access.administered_roles(by=actor_of(request))
    return render(request, "rota/administration.html", {"roles": found})


@get_or_post
def new(request: HttpRequest) -> HttpResponse:
    """Make one."""
    by = actor_of(request)
    form = _form(request, by, {"filled_by": FilledBy.DEPARTMENT.value})
    if request.method == "POST" and form.is_valid():
        assert by.organisation_id is not None, "an administrator has an organisation"
        try:
            made = actions.create_role(by=by, organisation_id=by.organisation_id, words=form.words())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(
                request, _("%(name)s has been added. Now plan who is on duty.") % {"name": made.name}
            )
            return redirect("rota:role", made.id)
    return render(request, "rota/role_form.html", {"form": form}, status=400 if form.errors else 200)


@get_or_post
def role(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Change one."""
    by = actor_of(request)
    file = access.file_of(access.administered_role(by=by, role_id=role_id))
    form = _form(request, by, _initial(file))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_role(by=by, role_id=role_id, words=form.words())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("rota:role", role_id)
    context = {"form": form, "role": file}
    return render(request, "rota/role_form.html", context, status=400 if form.errors else 200)


@get_or_post
def chain(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Say whom a role escalates to."""
    by = actor_of(request)
    found = access.administered_role(by=by, role_id=role_id)
    others = [each for each in access.administered_roles(by=by) if each.id != role_id and not each.closed_at]
    given = request.POST if request.method == "POST" else None
    people = access.chain_candidates(found)
    form = ChainForm(given, roles=others, people=people, initial=access.chain_as_form(role_id=role_id))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_chain(by=by, role_id=role_id, steps=form.steps())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("rota:role", role_id)
    context = {"form": form, "role": found}
    return render(request, "rota/chain.html", context, status=400 if form.errors else 200)


@require_POST
def close(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Close one."""
    closed = actions.close_role(by=actor_of(request), role_id=role_id)
    messages.success(request, _("%(name)s is closed.") % {"name": closed.name})
    return redirect("rota:administration")


def _form(request: HttpRequest, by: Actor, initial: dict[str, Any]) -> RoleForm:
    given = request.POST if request.method == "POST" else None
    departments = access.open_departments(by=by)
    known = partial(_known, by)
    return RoleForm(given, departments=departments, known=known, initial=initial)


def _known(by: Actor, emails: Collection[str]) -> dict[str, uuid.UUID]:
    return access.colleagues(by=by, emails=emails)


def _initial(file: access.RoleFile) -> dict[str, Any]:
    names = ("name", "description", "filled_by", "is_public", "names_holder")
    people = {part: "\n".join(access.emails_of(getattr(file, part))) for part in ("fillers", "planners")}
    return {name: getattr(file, name) for name in names} | people | {"department": file.department_id}
