"""The pages of an invitation's link: open it, set a password; the second factor follows."""

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters

from identity import access, actions
from identity.access import public
from identity.forms import NewPasswordForm
from identity.views.answers import client_address, get_or_post
from medicus.lib.errors import Invalid, TooManyAttempts

COOKIE = "__Host-invitation" if settings.HTTPS else "invitation"


@public
@sensitive_post_parameters("token", "password", "again")
@get_or_post
def invitation(request: HttpRequest) -> HttpResponse:
    """What somebody who was invited sees."""
    try:
        if request.method != "POST":
            return _look(request, NewPasswordForm())
        return _begin(request) if "begin" in request.POST else _accept(request)
    except (actions.InvitationRefused, TooManyAttempts) as error:
        return render(request, "identity/invitation_refused.html", {"error": error}, status=error.status)


def _look(request: HttpRequest, form: NewPasswordForm) -> HttpResponse:
    card = actions.open_invitation(**_given(request))
    context = {"card": card, "form": form, "token": token_of(request)}
    return render(request, "identity/invitation.html", context, status=400 if form.errors else 200)


def _begin(request: HttpRequest) -> HttpResponse:
    browser = browser_of(request) or secrets.token_urlsafe(32)
    actions.begin_invitation(**_given(request) | {"browser": browser})
    return bound(f"{reverse('identity:invitation')}?{urlencode({'token': token_of(request)})}", browser)


def _accept(request: HttpRequest) -> HttpResponse:
    form = NewPasswordForm(request.POST)
    if not form.is_valid():
        return _look(request, form)
    try:
        step = actions.accept_invitation(
            **_given(request), session=request.session, password=form.cleaned_data["password"]
        )
    except Invalid as error:
        form.take(error)
        return _look(request, form)
    rotate_token(request)
    answer = HttpResponseRedirect(reverse(f"identity:{step}"))
    answer.delete_cookie(COOKIE)
    return answer


def bound(address: str, browser: str) -> HttpResponse:
    """On to `address`, in the browser that the link is bound to from now on."""
    answer = HttpResponseRedirect(address)
    answer.set_cookie(
        COOKIE, browser, max_age=31 * 86400, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
    return answer


def _given(request: HttpRequest) -> dict[str, Any]:
    return {
        "by": access.STRANGER,
        "token": token_of(request),
        "browser": browser_of(request),
        "address": client_address(request),
    }


def token_of(request: HttpRequest) -> str:
    """What stands in the link."""
    return request.POST.get("token") or request.GET.get("token") or ""


def browser_of(request: HttpRequest) -> str:
    """The cookie of a browser that has opened a link, or nothing."""
    return request.COOKIES.get(COOKIE, "")
