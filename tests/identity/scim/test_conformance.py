"""The conformance checks of scim2-tester, against the whole service through its WSGI door."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import Path
from scim2_tester import Status, check_server

from identity.actions import create_department
from identity.scim.resources import ENTERPRISE
from medicus.lib.actor import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


class Addresses(list[str]):
    """As many addresses in the hospital's domain as the checks want, each a new one."""

    numbers: Iterator[int] = itertools.count()

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return 1

    def __getitem__(self, _: Any) -> Any:
        return f"tested.{next(self.numbers)}@hospital-a.example"


def suggest(client: WSGISCIMClient, path: str, values: list[Any]) -> None:
    """What the checks fill in where our rules want more than any text."""
    bound: Any = Path
    binding = bound[client.get_resource_model("User")](path).resolve()
    binding.target_model.model_fields[binding.target_field_name].examples = values


def test_it_conforms(keycloak):
    for name in ("Cardiology", "Surgery"):
        create_department(by=SYSTEM, organisation_id=keycloak.organisation.id, name=name)
    client = WSGISCIMClient(
        get_wsgi_application(),
        base_url="http://localhost/scim/v2",
        headers={"Authorization": f"Bearer {keycloak.token}"},
    )
    client.discover()
    suggest(client, "emails.value", Addresses())
    suggest(client, "emails.primary", [True])  # the one address that is kept is the primary one
    suggest(client, f"{ENTERPRISE}:department", ["Cardiology", "Surgery"])
    results = check_server(client)
    bad = [one for one in results if one.status not in {Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE}]
    told = [f"{one.status.name} {one.resource_type} {one.title}: {one.reason} {one.data}" for one in bad]
    assert [line for line in told if not line.startswith("SKIPPED")] == []
    assert len(results) > 60
