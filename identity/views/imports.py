"""Lists of people, for an organisation's administrators: the file is checked, looked at, imported, undone."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from identity import access, actions, staff_csv
from identity.access import actor_of
from identity.administration_forms import ImportForm, StaffFilterForm
from identity.csv_answer import csv_file
from identity.views.answers import get_or_post
from medicus.lib.errors import Conflict, Invalid

SHOWN_FAULTS = 200


@get_or_post
def imports(request: HttpRequest) -> HttpResponse:
    """Choose a file; what is wrong with it is named row by row."""
    by = actor_of(request)
    access.administered(by=by)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.check_people(by=by, content=form.cleaned_data["file"].read())
        except (Invalid, Conflict) as error:
            form.take(error)
        else:
            if found.waiting:
                return redirect("identity:import", found.waiting.id)
    context: dict[str, Any] = {"form": form, "found": found, "imports": access.imports(by=by)}
    if found:
        context["faults"] = found.faults[:SHOWN_FAULTS]
    return render(request, "identity/imports.html", context, status=400 if form.errors or found else 200)


@require_GET
def people_import(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What a list holds, how far its import is, and what it has made."""
    file = access.import_file(by=actor_of(request), import_id=import_id)
    return render(request, "identity/import.html", {"file": file, "found": file.people_import})


@require_POST
def start(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Begin to import."""
    actions.start_import(by=actor_of(request), import_id=import_id)
    return redirect("identity:import", import_id)


@require_POST
def undo(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """Remove everybody of an import."""
    actions.undo_import(by=actor_of(request), import_id=import_id)
    messages.success(request, _("The import is undone."))
    return redirect("identity:import", import_id)


@require_POST
def links(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """A link for everybody of an import who has no password yet, as a file."""
    return csv_file(actions.make_links(by=actor_of(request), import_id=import_id), "links")


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The people of the organisation as a file, as the page shows them."""
    by = actor_of(request)
    form = StaffFilterForm(request.POST, departments=access.departments(by=by))
    return csv_file(actions.export_people(by=by, wanted=form.wanted()), "people")


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """An empty list with the names of the columns."""
    access.administered(by=actor_of(request))
    return csv_file(staff_csv.write(staff_csv.header((get_language() or "de")[:2]), []), "template")
