"""The pages of passkeys: signing in with one, adding, naming and removing them."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from identity import access, actions
from identity.access import actor_of, public
from identity.forms import ConfirmForm, PasskeyForm, PasskeyNameForm
from identity.views.account import to_account
from identity.views.answers import get_or_post, next_address, origin_of, to_sign_in, welcome
from medicus.lib.errors import Conflict, Invalid, TooManyAttempts
from medicus.lib.freshness import require_fresh


@public
@sensitive_post_parameters("passkey")
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone."""
    try:
        completed = actions.sign_in_with_passkey(
            by=access.STRANGER,
            session=request.session,
            answer=request.POST.get("passkey", ""),
            origin=origin_of(request),
        )
    except (Invalid, TooManyAttempts) as error:
        messages.error(request, error.detail or " ".join(error.errors.values()))
        return to_sign_in(request)
    return welcome(request, completed, next_address(request))


@get_or_post
def add(request: HttpRequest) -> HttpResponse:
    """Add a passkey, with a name. The second factor is asked for at once: what a browser makes here is short-lived."""
    require_fresh(actor_of(request))
    if ConfirmForm.is_sent(request.POST) and not request.POST.get("passkey"):
        messages.success(request, _("Confirmed. You can add the passkey now."))
        return _page(request, PasskeyForm(initial={"name": request.POST.get("name", "")}))
    form = PasskeyForm(request.POST or None)
    if not form.is_valid():
        return _page(request, form)
    try:
        actions.add_passkey(
            by=actor_of(request),
            session=request.session,
            name=form.cleaned_data["name"],
            answer=form.cleaned_data["passkey"],
        )
    except (Invalid, Conflict) as error:
        form.take(error)
        return _page(request, form, error.status)
    messages.success(request, _("The passkey is added. From now on you can sign in with it."))
    return to_account()


@get_or_post
def passkey(request: HttpRequest, passkey_id: uuid.UUID) -> HttpResponse:
    """One passkey: its name, and the way to remove it."""
    found = access.own_passkey(by=actor_of(request), passkey_id=passkey_id)
    form = PasskeyNameForm(request.POST or None, initial={"name": found.name})
    if not form.is_valid():
        status = Invalid.status if form.is_bound else 200
        return render(request, "identity/passkey.html", {"form": form, "passkey": found}, status=status)
    actions.rename_passkey(by=actor_of(request), passkey_id=passkey_id, name=form.cleaned_data["name"])
    return to_account()


@require_POST
def remove(request: HttpRequest, passkey_id: uuid.UUID) -> HttpResponse:
    """Remove a passkey."""
    actions.remove_passkey(by=actor_of(request), passkey_id=passkey_id)
    messages.success(request, _("The passkey is removed."))
    return to_account()


def _page(request: HttpRequest, form: PasskeyForm, status: int = 200) -> HttpResponse:
    status = Invalid.status if form.is_bound and status == 200 else status  # noqa: PLR2004
    return render(request, "identity/passkey_add.html", {"form": form}, status=status)
