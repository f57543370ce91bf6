"""Signing in by a hospital's provider, and confirming there: out, and back."""

import uuid
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from identity import access, actions
from identity.access import actor_of, despite_policy, public
from identity.refusals import SignOnRefused
from identity.sign_on import Departure, Returned
from identity.sign_on_forms import HospitalForm
from identity.views.answers import get_or_post, next_address, origin_of, welcome
from medicus.lib.errors import Invalid, NotFound, Unauthenticated

MOST_CHARACTERS = 4000
"""Of each thing that a provider sends by the browser."""


@public
@sensitive_post_parameters("password")
@get_or_post
def hospital(request: HttpRequest) -> HttpResponse:
    """To the provider of an address's domain, or of the domain that the hospital's own link names."""
    if access.signed_in_of(request):
        return HttpResponseRedirect(next_address(request))
    domain = (request.POST.get("at") or request.GET.get("at") or "")[:200]
    form = HospitalForm(request.POST if request.method == "POST" and not domain else None)
    try:
        if domain and request.method != "POST":
            return _page(request, form, domain)
        if not (domain or form.is_valid()):
            return _page(request, form, "")
        return _leave(request, _depart(request, "" if domain else form.cleaned_data["email"], domain))
    except Invalid as error:
        if domain:
            raise NotFound from None
        form.take(error)
        return _page(request, form, "")


@public
@require_safe
@sensitive_variables("returned")
def answer(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Where a provider sends the browser back to."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _again(request)
    returned = _returned(request)
    try:
        arrived = actions.come_from_provider(
            by=access.actor_or_stranger(request),
            session=request.session,
            organisation_id=organisation_id,
            returned=returned,
            found=access.signed_in_of(request),
            origin=origin_of(request),
        )
    except SignOnRefused as error:
        context = {"error": error, "reference": error.extra["reference"]}
        return render(request, "identity/sign_on_refused.html", context, status=error.status)
    if arrived.completed:
        return welcome(request, arrived.completed, arrived.next_address or "/")
    if arrived.step:
        query = f"?{urlencode({'next': arrived.next_address})}" if arrived.next_address else ""
        return HttpResponseRedirect(reverse(f"identity:{arrived.step}") + query)
    return render(request, "identity/confirmed_at_provider.html")


@despite_policy
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """To the provider, which asks the person again."""
    found = access.signed_in_of(request)
    if found is None:
        raise Unauthenticated
    return _leave(request, actions.go_to_confirm(by=actor_of(request), session=request.session, found=found))


def _depart(request: HttpRequest, email: str, domain: str) -> Departure:
    return actions.go_to_provider(
        by=access.STRANGER,
        session=request.session,
        email=email,
        domain=domain,
        next_address=next_address(request, default=""),
        origin=origin_of(request),
    )


def _page(request: HttpRequest, form: HospitalForm, domain: str) -> HttpResponse:
    """The form; or, by a hospital's own link, one button."""
    context = {
        "form": form,
        "next": next_address(request, default=""),
        "domain": domain,
        "hospital": access.name_of_hospital(domain=domain) if domain else "",
    }
    return render(request, "identity/hospital.html", context, status=400 if form.is_bound else 200)


def _leave(request: HttpRequest, departure: Departure) -> HttpResponse:
    """A page that goes on by itself: a redirect after a form would break the policy that forms stay with us."""
    host = urlsplit(departure.address).hostname
    return render(request, "identity/to_provider.html", {"departure": departure, "host": host})


def _again(request: HttpRequest) -> HttpResponse:
    """Have the browser ask once more, from here: what comes from elsewhere brings no `SameSite=Strict` cookie with it,
    so the token of forms would be made anew, and those in other tabs would have expired."""
    return HttpResponse(headers={"Refresh": f"0;url={request.get_full_path()}"})


def _returned(request: HttpRequest) -> Returned:
    """What came back; a thing that came twice, or too long, counts as not sent (RFC 6749 section 3.1)."""
    sent = {name: values[0] for name, values in request.GET.lists() if len(values) == 1}
    short = {name: value for name, value in sent.items() if len(value) <= MOST_CHARACTERS}
    named = short.get("iss")
    if named is None and "iss" in request.GET:
        named = ""
    return Returned(short.get("state", ""), short.get("code", ""), named, short.get("error", ""))
