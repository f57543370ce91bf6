"""Approving, in a person's first browser, another one that asks to become their device."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity import access, actions
from identity.access import actor_of
from identity.views.account import to_account


@require_safe
def join(request: HttpRequest, join_id: uuid.UUID) -> HttpResponse:
    """Which browser asks, when and from where; the page's script compares the keys and certifies them."""
    found = access.join(by=actor_of(request), join_id=join_id)
    return render(request, "identity/device_join.html", {"join": found})


@require_POST
def refuse(request: HttpRequest, join_id: uuid.UUID) -> HttpResponse:
    """Refuse what is "not my request", and say what to do then."""
    actions.refuse_join(by=actor_of(request), join_id=join_id)
    told = _(
        "The browser was refused. If you did not ask yourself, somebody else is signed in as you: "
        "end all other sessions here, and call your IT service desk."
    )
    messages.warning(request, told)
    return to_account()
