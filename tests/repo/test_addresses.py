"""Every address is closed to strangers, by whichever door; those that are open are listed with the reason."""

import re
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from channels.routing import URLRouter
from channels.testing import HttpCommunicator, WebsocketCommunicator
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RegexPattern

from identity.access.marks import HALF_SIGNED, PUBLIC, reach_of
from tests.repo.code import APPS

OPEN = {
    "health/live": "a load balancer has no session",
    "health/ready": "a load balancer has no session",
    "sign-in/": "the way in",
    "sign-in/passkey/": "another way in",
    "sign-in/hospital/": "another way in, by the hospital's own provider",
    "sign-in/hospital/<uuid:organisation_id>/answer/": "the way back from there",
    "api/v1/passkeys/assertion-options": "a challenge for it; it names nobody",
    "invitation/": "who is invited has no account yet; the link's token decides",
    "patient-invitation/": "as invitation/, with a code that travels another way",
    "register/": "a hospital that registers has no account yet",
    "register/thanks/": "what happens next; it knows nothing of what was sent",
    "api/v1/registrations": "as register/",
    "sign-out/": "leaving must work when the session has ended meanwhile",
    "language/": "the sign-in page speaks both languages",
}
AFTER_THE_PASSWORD = {"sign-in/second-factor/", "enrol/"}
AN_ID = str(UUID(int=7 << 76 | 2 << 62))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def routes(patterns: list[Any], before: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for pattern in patterns:
        route = before + str(pattern.pattern)
        found += (
            [(route, pattern)] if isinstance(pattern, URLPattern) else routes(pattern.url_patterns, route)
        )
    return found


DJANGO = routes(get_resolver().url_patterns)


def raw(kind: str) -> list[URLPattern]:
    """The routes that stand in front of Django and its middleware."""
    modules = [import_module(f"{app}.routing") for app in APPS if find_spec(f"{app}.routing")]
    return [pattern for module in modules for pattern in getattr(module, kind)]


def address(route: str | RegexPattern) -> str:
    """An address that fits a route."""
    if isinstance(route, RegexPattern):
        without_groups = re.sub(r"\(\?P<\w+>.*?\)(?=[/$])", AN_ID, str(route))
        return "/" + without_groups.strip("^$").replace("/?", "")
    return "/" + re.sub(r"<uuid:\w+>", AN_ID, route)


def test_only_these_addresses_are_open():
    marks = {route: reach_of(pattern.callback) for route, pattern in DJANGO}
    assert {route for route, reach in marks.items() if reach == PUBLIC} == set(OPEN)
    assert {route for route, reach in marks.items() if reach == HALF_SIGNED} == AFTER_THE_PASSWORD
    assert set(marks.values()) <= {None, PUBLIC, HALF_SIGNED}


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route, _ in DJANGO if route not in OPEN])
def test_a_stranger_gets_no_further_than_the_sign_in(route):
    assert "<" not in address(route), "teach `address` this converter"
    for method in METHODS:
        answer = Client().generic(method, address(route))
        if route.startswith("scim/"):
            assert (answer.status_code, answer["Content-Type"]) == (401, "application/scim+json"), method
            assert answer["WWW-Authenticate"].startswith("Bearer"), method
        elif route.startswith("api/"):
            assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), method
            assert method == "HEAD" or answer.json()["code"] == "unauthenticated", method
        else:
            # only what is looked at is come back to: a post is not repeated after the sign-in
            back = "?" + urlencode({"next": address(route)}) if method in ("GET", "HEAD") and route else ""
            assert (answer.status_code, answer["Location"]) == (302, "/sign-in/" + back), method


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pattern", raw("http_urlpatterns"), ids=str)
async def test_a_stranger_gets_no_further_by_the_raw_routes(pattern):
    router = URLRouter([pattern])
    host = settings.ALLOWED_HOSTS[0].encode()
    for method in METHODS:
        communicator = HttpCommunicator(router, method, address(pattern.pattern), headers=[(b"host", host)])
        answer = await communicator.get_response()
        assert answer["status"] in {401, 403, 405}, method


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pattern", raw("websocket_urlpatterns"), ids=str)
async def test_a_stranger_gets_no_socket(pattern):
    communicator = WebsocketCommunicator(URLRouter([pattern]), address(pattern.pattern))
    accepted, _ = await communicator.connect()
    if accepted:
        assert (await communicator.receive_output())["type"] == "websocket.close"
    await communicator.disconnect()
