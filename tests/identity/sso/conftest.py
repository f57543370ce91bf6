"""Two identity providers as processes, the single sign-on of Hospital A, and browsers that go there and back."""

import html
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from identity.actions import change_single_sign_on, check_provider, turn_on_single_sign_on
from identity.models import Organisation, ProviderAccount, SingleSignOn
from identity.sign_on import WantedSignOn
from identity.states import Function
from medicus.lib.actor import SYSTEM
from tests.cast import Member
from tests.conftest import member
from tests.services import Service, free_port

ROOT = Path(__file__).parents[3]
LOOPBACK = ["127.0.0.0/8"]
PHYSICIAN = "physician"


@dataclass
class Provider:
    """An identity provider that runs."""

    service: Service

    @property
    def issuer(self) -> str:
        return f"{self.service.url}/realms/staff"

    def control(self, **changes: Any) -> None:
        self._ask("POST", "/control", json.dumps(changes))

    def seen(self, at: str) -> list[dict[str, str]]:
        return [each for each in json.loads(self._ask("GET", "/seen")[1]) if each["at"] == at]

    def keys(self) -> str:
        """The keys that it publishes."""
        return self._ask("GET", "/realms/staff/certs")[1].decode()

    def authorize(self, address: str) -> str:
        """Open an address at the provider; where it sends the browser back to."""
        assert address.startswith(self.service.url), address
        status, _body, location = self._whole("GET", address.removeprefix(self.service.url))
        assert status == 302, status
        return location

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        return self._whole(method, path, body)[:2]

    def _whole(self, method: str, path: str, body: str = "") -> tuple[int, bytes, str]:
        connection = HTTPConnection("127.0.0.1", self.service.port, timeout=10)
        connection.request(method, path, body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content, answer.headers.get("Location", "")


def start_provider(folder: Path) -> Provider:
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-W", "error", "-m", "tests.identity.sso.provider_server", str(port)]
    service = Service(
        command, port, f"http://127.0.0.1:{port}", folder, environment={"PYTHONPATH": str(ROOT)}
    )
    return Provider(service.start())


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Provider]]:
    folder = tmp_path_factory.mktemp("providers")
    started = [start_provider(folder / name) for name in ("a", "b")]
    yield started
    for each in started:
        each.service.stop()


@pytest.fixture
def opened(settings: Any) -> None:
    """The operator has opened loopback for providers."""
    settings.PROVIDER_NETWORKS = LOOPBACK


@pytest.fixture
def provider(processes: list[Provider], opened: None) -> Provider:
    processes[0].control(reset=True)
    return processes[0]


@pytest.fixture
def other_provider(processes: list[Provider], opened: None) -> Provider:
    processes[1].control(reset=True)
    return processes[1]


def wanted(provider: Provider, **changes: Any) -> WantedSignOn:
    usual = {
        "issuer": provider.issuer,
        "client_id": "medicus",
        "client_secret": "a-secret-of-the-provider",
        "trusts_factor": False,
        "acr_values": "",
        "amr_values": "",
        "join_function": PHYSICIAN,
    }
    return WantedSignOn(**usual | changes)


def set_up(organisation: Organisation, provider: Provider, **changes: Any) -> SingleSignOn:
    """Enter a provider, check it, turn it on, and tell it of our redirect address."""
    which = {"by": SYSTEM, "organisation_id": organisation.id}
    change_single_sign_on(**which, wanted=wanted(provider, **changes))
    assert check_provider(**which) is None
    turn_on_single_sign_on(**which)
    path = reverse("identity:provider-answer", args=[organisation.id])
    provider.control(redirect_uris=[django_settings.ORIGIN + path])
    return SingleSignOn.objects.get(organisation=organisation)


@pytest.fixture
def sign_on(hospital_a: Organisation, provider: Provider) -> SingleSignOn:
    """The single sign-on of Hospital A: on, people may join as physicians, own second factors."""
    return set_up(hospital_a, provider)


@pytest.fixture
def trusting(hospital_a: Organisation, provider: Provider) -> SingleSignOn:
    """As `sign_on`, and the provider asks for the second factor, too."""
    provider.control(amr=["pwd", "otp"])
    return set_up(hospital_a, provider, trusts_factor=True, acr_values="gold", amr_values="otp hwk")


@dataclass
class Visitor:
    """A browser: ours by its client, the provider's by plain HTTP."""

    provider: Provider
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"

    def leave(self, email: str = "dora.dietz@hospital-a.example", **more: str) -> str:
        """Type an address; the provider's address that the page leads to."""
        page = self.client.post(reverse("identity:hospital-sign-in"), {"email": email} | more)
        assert page.status_code == 200, page.status_code
        return address_in(page)

    def back(self, address: str, **changes: str | None) -> Any:
        """Go to the provider and come back. changes: what is different in the answer; None: left out."""
        return self.arrive(self.provider.authorize(address), **changes)

    def arrive(self, location: str, **changes: str | None) -> Any:
        parts = urlsplit(location)
        sent = dict(parse_qsl(parts.query)) | changes
        query = urlencode({name: value for name, value in sent.items() if value is not None})
        return self.client.get(f"{parts.path}?{query}")

    def sign_in(self, email: str = "dora.dietz@hospital-a.example", **more: str) -> Any:
        return self.back(self.leave(email, **more))

    def is_signed_in(self) -> bool:
        return self.client.get(reverse("identity:me")).status_code == 200


def address_in(page: Any) -> str:
    """Where a page leads that goes on by itself."""
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return html.unescape(found[1])


def asked(address: str) -> dict[str, str]:
    """What the address at the provider says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture
def visitor(provider: Provider) -> Visitor:
    return Visitor(provider)


def refusals(organisation: Organisation) -> list[dict[str, str]]:
    """The details of what the audit log of an organisation says of refused single sign-ons, the newest last."""
    rows = AuditEvent.objects.filter(organisation_id=organisation.id, event="sign-in:provider-refuse")
    return [json.loads(bytes(row.canonical))["details"] for row in rows.order_by("event_id")]


def refused_for(answer: Any, organisation: Organisation) -> str:
    """Why an answer was refused, by its reference in the audit log: the page itself names no reason."""
    assert answer.status_code == 403, answer.status_code
    page = answer.content.decode()
    last = refusals(organisation)[-1]
    assert last["reference"] in page
    assert last["reason"] not in page
    return ":".join(filter(None, (last["reason"], last.get("what", ""))))


@pytest.fixture
def dora(hospital_a: Organisation) -> Member:
    """Known to the hospital, without password and without second factor."""
    return member(hospital_a, "Dora", "Dietz", Function.NURSE)


@pytest.fixture
def refuse(
    trusting: SingleSignOn, visitor: "Visitor", hospital_a: Organisation, dora: Member
) -> Callable[..., str]:
    """Sign in; why it was refused, and nobody is signed in or bound."""

    def sign_in(answer: Any = None) -> str:
        reason = refused_for(answer or visitor.sign_in(), hospital_a)
        assert not visitor.is_signed_in()
        assert not ProviderAccount.objects.exists()
        return reason

    return sign_in
