"""The departments of an organisation, for its administrators."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from identity import access, actions
from identity.access import actor_of
from identity.administration_forms import DepartmentForm
from identity.states import Speciality
from identity.views.answers import get_or_post
from medicus.lib.actor import Actor
from medicus.lib.errors import Invalid, NotFound


@get_or_post
def departments(request: HttpRequest) -> HttpResponse:
    """All departments, with the form for a new one."""
    by = actor_of(request)
    organisation_id = access.administered(by=by)
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_department(by=by, organisation_id=organisation_id, **_given(form))
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("%(name)s has been added.") % {"name": made.name})
            return redirect("identity:departments")
    context = {"form": form, "departments": access.departments(by=by)}
    return render(request, "identity/departments.html", context, status=400 if form.errors else 200)


@get_or_post
def department(request: HttpRequest, department_id: uuid.UUID) -> HttpResponse:
    """Rename one."""
    by = actor_of(request)
    row = _row(by, department_id)
    form = DepartmentForm(request.POST or None, initial={"name": row.name, "speciality": row.speciality})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_department(by=by, department_id=department_id, **_given(form))
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("identity:departments")
    context = {"form": form, "department": row}
    return render(request, "identity/department.html", context, status=400 if form.errors else 200)


@require_POST
def close(request: HttpRequest, department_id: uuid.UUID) -> HttpResponse:
    """Close one that is empty."""
    closed = actions.close_department(by=actor_of(request), department_id=department_id)
    messages.success(request, _("%(name)s is closed.") % {"name": closed.name})
    return redirect("identity:departments")


def _row(by: Actor, department_id: uuid.UUID) -> access.DepartmentRow:
    for row in access.departments(by=by):
        if row.id == department_id and row.closed_at is None:
            return row
    raise NotFound


def _given(form: DepartmentForm) -> dict[str, Any]:
    return {"name": form.cleaned_data["name"], "speciality": Speciality(form.cleaned_data["speciality"])}
