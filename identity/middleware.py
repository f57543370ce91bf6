"""Default-deny: who is not signed in reaches nothing but what its view marks as open. And who wants to do something
dangerous is asked for a second factor first."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from identity import actions, sessions
from identity.access import marks
from identity.access.actors import STRANGER, SignedIn, signed_in
from identity.bearer import bearer_of, key_in_address
from identity.forms import ConfirmForm
from identity.session_store import SessionStore
from identity.views.confirming import ask, take
from identity.views.policy_gate import hold
from medicus.lib import problems
from medicus.lib.actor import Role
from medicus.lib.errors import AccessEnded, DomainError, FreshFactorRequired, NotFound, Unauthenticated

UNATTENDED = "Medicus-Unattended"
"""The header of requests that an open page makes by itself: they do not keep a session from ending."""


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
        if found := request.__dict__["signed_in"]:
            return _let_in(request, found, view)
        return _refuse(request, half)


class StepUpMiddleware:
    """Leads a page's dangerous act over its second factor, and back, with all that was typed.

    Under /api/ the error is a problem like any other, and `/api/v1/session/confirm` takes the factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _arguments: Any, _keywords: Any
    ) -> HttpResponse | None:
        if not request.__dict__["signed_in"] or problems.wants_json(request):
            return None
        return take(request) if ConfirmForm.is_sent(request.POST) else None

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        if isinstance(raised, FreshFactorRequired) and not problems.wants_json(request):
            return ask(request)
        return None


def _identify(request: HttpRequest) -> SignedIn | None:
    if request.session.session_key is None:
        return None
    found = signed_in(request.session, for_page=not problems.wants_json(request))
    if found is None and sessions.FULL in request.session:
        found = _look_again(request)
    if found is not None and UNATTENDED not in request.headers:
        sessions.note_activity(found.session, idle_ends_at=found.idle_ends_at)
    return found


def _look_again(request: HttpRequest) -> SignedIn | None:
    """Read a session that does not hold a second time, and only then delete it: another request of the same browser
    may have ended all others between the reading of the session and that of its person, and written it anew."""
    request.session = SessionStore(request.session.session_key)
    found = signed_in(request.session, for_page=not problems.wants_json(request))
    if found is None:
        request.session.flush()
    return found


def _let_in(request: HttpRequest, found: SignedIn, view: Callable[..., Any]) -> HttpResponse | None:
    if found.actor.has(Role.PATIENT) and not marks.is_for_patients(view, request.method):
        return problems.answer(request, NotFound())
    return None if marks.is_despite_policy(view) else hold(request, found)


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
    if organisation_name := sessions.access_ended(request.session):
        return problems.answer(request, _ended(organisation_name))
    if problems.wants_json(request):
        return problems.response(Unauthenticated())
    if half:
        return HttpResponseRedirect(reverse("identity:second-factor" if half.enrolled else "identity:enrol"))
    address = reverse("identity:sign-in")
    if request.method in ("GET", "HEAD") and request.path != "/":
        address += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(address)


def _ended(organisation_name: str) -> AccessEnded:
    told = _(
        "Your access to %(organisation)s has ended. Pages and conversations that were open here are closed. "
        "If this surprises you, please ask the IT administration."
    )
    return AccessEnded(told % {"organisation": organisation_name})
