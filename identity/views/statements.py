"""What an organisation and its people state in the directory."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from identity import access, actions
from identity.access import actor_of
from identity.directory_forms import EndpointForm, LanguagesForm, OrganisationStatementForm, StatementForm
from identity.states import CONNECTION_NAMES
from identity.views.account import to_account
from identity.views.answers import get_or_post
from medicus.lib.errors import Conflict, Invalid


@get_or_post
def person(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """What the organisation states of one of its people."""
    by = actor_of(request)
    entry = access.staff_file(by=by, membership_id=membership_id).entry
    told = access.statement(by=by, membership_id=membership_id)
    form = StatementForm(request.POST if request.method == "POST" else None, told=told)
    if request.method == "POST" and form.is_valid():
        try:
            actions.state_in_directory(by=by, membership_id=membership_id, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("identity:person", membership_id)
    context = {"entry": entry, "form": form}
    return render(request, "identity/person_statement.html", context, status=400 if form.errors else 200)


@get_or_post
def languages(request: HttpRequest) -> HttpResponse:
    """In which languages one can be spoken to."""
    by = actor_of(request)
    given = request.POST if request.method == "POST" else None
    form = LanguagesForm(given, initial={"languages": sorted(access.own_languages(by=by))})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_own_languages(by=by, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return to_account()
    context = {"form": form, "source": access.own_languages_source(by=by)}
    return render(request, "identity/languages.html", context, status=400 if form.errors else 200)


@get_or_post
def organisation(request: HttpRequest) -> HttpResponse:
    """The organisation's own entry: its Telematik-ID and addresses."""
    by = actor_of(request)
    told = access.organisation_statement(by=by)
    form = OrganisationStatementForm(request.POST or None, initial={"telematik_id": told.telematik_id})
    if request.method == "POST" and form.is_valid():
        try:
            actions.state_organisation(by=by, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("identity:directory-statement")
    return _organisation(request, form, EndpointForm(prefix="new"))


@require_POST
def add_endpoint(request: HttpRequest) -> HttpResponse:
    """Tell another address."""
    by = actor_of(request)
    told = access.organisation_statement(by=by)
    form = EndpointForm(request.POST, prefix="new")
    if form.is_valid():
        try:
            actions.add_endpoint(by=by, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.take(error)
        else:
            messages.success(request, _("The address stands in the directory."))
            return redirect("identity:directory-statement")
    kept = OrganisationStatementForm(initial={"telematik_id": told.telematik_id})
    return _organisation(request, kept, form)


@require_POST
def remove_endpoint(request: HttpRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    """Take an address out."""
    actions.remove_endpoint(by=actor_of(request), endpoint_id=endpoint_id)
    messages.success(request, _("The address is removed."))
    return redirect("identity:directory-statement")


def _organisation(
    request: HttpRequest, form: OrganisationStatementForm, endpoint_form: EndpointForm
) -> HttpResponse:
    told = access.organisation_statement(by=actor_of(request))
    endpoints = [{"row": row, "name": CONNECTION_NAMES[row.connection_type]} for row in told.endpoints]
    context: dict[str, Any] = {"form": form, "endpoint_form": endpoint_form, "endpoints": endpoints}
    wrong = form.errors or endpoint_form.errors
    return render(request, "identity/organisation_statement.html", context, status=400 if wrong else 200)
