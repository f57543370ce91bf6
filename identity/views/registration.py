"""The page on which a hospital registers."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from identity import access, actions, mail
from identity.access import public
from identity.onboarding_forms import RegistrationForm
from identity.views.answers import client_address, get_or_post
from medicus.lib.errors import Invalid, NotFound, TooManyAttempts


@public
@get_or_post
def register(request: HttpRequest) -> HttpResponse:
    """Take up an application. The answer is the same whether the domain is known or not."""
    if not settings.OPEN_REGISTRATION:
        raise NotFound
    form = RegistrationForm(request.POST or None)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.register_organisation(
                by=access.actor_or_stranger(request),
                registration=form.registration(language=get_language() or "de"),
                address=client_address(request),
            )
        except (Invalid, TooManyAttempts) as error:
            form.take(error)
            status = error.status
        else:
            return redirect("identity:registered")
    return render(request, "identity/register.html", {"form": form}, status=status)


@public
@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    """What happens next; it knows nothing of what was sent."""
    return render(request, "identity/registered.html", {"mailed": mail.is_configured()})
