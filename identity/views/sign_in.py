"""The pages of the sign-in."""

from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from identity import access, actions
from identity.access import half_signed, public
from identity.forms import FirstCodeForm, PlainForm, SecondFactorForm, SignInForm
from identity.views.answers import get_or_post, next_address, origin_of, welcome
from medicus.lib.errors import DomainError, Invalid, TooManyAttempts


@public
@sensitive_post_parameters("password")
@get_or_post
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail address and password."""
    if access.signed_in_of(request):
        return HttpResponseRedirect(next_address(request))
    form = SignInForm(request.POST or None)
    if not form.is_valid():
        return _page(request, "sign_in", form)
    try:
        step = actions.start_sign_in(
            by=access.STRANGER,
            session=request.session,
            origin=origin_of(request),
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
        )
    except (Invalid, TooManyAttempts) as error:
        return _page(request, "sign_in", form, error)
    rotate_token(request)
    return HttpResponseRedirect(_step_address(step, request))


@half_signed
@sensitive_post_parameters("code", "recovery_code", "passkey")
@get_or_post
def second_factor(request: HttpRequest) -> HttpResponse:
    """An enrolled second factor, or a recovery code in its place."""
    actor = access.half_signed_actor(request.session)
    form = SecondFactorForm(request.POST or None)
    shown: dict[str, Any] = {"passkeys": access.own_passkeys(by=actor)}
    if not form.is_valid():
        return _page(request, "second_factor", form, **shown)
    try:
        completed = actions.verify_second_factor(
            by=actor,
            session=request.session,
            proof=form.proof(),
            origin=origin_of(request),
        )
    except (Invalid, TooManyAttempts) as error:
        return _page(request, "second_factor", form, error, **shown)
    return welcome(request, completed, next_address(request))


@half_signed
@sensitive_post_parameters("code")
@get_or_post
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: a QR code, the same secret to type, and a first code to confirm it."""
    actor = access.half_signed_actor(request.session)
    enrolment = actions.enrol_totp(by=actor)
    form = FirstCodeForm(request.POST or None)
    shown: dict[str, Any] = {"qr": _qr(enrolment.uri), "uri": enrolment.uri, "secret": enrolment.secret}
    if not form.is_valid():
        return _page(request, "enrol", form, **shown)
    try:
        completed = actions.confirm_totp(
            by=actor, session=request.session, code=form.cleaned_data["code"], origin=origin_of(request)
        )
    except (Invalid, TooManyAttempts) as error:
        return _page(request, "enrol", form, error, **shown)
    offer = f"{reverse('identity:recovery-codes')}?{urlencode({'next': next_address(request)})}"
    return welcome(request, completed, offer)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, complete or half."""
    actions.sign_out(by=access.actor_or_stranger(request), session=request.session)
    return HttpResponseRedirect(reverse("identity:sign-in"))


def _page(
    request: HttpRequest, name: str, form: PlainForm, error: DomainError | None = None, **more: Any
) -> HttpResponse:
    status = 200
    if error is not None:
        form.take(error)
    if form.is_bound:
        status = error.status if error else Invalid.status
    context = {"form": form, "next": next_address(request, default="")} | more
    context["open_registration"] = settings.OPEN_REGISTRATION
    answer = render(request, f"identity/{name}.html", context, status=status)
    if error and (seconds := error.extra.get("retry_after_seconds")):
        answer["Retry-After"] = str(seconds)
    return answer


def _step_address(step: actions.NextStep, request: HttpRequest) -> str:
    address = reverse(f"identity:{step}")
    wanted = next_address(request, default="")
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address


def _qr(uri: str) -> str:
    """A QR code as a `data:` image: the strict CSP allows it, and no file ever holds the secret."""
    return segno.make(uri, error="m").svg_data_uri(scale=4, border=2)
