"""One answer per domain error: `application/problem+json` (RFC 9457) for the API, a page for people."""

import logging
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.response import Response

from medicus.lib import errors

log = logging.getLogger(__name__)
SCIM_TYPE = "application/scim+json"
Answer = TypeVar("Answer", JsonResponse, Response)


def problem(error: errors.DomainError) -> dict[str, Any]:
    """Describe an error as the members of RFC 9457 section 3.1, plus `code`, `errors` and its extras."""
    body: dict[str, Any] = {
        "type": f"urn:medicus:problem:{error.code}",
        "title": title(error),
        "status": error.status,
        "code": error.code,
    }
    if error.detail:
        body["detail"] = error.detail
    if error.errors:
        body["errors"] = error.errors
    return body | error.extra


def title(error: errors.DomainError) -> str:
    titles = {
        "invalid": _("This input cannot be used"),
        "unauthenticated": _("Please sign in"),
        "access-ended": _("Your access has ended"),
        "stale-form": _("This form has expired"),
        "fresh-factor-required": _("Please confirm that it is you"),
        "network-not-permitted": _("Not from this network"),
        "passkey-required": _("A passkey is needed"),
        "single-sign-on-refused": _("Single sign-on did not work"),
        "not-found": _("Not found"),
        "method-not-allowed": _("This address cannot be used like this"),
        "conflict": _("This is not possible now"),
        "stale-epoch": _("The conversation has moved on"),
        "contact-not-accepted": _("The contact request is not accepted yet"),
        "contact-answered": _("The contact request has been answered"),
        "own-message": _("This is your own message"),
        "not-to-acknowledge": _("This message needs no acknowledgement"),
        "taken-over": _("Somebody else has taken this over"),
        "not-taken-over": _("You have not taken this over"),
        "nobody-on-duty": _("Nobody is on duty"),
        "holder-not-told": _("This role does not say who is on duty"),
        "chain-not-members": _("Not everybody who would be asked is in the conversation"),
        "urgent-over": _("This urgent message is over"),
        "too-large": _("This is too large"),
        "too-many-attempts": _("Too many attempts"),
        "unsupported": _("This part of the standard is not supported"),
        "internal-error": _("Something went wrong on our side"),
        "unavailable": _("The service is unavailable for a moment"),
    }
    return titles.get(error.code, _("This request cannot be answered"))


def response(error: errors.DomainError) -> JsonResponse:
    """The error as an HTTP answer outside DRF."""
    answer = JsonResponse(problem(error), status=error.status, content_type="application/problem+json")
    return _with_headers(answer, error)


def exception_handler(raised: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's `EXCEPTION_HANDLER`: the same answers for its own errors as for ours."""
    error = as_domain_error(raised)
    if error is None:
        return None
    if is_scim(context["request"]):
        return _with_headers(
            Response(scim_problem(error), status=error.status, content_type=SCIM_TYPE), error
        )
    answer = Response(problem(error), status=error.status, content_type="application/problem+json")
    return _with_headers(answer, error)


def as_domain_error(raised: Exception) -> errors.DomainError | None:
    """Translate errors of Django, DRF and the database; None for what nobody expected."""
    match raised:
        case errors.DomainError():
            return raised
        case Http404() | PermissionDenied() | drf.NotFound() | drf.PermissionDenied():
            return errors.NotFound()
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            return errors.Unauthenticated()
        case drf.ValidationError():
            return errors.Invalid(errors=_fields(raised.detail))
        case drf.APIException():
            return _other(raised)
        case OperationalError() | InterfaceError():
            log.error("database away: %s", type(raised).__name__)
            return errors.Unavailable(
                _("The database does not answer. Nothing was changed; please try again.")
            )
    return None


def _other(raised: drf.APIException) -> errors.DomainError:
    error = errors.DomainError(str(raised.detail))
    error.__dict__["status"] = raised.status_code
    error.__dict__["code"] = str(raised.default_code).replace("_", "-")
    return error


def _fields(detail: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(detail, dict):
        found: dict[str, str] = {}
        for key, value in detail.items():
            found |= _fields(value, f"{prefix}{key}.")
        return found
    if isinstance(detail, list):
        if all(isinstance(item, str) for item in detail):
            return {prefix.rstrip(".") or "body": " ".join(map(str, detail))}
        found = {}
        for index, item in enumerate(detail):
            found |= _fields(item, f"{prefix}{index}.")
        return found
    return {prefix.rstrip(".") or "body": str(detail)}


def _with_headers(answer: Answer, error: errors.DomainError) -> Answer:
    if retry := error.extra.get("retry_after_seconds"):
        answer["Retry-After"] = str(retry)
    if error.status == 503:
        answer["Retry-After"] = "5"
    return answer


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/health/")) or is_scim(request)


def is_scim(request: HttpRequest) -> bool:
    """Whether the caller speaks SCIM, which has an error document of its own (RFC 7644 section 3.12)."""
    return request.path.startswith("/scim/")


def scim_problem(error: errors.DomainError) -> dict[str, Any]:
    """Describe an error as RFC 7644 section 3.12 has it. `scim_type` of an error's extras is its `scimType`."""
    fields = [f"{field}: {sentence}" for field, sentence in error.errors.items()]
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": str(error.status),
        "detail": " ".join(filter(None, [error.detail, *fields])) or title(error),
    }
    scim_type = error.extra.get("scim_type") or (
        "invalidValue" if isinstance(error, errors.Invalid) else None
    )
    return body | ({"scimType": scim_type} if scim_type else {})


class ProblemMiddleware:
    """Turns domain errors that a page raises, and Django's bare answer to a wrong method, into the error page (or a
    problem, under /api/)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        told = answer(request, errors.MethodNotAllowed())
        told["Allow"] = response["Allow"]
        return told

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        error = as_domain_error(raised)
        if error is None:
            return None
        return answer(request, error)


def page(request: HttpRequest, error: errors.DomainError) -> HttpResponse:
    """The error as a calm page: what happened, what to do next."""
    context = {"title": title(error), "detail": error.detail, "status": error.status, "code": error.code}
    return render(request, "medicus/problem.html", context, status=error.status)


def answer(request: HttpRequest, error: errors.DomainError) -> HttpResponse:
    """The error as this caller wants it: a problem under /api/, SCIM's document under /scim/, else a page."""
    if is_scim(request):
        told = JsonResponse(scim_problem(error), status=error.status, content_type=SCIM_TYPE)
        return _with_headers(told, error)
    return response(error) if wants_json(request) else page(request, error)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, errors.NotFound())


def handler500(request: HttpRequest) -> HttpResponse:
    """Also reached when a middleware fails because the database is away: that is a 503."""
    raised = sys.exc_info()[1]
    error = as_domain_error(raised) if isinstance(raised, Exception) else None
    return answer(request, error or errors.InternalError())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's `CSRF_FAILURE_VIEW`."""
    return answer(request, errors.StaleForm())
