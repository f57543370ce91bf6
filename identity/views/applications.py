"""The operators' pages: which organisations apply, and what two people do about each."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from identity import access, actions, mail
from identity.access import actor_of
from identity.onboarding_forms import CheckForm, DecisionForm, DeclineForm
from identity.onboarding_texts import OUTCOME_TEXTS
from identity.states import DomainOutcome
from medicus.lib.actor import Actor, Role
from medicus.lib.errors import Conflict, DomainError, Invalid, NotFound, TooManyAttempts


@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """What waits, what is being prepared, and what was decided."""
    return render(request, "identity/applications.html", {"queue": access.queue(by=actor_of(request))})


@require_GET
def application(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """One application, and what this operator may do now."""
    return _page(request, organisation_id)


@require_POST
def check_domain(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Ask DNS now."""
    by = _operator(request)
    try:
        outcome = actions.check_domain(by=by, organisation_id=organisation_id)
    except (Conflict, TooManyAttempts) as error:
        return _page(request, organisation_id, error)
    told = messages.success if outcome == DomainOutcome.PROVEN else messages.warning
    told(request, str(OUTCOME_TEXTS[outcome]))
    return redirect("identity:operator-application", organisation_id)


@require_POST
def check(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Say what was checked."""
    form = CheckForm(request.POST)
    return _decide(
        request, organisation_id, form, actions.check_application, _("Noted. Another operator decides.")
    )


@require_POST
def approve(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Verify the organisation, as the second person."""
    form = DecisionForm(request.POST)
    return _decide(
        request, organisation_id, form, actions.approve_application, _("The organisation is verified.")
    )


@require_POST
def decline(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Give it back with a reason."""
    form = DeclineForm(request.POST)
    return _decide(
        request, organisation_id, form, actions.decline_application, _("Declined. The hospital may mend it.")
    )


@require_POST
def link(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Make a link for the first administrator, and show it, here and nowhere else."""
    by = _operator(request)
    invited = actions.link_for_first_administrator(by=by, organisation_id=organisation_id)
    context = {
        "application": access.application(by=by, organisation_id=organisation_id),
        "link": mail.link_of(invited.token),
        "expires_at": invited.invitation.expires_at,
        "mailed": mail.is_configured(),
    }
    return render(request, "identity/operator_link.html", context)


@require_POST
def remove(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Remove a registration that nobody has entered."""
    actions.remove_registration(by=_operator(request), organisation_id=organisation_id)
    messages.success(request, _("Removed. The domain is free again."))
    return redirect("identity:applications")


def _operator(request: HttpRequest) -> Actor:
    """Administrators may see their own application, and not on this side."""
    by = actor_of(request)
    if not by.has(Role.OPERATOR):
        raise NotFound
    return by


def _decide(
    request: HttpRequest, organisation_id: uuid.UUID, form: DecisionForm, act: Callable[..., None], told: str
) -> HttpResponse:
    by = _operator(request)
    access.application(by=by, organisation_id=organisation_id)
    if not form.is_valid():
        return _page(request, organisation_id, form=form)
    try:
        act(by=by, organisation_id=organisation_id, **form.cleaned_data)
    except (Invalid, Conflict) as error:
        return _page(request, organisation_id, error, form=form)
    messages.success(request, told)
    return redirect("identity:operator-application", organisation_id)


def _page(
    request: HttpRequest,
    organisation_id: uuid.UUID,
    error: DomainError | None = None,
    *,
    form: DecisionForm | None = None,
) -> HttpResponse:
    """Show it as it is now. What was typed stays; the number of the submission is today's."""
    card = access.application(by=_operator(request), organisation_id=organisation_id)
    fresh: Any = {"initial": {"submission": card.submission}}
    forms: dict[str, Any] = {"check_form": CheckForm(**fresh), "decline_form": DeclineForm(**fresh)}
    if form is not None:
        if error is not None:
            form.take(error)
        forms["form"] = form
        forms |= {name: form for name in forms if type(form) is type(forms[name])}
    context = forms | {"application": card, "error": error if form is None else None}
    return render(request, "identity/application.html", context, status=_status(error, form))


def _status(error: DomainError | None, form: DecisionForm | None) -> int:
    if error is not None:
        return error.status
    return Invalid.status if form is not None else 200
