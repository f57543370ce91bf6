"""The pages of the sign-in and of the directory."""

from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity import access, actions
from identity.access import actor_of, half_signed, public
from identity.forms import CodeForm, DirectoryForm, PlainForm, SignInForm
from medicus.lib.errors import DomainError, Invalid, TooManyAttempts

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@public
@sensitive_post_parameters("password")
@get_or_post
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail address and password."""
    if access.signed_in_of(request):
        return HttpResponseRedirect(_next(request))
    form = SignInForm(request.POST or None)
    if not form.is_valid():
        return _page(request, "sign_in", form)
    try:
        step = actions.start_sign_in(
            by=access.STRANGER,
            session=request.session,
            address=_address(request),
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
        )
    except (Invalid, TooManyAttempts) as error:
        return _page(request, "sign_in", form, error)
    rotate_token(request)
    return HttpResponseRedirect(_step_address(step, request))


@half_signed
@sensitive_post_parameters("code")
@get_or_post
def second_factor(request: HttpRequest) -> HttpResponse:
    """The time code of an enrolled second factor."""
    form = CodeForm(request.POST or None)
    if not form.is_valid():
        return _page(request, "second_factor", form)
    try:
        language = actions.verify_second_factor(
            by=access.half_signed_actor(request.session),
            session=request.session,
            code=form.cleaned_data["code"],
            address=_address(request),
        )
    except (Invalid, TooManyAttempts) as error:
        return _page(request, "second_factor", form, error)
    return _welcome(request, language)


@half_signed
@sensitive_post_parameters("code")
@get_or_post
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: a QR code, the same secret to type, and a first code to confirm it."""
    actor = access.half_signed_actor(request.session)
    enrolment = actions.enrol_totp(by=actor)
    form = CodeForm(request.POST or None)
    shown: dict[str, Any] = {"qr": _qr(enrolment.uri), "secret": enrolment.secret}
    if not form.is_valid():
        return _page(request, "enrol", form, **shown)
    try:
        language = actions.confirm_totp(
            by=actor, session=request.session, code=form.cleaned_data["code"], address=_address(request)
        )
    except (Invalid, TooManyAttempts) as error:
        return _page(request, "enrol", form, error, **shown)
    return _welcome(request, language)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, complete or half."""
    actions.sign_out(by=access.actor_or_stranger(request), session=request.session)
    return HttpResponseRedirect(reverse("identity:sign-in"))


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of this browser, and of the person who is signed in."""
    chosen = request.POST.get("language", "")
    actions.set_language(by=access.actor_or_stranger(request), language=chosen)
    return _with_language(HttpResponseRedirect(_next(request)), chosen)


@get_or_post
def membership(request: HttpRequest) -> HttpResponse:
    """Choose for which organisation to act."""
    if request.method == "POST":
        actions.switch_membership(
            by=actor_of(request), session=request.session, membership=request.POST.get("membership", "")
        )
        return HttpResponseRedirect(_next(request))
    return render(
        request,
        "identity/membership.html",
        {"memberships": access.own_memberships(by=actor_of(request)), "next": _next(request)},
    )


@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Colleagues of all verified organisations."""
    actor = actor_of(request)
    organisations = access.visible_organisations(by=actor)
    form = DirectoryForm(request.GET, organisations=[(each.id, each.name) for each in organisations])
    form.is_valid()
    asked = form.cleaned_data
    found = actions.search_directory(
        by=actor,
        query=asked.get("q") or "",
        speciality=asked.get("speciality") or "",
        organisation_id=asked.get("organisation"),
        page=asked.get("page") or 1,
    )
    kept = {name: asked[name] for name in ("q", "speciality", "organisation") if asked.get(name)}
    context = {"form": form, "found": found, "searched": bool(kept), "query": urlencode(kept)}
    return render(request, "identity/directory.html", context)


def _page(
    request: HttpRequest, name: str, form: PlainForm, error: DomainError | None = None, **more: Any
) -> HttpResponse:
    status = 200
    if error is not None:
        form.take(error)
    if form.is_bound:
        status = error.status if error else Invalid.status
    context = {"form": form, "next": _next(request, default="")} | more
    answer = render(request, f"identity/{name}.html", context, status=status)
    if error and (seconds := error.extra.get("retry_after_seconds")):
        answer["Retry-After"] = str(seconds)
    return answer


def _step_address(step: actions.NextStep, request: HttpRequest) -> str:
    address = reverse(f"identity:{step}")
    wanted = _next(request, default="")
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address


def _welcome(request: HttpRequest, language: str) -> HttpResponse:
    rotate_token(request)
    return _with_language(HttpResponseRedirect(_next(request)), language)


def _with_language(answer: HttpResponse, language: str) -> HttpResponse:
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 86400,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _next(request: HttpRequest, *, default: str = "/") -> str:
    """Where to go on: only an address of our own, whatever the link said."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else default


def _address(request: HttpRequest) -> str:
    """The client's address, as the server in front tells it (see docs/operations.md)."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _qr(uri: str) -> str:
    """A QR code as a `data:` image: the strict CSP allows it, and no file ever holds the secret."""
    return segno.make(uri, error="m").svg_data_uri(scale=4, border=2)
