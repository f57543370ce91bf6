"""Rotas from a calendar: the file is read, looked at, planned, undone."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from identity.access import actor_of
from identity.views.answers import get_or_post
from medicus.lib.errors import Invalid
from rota import access, actions
from rota.forms import CalendarForm


@get_or_post
def read(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Choose a file."""
    by = actor_of(request)
    role = access.planned_role(by=by, role_id=role_id)
    form = CalendarForm(request.POST, request.FILES) if request.method == "POST" else CalendarForm()
    if request.method == "POST" and form.is_valid():
        content, rank = form.cleaned_data["file"].read(), form.cleaned_data["rank"]
        try:
            made = actions.check_calendar(by=by, role_id=role_id, content=content, rank=rank)
        except Invalid as error:
            form.take(error)
        else:
            return redirect("rota:import", made.id)
    context = {"form": form, "role": role}
    return render(request, "rota/import_read.html", context, status=400 if form.errors else 200)


@require_GET
def rota_import(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What a calendar would plan, which of its events are no shifts and why; then what it has planned."""
    file = access.import_file(by=actor_of(request), import_id=import_id)
    return render(request, "rota/import.html", {"file": file, "found": file.found, "role": file.found.role})


@require_POST
def start(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Plan the shifts."""
    actions.start_import(by=actor_of(request), import_id=import_id)
    return redirect("rota:import", import_id)


@require_POST
def undo(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Delete those that have not begun."""
    count = actions.undo_import(by=actor_of(request), import_id=import_id)
    text = ngettext("%(count)s shift is deleted.", "%(count)s shifts are deleted.", count)
    messages.success(request, text % {"count": count})
    return redirect("rota:import", import_id)
