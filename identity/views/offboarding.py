"""Offboarding: what will happen, the act, and the sheet that proves what happened."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from identity import actions, proof_sheet
from identity.access import actor_of
from identity.access import offboarding as access
from identity.administration_forms import OffboardForm
from identity.views.answers import get_or_post
from medicus.lib.clock import now
from medicus.lib.errors import Invalid


@get_or_post
def offboard(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Show what an offboarding will end, and do it."""
    by = actor_of(request)
    earlier = access.sheets_of(by=by, membership_id=membership_id)
    if request.method != "POST" and earlier and earlier[0].undone_at is None:
        return redirect("identity:offboarding-sheet", earlier[0].id)
    query = (request.POST.get("q") or request.GET.get("q") or "")[:100]
    shown = access.preview(by=by, membership_id=membership_id, query=query)
    form = OffboardForm(request.POST or None, deputies=shown.deputies)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.offboard(by=by, membership_id=membership_id, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("%(name)s has no access any more.") % {"name": shown.entry.name})
            return redirect("identity:offboarding-sheet", done.id)
    context = {"preview": shown, "entry": shown.entry, "form": form, "query": query}
    return render(request, "identity/offboard.html", context, status=400 if form.errors else 200)


@require_GET
def sheet(request: HttpRequest, offboarding_id: uuid.UUID) -> HttpResponse:
    """What an offboarding did, line by line, with the place of each line in the audit log."""
    found = access.sheet(by=actor_of(request), offboarding_id=offboarding_id)
    return render(request, "identity/offboarding_sheet.html", {"sheet": found})


@require_GET
def sheet_pdf(request: HttpRequest, offboarding_id: uuid.UUID) -> HttpResponse:
    """The sheet as a file, to be printed and filed."""
    found = access.sheet(by=actor_of(request), offboarding_id=offboarding_id)
    name = f"medicus-offboarding-{found.started_at:%Y-%m-%d}-{str(found.id)[-8:]}.pdf"
    return HttpResponse(
        proof_sheet.write(found, at=now()),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
