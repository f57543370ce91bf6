"""What several pages answer with: the language, and the way on."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from identity.actions import Completed
from identity.actions.browsers import KNOWN_DAYS
from identity.origin import Origin

BROWSER_COOKIE = "__Host-browser" if settings.HTTPS else "browser"
"""By which a browser is known again at the next sign-in; it opens nothing."""

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def with_language(answer: HttpResponse, language: str) -> HttpResponse:
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 86400,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return answer


def client_address(request: HttpRequest) -> str:
    """The client's network address, as the server in front tells it (see docs/operations.md)."""
    return str(request.META.get("REMOTE_ADDR", ""))


def next_address(request: HttpRequest, *, default: str = "/") -> str:
    """Where to go on: only an address of our own, whatever the link said."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else default


def origin_of(request: HttpRequest) -> Origin:
    """Where a request comes from, as the server in front tells it (see docs/operations.md)."""
    return Origin(
        address=client_address(request),
        user_agent=request.headers.get("User-Agent", ""),
        browser_token=request.COOKIES.get(BROWSER_COOKIE, ""),
    )


def welcome(request: HttpRequest, completed: Completed, address: str) -> HttpResponse:
    """After a completed sign-in: to where the person wanted, in their language."""
    rotate_token(request)
    if completed.codes_left is not None:
        messages.warning(request, codes_left(completed.codes_left))
    answer = HttpResponseRedirect(address)
    answer.set_cookie(
        BROWSER_COOKIE,
        completed.browser_token,
        max_age=KNOWN_DAYS * 86400,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return with_language(answer, completed.language)


def codes_left(count: int) -> str:
    told = ngettext(
        "You have signed in with a recovery code, which is used up now. %(count)s is left.",
        "You have signed in with a recovery code, which is used up now. %(count)s are left.",
        count,
    )
    return told % {"count": count}


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there to where the person wanted."""
    wanted = next_address(request, default="")
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return HttpResponseRedirect(reverse("identity:sign-in") + query)
