"""The pages of the recovery kit: the browser makes it, tests it, and uses it; the server only keeps what is sealed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity import access
from identity.access import actor_of
from medicus.lib.freshness import require_fresh


@require_safe
def recovery_kit(request: HttpRequest) -> HttpResponse:
    """Make a kit or withdraw it, with a fresh second factor."""
    actor = actor_of(request)
    require_fresh(actor)
    return render(request, "identity/recovery_kit.html", {"since": access.recovery_kit_since(by=actor)})


@require_safe
def use_recovery_kit(request: HttpRequest) -> HttpResponse:
    """Bring the identity key back into a browser, by the code on the paper."""
    since = access.recovery_kit_since(by=actor_of(request))
    return render(request, "identity/recovery_kit_use.html", {"since": since})
