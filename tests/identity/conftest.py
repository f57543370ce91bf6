"""Dora, who signs in by hand; and the application of the hospital in the sandbox, in each of its states."""

from dataclasses import dataclass

import pyotp
import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from identity.actions import check_application, check_domain, state_evidence, submit_application
from identity.models import Application, Membership, Person, TotpSecret
from identity.states import EvidenceKind, Function
from identity.vault import seal
from medicus.lib.clock import now
from tests.cast import Member
from tests.conftest import member
from tests.identity.devices import Newcomer, demand_approval
from tests.nameserver import nameserver

PASSWORD = "correct horse battery"
IK = {"kind": EvidenceKind.IK, "reference": "260326822"}
PASSWORD_HASH = make_password(PASSWORD)


@dataclass
class Dora:
    """A physician at Hospital A with a fresh browser. `enrolled`: has a second factor."""

    person: Person
    membership: Membership
    client: Client
    secret: str

    def give_password(self, password: str = PASSWORD, **more: str):
        form = {"email": self.person.email, "password": password} | more
        return self.client.post(reverse("identity:sign-in"), form)

    def give_code(self, code: str | None = None, **more: str):
        return self.client.post(reverse("identity:second-factor"), {"code": code or self.code()} | more)

    def code(self, steps_ago: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(now(), counter_offset=-steps_ago)

    def session_key(self) -> str:
        return self.client.cookies[settings.SESSION_COOKIE_NAME].value

    def is_signed_in(self) -> bool:
        return self.client.get(reverse("identity:me")).status_code == 200


def fresh_browser() -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def newcomer(hospital_a) -> Dora:
    """Dora before her first sign-in: a password, no second factor."""
    made = member(hospital_a, "Dora", "Dietz", Function.PHYSICIAN)
    Person.objects.filter(id=made.person.id).update(password=PASSWORD_HASH, language="en")
    made.person.refresh_from_db()
    return Dora(made.person, made.membership, fresh_browser(), "")


@pytest.fixture
def dora(newcomer: Dora) -> Dora:
    newcomer.secret = pyotp.random_base32()
    TotpSecret.objects.create(
        person=newcomer.person,
        sealed_secret=seal(newcomer.secret.encode(), owner=newcomer.person.id.bytes),
        created_at=now(),
        confirmed_at=now(),
    )
    return newcomer


@pytest.fixture
def zone(settings):
    with nameserver() as served:
        settings.DNS_RESOLVERS = [served.address]
        yield served


@pytest.fixture
def application(sandbox, zone) -> Application:
    found = Application.objects.get(organisation=sandbox)
    zone.texts[f"_medicus-challenge.{sandbox.domain}"] = [found.domain_token]
    return found


@pytest.fixture
def submitted(application, sara) -> dict:
    """What names the submitted application to an operator's action."""
    which = {"organisation_id": application.organisation_id}
    check_domain(by=sara.actor, **which)
    state_evidence(by=sara.actor, **which, **IK)
    submit_application(by=sara.actor, **which)
    return which | {"submission": 1}


@pytest.fixture
def checked(submitted, olga) -> dict:
    check_application(by=olga.actor, **submitted, note="Looked it up.")
    return submitted


def state(which) -> str:
    return Application.objects.get(organisation=which["organisation_id"]).state


@pytest.fixture
def ada(adam: Member) -> Member:
    """Hospital A's second administrator."""
    return member(adam.organisation, "Ada", "Abel", Function.IT, is_admin=True)


@pytest.fixture
def demanded(ada: Member) -> None:
    demand_approval(ada.organisation)


@pytest.fixture
def first(alice: Member, demanded: None) -> Newcomer:
    """Alice's first browser."""
    return Newcomer(alice, keys=alice.browser)
