"""New devices of the organisation's people, which an administrator approves or refuses."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity import access, actions
from identity.access import actor_of
from identity.administration_forms import RefuseDeviceForm
from medicus.lib.errors import Conflict, Invalid


@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """Who waits, with the code that they read out, and what was decided last."""
    return _page(request)


@require_POST
def approve(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    """Approve: the browser that waits goes on by itself."""
    by = actor_of(request)
    card = access.approval_card(by=by, approval_id=approval_id)
    try:
        actions.approve_device(by=by, approval_id=approval_id)
    except Conflict as error:
        messages.error(request, error.detail)
    else:
        told = _("Approved. The browser of %(name)s goes on by itself.")
        messages.success(request, told % {"name": card.person})
    return redirect("identity:device-approvals")


@require_POST
def refuse(request: HttpRequest, approval_id: uuid.UUID) -> HttpResponse:
    """Refuse for good; the reason is shown in the browser that waits."""
    by = actor_of(request)
    card = access.approval_card(by=by, approval_id=approval_id)
    form = RefuseDeviceForm(request.POST, approval_id=approval_id)
    try:
        actions.refuse_device(by=by, approval_id=approval_id, reason=request.POST.get("reason", ""))
    except Invalid as error:
        form.is_valid()
        form.take(error)
        return _page(request, (approval_id, form))
    except Conflict as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("Refused. %(name)s reads your reason.") % {"name": card.person})
    return redirect("identity:device-approvals")


def _page(request: HttpRequest, wrong: tuple[uuid.UUID, RefuseDeviceForm] | None = None) -> HttpResponse:
    query = request.GET.get("q", "")
    found = access.approvals(by=actor_of(request), query=query)
    forms = dict([wrong] if wrong else [])
    waiting = [(card, forms.get(card.id) or RefuseDeviceForm(approval_id=card.id)) for card in found.waiting]
    context = {
        "found": found,
        "waiting": waiting,
        "q": query,
        "form": wrong[1] if wrong else None,
        "open": wrong[0] if wrong else None,
    }
    return render(request, "identity/device_approvals.html", context, status=400 if wrong else 200)
