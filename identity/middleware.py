"""Default-deny: who is not signed in reaches nothing but what its view marks as open."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from identity import actions, sessions
from identity.access import marks
from identity.access.actors import STRANGER, SignedIn, signed_in
from identity.bearer import bearer_of, key_in_address
from medicus.lib import problems
from medicus.lib.errors import DomainError, Unauthenticated


class ActorMiddleware:
    """Sets `request.actor`, `request.signed_in` and `request.user`, and refuses strangers.

    Pages redirect to the sign-in with `next`; under /api/ the answer is a 401 problem. A request with an API key acts
    by the key alone, whatever session comes with it, and only where the view names one of the key's scopes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = None if bearer_of(request) is not None else _identify(request)
        request.__dict__.update(
            signed_in=found, actor=found and found.actor, user=found and found.membership.person
        )
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _arguments: Any, _keywords: Any
    ) -> HttpResponse | None:
        reach = marks.reach_of(view)
        if reach == marks.PUBLIC:
            return None
        if bearer_of(request) is not None or key_in_address(request):
            return _act_by_key(request, view)
        if marks.is_for_keys_alone(view):
            return _challenge(problems.answer(request, Unauthenticated()))
        half = sessions.half(request.session)
        if reach == marks.HALF_SIGNED:
            return None if half else _refuse(request)
        if request.__dict__["signed_in"]:
            return None
        return _refuse(request, half)


def _identify(request: HttpRequest) -> SignedIn | None:
    if request.session.session_key is None:
        return None
    found = signed_in(request.session)
    if found is not None:
        sessions.note_activity(found.session, idle_ends_at=found.idle_ends_at)
    elif sessions.FULL in request.session:
        request.session.flush()
    return found


def _act_by_key(request: HttpRequest, view: Callable[..., Any]) -> HttpResponse | None:
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        if leaked := key_in_address(request):
            actions.refuse_key_in_address(by=STRANGER, token=leaked, address=address)
        request.__dict__["actor"] = actions.use_api_key(
            by=STRANGER,
            token=bearer_of(request) or "",
            scope=marks.scope_of(view, request.method),
            address=address,
        )
    except DomainError as error:
        return _challenge(problems.answer(request, error))
    return None


def _challenge(answer: HttpResponse) -> HttpResponse:
    """Name the scheme with a 401 (RFC 6750 section 3)."""
    if answer.status_code == Unauthenticated.status:
        answer["WWW-Authenticate"] = 'Bearer realm="Medicus"'
    return answer


def _refuse(request: HttpRequest, half: sessions.HalfSession | None = None) -> HttpResponse:
    if problems.wants_json(request):
        return problems.response(Unauthenticated())
    if half:
        return HttpResponseRedirect(reverse("identity:second-factor" if half.enrolled else "identity:enrol"))
    address = reverse("identity:sign-in")
    if request.method in ("GET", "HEAD") and request.path != "/":
        address += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(address)
