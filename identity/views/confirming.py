"""The second factor before a dangerous act: asked for where it is missing, taken with the act itself.

An act that was sent too late is answered with a page that holds what was typed, and the fields of the second factor.
Both come back to the act's own address; so nothing is kept in between, and nothing that was typed is lost."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from identity import access, actions
from identity.access import actor_of, despite_policy
from identity.access.factors import has_totp
from identity.forms import ConfirmForm
from identity.states import Way
from identity.views.answers import codes_left, get_or_post, next_address
from identity.views.policy_gate import must_show_passkey
from medicus.lib.actor import Actor
from medicus.lib.errors import DomainError, FreshFactorRequired, Invalid, TooManyAttempts
from medicus.lib.freshness import is_fresh, require_fresh

NEVER_REPLAYED = frozenset({"csrfmiddlewaretoken"}) | ConfirmForm.sent_names()


@despite_policy
@get_or_post
def confirm(request: HttpRequest) -> HttpResponse:
    """Show the second factor, and go on to where it was asked for."""
    require_fresh(actor_of(request))
    if must_show_passkey(request):
        return ask(request)
    return HttpResponseRedirect(next_address(request))


def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor; afterwards what was wanted is done."""
    here = reverse("identity:confirm")
    if request.method == "POST" or request.path == here:
        return _page(request, ConfirmForm())
    return HttpResponseRedirect(f"{here}?{urlencode({'next': request.get_full_path()})}")


def take(request: HttpRequest) -> HttpResponse | None:
    """Check the second factor that comes with an act; None: the act may go on."""
    form = ConfirmForm(request.POST)
    if is_fresh(actor_of(request)) and not must_show_passkey(request):
        return None
    if not form.is_valid():
        return _page(request, form, Invalid())
    proof = form.proof()
    try:
        actor = actions.confirm_presence(by=actor_of(request), session=request.session, proof=proof)
    except (Invalid, TooManyAttempts) as error:
        form.take(error)
        return _page(request, form, error)
    _go_on_as(request, actor, proof.way)
    if proof.way == Way.RECOVERY_CODE:
        messages.warning(request, codes_left(access.recovery_codes_left(by=actor)))
    return None


def _go_on_as(request: HttpRequest, actor: Actor, way: Way) -> None:
    found = access.signed_in_of(request)
    if found is not None:
        state = replace(found.session, way=way, verified_at=actor.verified_at or found.session.verified_at)
        request.__dict__["signed_in"] = replace(found, actor=actor, session=state)
    request.__dict__["actor"] = actor


def _page(request: HttpRequest, form: ConfirmForm, error: DomainError | None = None) -> HttpResponse:
    by = actor_of(request)
    context: dict[str, Any] = {
        "form": form,
        "passkeys": access.own_passkeys(by=by),
        "replayed": _replayed(request),
        "address": request.get_full_path(),
        "has_app": has_totp(person_id=by.person_id) if by.person_id else False,
        "back": _back(request),
        "provider": _provider(request),
    }
    status = error.status if error else FreshFactorRequired.status
    answer = render(request, "identity/confirm.html", context, status=status)
    if error and (seconds := error.extra.get("retry_after_seconds")):
        answer["Retry-After"] = str(seconds)
    return answer


def _provider(request: HttpRequest) -> str:
    """Whose sign-in confirms who it is, in place of a factor of Medicus; empty for nobody's."""
    found = access.signed_in_of(request)
    row = access.provider_that_confirms(found) if found else None
    return row.organisation.name if row else ""


def _back(request: HttpRequest) -> str:
    """The page on which the act was chosen, where the browser names one of ours."""
    came_from = request.headers.get("Referer", "")
    if request.path != reverse("identity:confirm") and url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}
    ):
        return came_from
    return reverse("identity:account")


def _replayed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, but for secrets: those a view names as `sensitive_post_parameters` are typed anew."""
    secret = NEVER_REPLAYED | set(getattr(request, "sensitive_post_parameters", ()))
    return [(name, value) for name, values in request.POST.lists() if name not in secret for value in values]
