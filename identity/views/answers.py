"""What several pages answer with: the language, and the way on."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

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
