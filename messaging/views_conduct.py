"""The pages of blocks and reports."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import actor_of
from medicus.lib.errors import Conflict, Invalid
from messaging import access, actions
from messaging.forms import ReportForm


@require_safe
def blocks(request: HttpRequest) -> HttpResponse:
    """Whom the person blocked, and what they reported."""
    by = actor_of(request)
    context = {"blocks": access.blocks(by=by), "reports": access.own_reports(by=by)}
    return render(request, "messaging/blocks.html", context)


@require_POST
def unblock(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    actions.unblock(by=actor_of(request), person_id=person_id)
    messages.success(request, _("You can write to each other again."))
    return redirect("messaging:blocks")


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What was reported to the administrators of a hospital."""
    return _queue(request)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Handle one. The page that says what is wrong stands at this address, and people load it again."""
    by = actor_of(request)
    if request.method == "GET":
        access.report_row(by=by, report_id=report_id)
        return redirect("messaging:reports")
    form = ReportForm(request.POST, auto_id=f"report-{report_id}-%s")
    try:
        if not form.is_valid():
            access.report_row(by=by, report_id=report_id)
            return _queue(request, form, report_id)
        actions.handle_report(by=by, report_id=report_id, **form.decided())
    except (Invalid, Conflict) as error:
        form.take(error)
        return _queue(request, form, report_id)
    messages.success(request, _("Saved. Whoever reported it sees how far it is on their account page."))
    return redirect("messaging:reports")


def _queue(
    request: HttpRequest, form: ReportForm | None = None, wrong: uuid.UUID | None = None
) -> HttpResponse:
    page = access.reports_page(by=actor_of(request))
    waiting = [
        (card, form if card.report_id == wrong else ReportForm(auto_id=f"report-{card.report_id}-%s"))
        for card in page.waiting
    ]
    context = {"waiting": waiting, "closed": page.closed, "from_others": page.from_others, "form": form}
    return render(request, "messaging/reports.html", context, status=400 if form else 200)
