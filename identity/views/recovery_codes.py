"""The page of the recovery codes: what they are for, and the codes themselves, once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from identity import access, actions
from identity.access import actor_of
from identity.views.answers import get_or_post, next_address


@get_or_post
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Offer to make ten codes; make them, and show them this one time."""
    actor = actor_of(request)
    context = {"next": next_address(request, default=""), "left": access.recovery_codes_left(by=actor)}
    if request.method == "POST":
        context["codes"] = actions.make_recovery_codes(by=actor)
    return render(request, "identity/recovery_codes.html", context)
