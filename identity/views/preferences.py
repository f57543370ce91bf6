"""How somebody uses the service: in which language, and for which organisation."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from identity import access, actions
from identity.access import actor_of, despite_policy, public
from identity.views.answers import get_or_post, next_address, with_language


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of this browser, and of the person who is signed in."""
    chosen = request.POST.get("language", "")
    actions.set_language(by=access.actor_or_stranger(request), language=chosen)
    return with_language(HttpResponseRedirect(next_address(request)), chosen)


@despite_policy
@get_or_post
def membership(request: HttpRequest) -> HttpResponse:
    """Choose for which organisation to act."""
    if request.method == "POST":
        actions.switch_membership(
            by=actor_of(request), session=request.session, membership=request.POST.get("membership", "")
        )
        return HttpResponseRedirect(next_address(request))
    return render(
        request,
        "identity/membership.html",
        {"memberships": access.own_memberships(by=actor_of(request)), "next": next_address(request)},
    )
