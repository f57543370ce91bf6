"""Single sign-on of an organisation, for its administrators."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from identity import access, actions
from identity.access import actor_of
from identity.oidc.texts import text_of
from identity.sign_on_forms import SignOnForm
from identity.views.answers import get_or_post
from medicus.lib.errors import Conflict, Invalid, TooManyAttempts


@sensitive_post_parameters("client_secret")
@get_or_post
def single_sign_on(request: HttpRequest) -> HttpResponse:
    """The provider, and how it stands."""
    by = actor_of(request)
    card = access.single_sign_on(by=by)
    form = SignOnForm(request.POST or None, card=card)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_single_sign_on(
                by=by, organisation_id=access.administered(by=by), wanted=form.wanted()
            )
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("identity:single-sign-on")
    context = {"form": form, "card": card, "trouble": text_of(card.trouble) if card.trouble else ""}
    return render(request, "identity/single_sign_on.html", context, status=400 if form.errors else 200)


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Ask the provider for its description."""
    by = actor_of(request)
    try:
        trouble = actions.check_provider(by=by, organisation_id=access.administered(by=by))
    except TooManyAttempts as error:
        messages.error(request, error.detail)
    else:
        if trouble is None:
            messages.success(request, _("The provider answers, and all is well."))
        else:
            messages.error(request, _("The check has found trouble: see below, under “State”."))
    return redirect("identity:single-sign-on")


@require_POST
def turn_on(request: HttpRequest) -> HttpResponse:
    """Let people sign in by it."""
    by = actor_of(request)
    try:
        actions.turn_on_single_sign_on(by=by, organisation_id=access.administered(by=by))
    except Conflict as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("Single sign-on is on. Please try it in another browser."))
    return redirect("identity:single-sign-on")


@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """Let nobody sign in by it any more."""
    by = actor_of(request)
    actions.turn_off_single_sign_on(by=by, organisation_id=access.administered(by=by))
    messages.success(request, _("Single sign-on is off. Who is signed in stays signed in."))
    return redirect("identity:single-sign-on")


@require_POST
def forget(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Forget by which account at the provider a person signs in."""
    actions.forget_provider_account(by=actor_of(request), membership_id=membership_id)
    messages.success(request, _("Forgotten. The next single sign-on binds the account anew."))
    return redirect("identity:person", membership_id)
