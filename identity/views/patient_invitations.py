"""The pages of a patient's link: open it, type the code, choose an account; the second factor follows."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters

from identity import access, actions
from identity.access import public
from identity.forms import KnownPatientForm, NewPatientForm, PlainForm
from identity.views.answers import client_address, get_or_post, origin_of
from identity.views.invitations import COOKIE, bound, browser_of, token_of
from medicus.lib.errors import Invalid, TooManyAttempts


@public
@sensitive_post_parameters("token", "code", "password", "again")
@get_or_post
def invitation(request: HttpRequest) -> HttpResponse:
    """What a patient who was invited sees. `?known`: for who has an account already."""
    try:
        if request.method != "POST":
            return _look(request, _form(request)(None))
        return _begin(request) if "begin" in request.POST else _accept(request)
    except (actions.InvitationRefused, TooManyAttempts) as error:
        return render(request, "identity/invitation_refused.html", {"error": error}, status=error.status)


def _form(request: HttpRequest) -> type[NewPatientForm | KnownPatientForm]:
    return KnownPatientForm if _knows(request) else NewPatientForm


def _knows(request: HttpRequest) -> bool:
    return "known" in request.GET or "known" in request.POST


def _look(request: HttpRequest, form: PlainForm) -> HttpResponse:
    context = {
        "card": actions.open_patient_invitation(**_given(request)),
        "form": form,
        "token": token_of(request),
        "known": _knows(request),
    }
    return render(
        request, "identity/patient_invitation.html", context, status=Invalid.status if form.errors else 200
    )


def _begin(request: HttpRequest) -> HttpResponse:
    browser = browser_of(request) or secrets.token_urlsafe(32)
    actions.begin_patient_invitation(**_given(request) | {"browser": browser})
    query = urlencode({"token": token_of(request)})
    return bound(f"{reverse('identity:patient-invitation')}?{query}", browser)


def _accept(request: HttpRequest) -> HttpResponse:
    form = _form(request)(request.POST)
    if not form.is_valid():
        return _look(request, form)
    try:
        step = _take_up(request, form.cleaned_data)
    except Invalid as error:
        form.take(error)
        return _look(request, form)
    rotate_token(request)
    answer = HttpResponseRedirect(reverse(f"identity:{step}"))
    answer.delete_cookie(COOKIE)
    return answer


def _take_up(request: HttpRequest, given: dict[str, Any]) -> actions.NextStep:
    taking = actions.Taking(
        token=token_of(request), browser=browser_of(request), code=given["code"], origin=origin_of(request)
    )
    account = {"email": given["email"], "password": given["password"]}
    if _knows(request):
        return actions.accept_as_known(by=access.STRANGER, session=request.session, taking=taking, **account)
    language = get_language() or "de"
    return actions.accept_as_new(
        by=access.STRANGER, session=request.session, taking=taking, language=language, **account
    )


def _given(request: HttpRequest) -> dict[str, Any]:
    return {
        "by": access.STRANGER,
        "token": token_of(request),
        "browser": browser_of(request),
        "address": client_address(request),
    }
