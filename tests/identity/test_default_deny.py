"""What the middleware does besides refusing strangers everywhere, which `tests/repo/test_addresses.py` holds."""

import pytest
from django.test import Client, RequestFactory

from identity.access import actor_of
from medicus.lib.errors import Unauthenticated


def test_an_address_that_does_not_exist_is_not_found_for_strangers_too(db):
    assert Client().get("/api/v1/nothing").status_code == 404


def test_nothing_of_a_signed_in_person_stays_in_a_cache(alice):
    assert alice.client.get("/directory/")["Cache-Control"] == "no-store"
    assert alice.api.get("/api/v1/me")["Cache-Control"] == "no-store"


def test_the_api_demands_a_csrf_token(alice):
    alice.api.handler.enforce_csrf_checks = True
    assert alice.api.post("/api/v1/identity-keys", {"csr": ""}).json()["code"] != "invalid"
    alice.client.handler.enforce_csrf_checks = True
    assert alice.client.post("/membership/", {}).status_code == 403


def test_a_view_that_asks_for_an_actor_without_one_is_refused():
    with pytest.raises(Unauthenticated):
        actor_of(RequestFactory().get("/"))
