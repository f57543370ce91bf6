"""The landing page of an administrator: checklist and figures; and the steps until the organisation is verified."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from identity import access, actions, plot
from identity.access import actor_of
from identity.access.dashboard import Dashboard
from identity.onboarding_forms import EvidenceForm
from identity.onboarding_texts import OUTCOME_TEXTS
from identity.states import DomainOutcome
from identity.views.answers import get_or_post
from medicus.lib import callbacks
from medicus.lib.errors import Conflict, Invalid, TooManyAttempts

SHARE_LENGTH = 600
"""Of the bar of second factors, in units of its view box."""


@require_GET
def administration(request: HttpRequest) -> HttpResponse:
    """Where the organisation stands, and its figures."""
    by = actor_of(request)
    steps = access.checklist(by=by)
    figures = access.dashboard(by=by)
    context = {
        "steps": steps,
        "done": sum(step.state == access.StepState.DONE for step in steps),
        "complete": all(step.state in {access.StepState.DONE, access.StepState.OPEN} for step in steps),
        "figures": figures,
        "sections": callbacks.call("overview-section", by=by),
    }
    return render(request, "identity/administration.html", context | _plots(figures))


@get_or_post
def domain(request: HttpRequest) -> HttpResponse:
    """What to enter in the domain, and the check."""
    by = actor_of(request)
    organisation_id = access.administered(by=by)
    status = 200
    if request.method == "POST":
        try:
            outcome = actions.check_domain(by=by, organisation_id=organisation_id)
        except TooManyAttempts as error:
            messages.error(request, error.detail)
            status = error.status
        else:
            if outcome == DomainOutcome.PROVEN:
                messages.success(request, str(OUTCOME_TEXTS[outcome]))
            return redirect("identity:domain")
    card = access.application(by=by, organisation_id=organisation_id)
    return render(request, "identity/domain.html", {"application": card}, status=status)


@get_or_post
def evidence(request: HttpRequest) -> HttpResponse:
    """What shows that the organisation is who it says."""
    by = actor_of(request)
    organisation_id = access.administered(by=by)
    card = access.application(by=by, organisation_id=organisation_id)
    stated = {"kind": card.evidence_kind, "reference": card.evidence_reference, "note": card.evidence_note}
    form = EvidenceForm(request.POST or None, initial=stated)
    if request.method == "POST" and form.is_valid():
        try:
            actions.state_evidence(by=by, organisation_id=organisation_id, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.take(error)
        else:
            messages.success(request, _("Saved. Nothing is submitted yet."))
            return redirect("identity:application")
    context = {"application": card, "form": form}
    return render(request, "identity/evidence.html", context, status=400 if form.errors else 200)


@require_GET
def application(request: HttpRequest) -> HttpResponse:
    """The whole application, to submit it or to take it back."""
    by = actor_of(request)
    card = access.application(by=by, organisation_id=access.administered(by=by))
    return render(request, "identity/own_application.html", {"application": card})


@require_POST
def submit(request: HttpRequest) -> HttpResponse:
    """Hand the application to the operators."""
    by = actor_of(request)
    actions.submit_application(by=by, organisation_id=access.administered(by=by))
    messages.success(request, _("Submitted. You get a letter when it is decided."))
    return redirect("identity:application")


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take it back to mend it."""
    by = actor_of(request)
    actions.withdraw_application(by=by, organisation_id=access.administered(by=by))
    messages.success(request, _("Taken back. Mend what you want, and submit it again."))
    return redirect("identity:application")


def _plots(figures: Dashboard) -> dict[str, Any]:
    return {
        "columns": plot.columns([day.sign_ins for day in figures.days]),
        "columns_width": plot.STEP * len(figures.days),
        "shares": list(
            zip(
                figures.factors,
                plot.parts([share.count for share in figures.factors], length=SHARE_LENGTH),
                strict=True,
            )
        ),
        "shares_width": SHARE_LENGTH,
        "plot_height": plot.HEIGHT,
    }
