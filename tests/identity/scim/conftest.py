"""Keycloak of Hospital A: a system with a key for SCIM."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from identity.actions import create_api_key
from identity.models import Organisation
from identity.scim.resources import USER
from medicus.lib.actor import SYSTEM, Scope

SCIM_TYPE = "application/scim+json"


class System:
    """A system that calls SCIM with its key."""

    def __init__(self, organisation: Organisation, *scopes: Scope) -> None:
        made = create_api_key(by=SYSTEM, organisation_id=organisation.id, name="Keycloak", scopes=scopes)
        self.organisation, self.key, self.token = organisation, made.key, made.token
        self.client = Client(headers={"authorization": f"Bearer {self.token}", "accept-language": "en"})

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Ask below `/scim/v2/`."""
        content = "" if body is None else json.dumps(body)
        address = f"/scim/v2/{path}"
        return self.client.generic(method, address, content, SCIM_TYPE, QUERY_STRING=_query(query))

    def get(self, path: str, **query: Any) -> Any:
        return self.ask("GET", path, **query)

    def post(self, path: str, body: Any) -> Any:
        return self.ask("POST", path, body)

    def patch(self, path: str, *operations: dict[str, Any]) -> Any:
        return self.ask("PATCH", path, patch(*operations))


def _query(sent: dict[str, Any]) -> str:
    from urllib.parse import urlencode

    return urlencode(sent)


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}


def person(name: str = "nora.neu", /, **more: Any) -> dict[str, Any]:
    """A User as the standard has it."""
    return {
        "schemas": [USER],
        "userName": f"{name}@hospital-a.example",
        "name": {
            "givenName": name.split(".", maxsplit=1)[0].title(),
            "familyName": name.rsplit(".", maxsplit=1)[-1].title(),
        },
        "emails": [{"value": f"{name}@hospital-a.example", "type": "work", "primary": True}],
        "active": True,
    } | more


@pytest.fixture
def keycloak(hospital_a: Organisation) -> System:
    return System(hospital_a, Scope.SCIM)


@pytest.fixture
def foreign(hospital_b: Organisation) -> System:
    """The same of Hospital B."""
    return System(hospital_b, Scope.SCIM)


@pytest.fixture
def made(keycloak: System) -> Callable[..., dict[str, Any]]:
    """Make a person over SCIM; the answer."""

    def make(name: str = "nora.neu", /, **more: Any) -> dict[str, Any]:
        answer = keycloak.post("Users", person(name, **more))
        assert answer.status_code == 201, answer.content
        return dict(answer.json())

    return make
