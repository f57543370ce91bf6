"""A person's own account: what is open, what is trusted, what happened."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from identity import access, actions
from identity.access import actor_of
from identity.views.answers import get_or_post


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Sessions, devices, second factors and the sign-ins of late."""
    by = actor_of(request)
    found = access.account(by=by, session_key=request.session.session_key)
    context = {
        "account": found,
        "joins": access.open_joins(by=by),
        "kit_since": access.recovery_kit_since(by=by),
    }
    return render(request, "identity/account.html", context)


@require_POST
def end_session(request: HttpRequest, sign_in_id: uuid.UUID) -> HttpResponse:
    """End one session."""
    actions.end_session(by=actor_of(request), sign_in_id=sign_in_id)
    messages.success(request, _("The session is ended."))
    return to_account()


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    count = actions.end_other_sessions(by=actor_of(request), session=request.session)
    told = ngettext("%(count)s other session is ended.", "%(count)s other sessions are ended.", count)
    messages.success(request, told % {"count": count})
    return to_account()


@get_or_post
def revoke_device(request: HttpRequest, device_id: uuid.UUID) -> HttpResponse:
    """Ask whether a device is to be revoked for ever; then do it."""
    device = access.own_open_device(by=actor_of(request), device_id=device_id)
    if request.method != "POST":
        return render(request, "identity/device_revoke.html", {"device": device})
    actions.revoke_device(by=actor_of(request), device_id=device_id)
    messages.success(request, _("The device is revoked."))
    return to_account()


def to_account() -> HttpResponse:
    """Back to the account's page."""
    return HttpResponseRedirect(reverse("identity:account"))
