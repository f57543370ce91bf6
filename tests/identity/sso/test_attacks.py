"""What an attacker would try with the answers of providers. Each is refused, recorded, and leaves nobody signed in."""

import threading
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from identity.models import Membership, ProviderSignIn, SignIn, SingleSignOn
from identity.states import Way
from medicus.lib.clock import now
from tests.identity.sso.conftest import Visitor, refusals, refused_for, set_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
EMAIL = "dora.dietz@hospital-a.example"


# the answer


def test_an_answer_counts_once(trusting, visitor, provider, dora, hospital_a):
    location = provider.authorize(visitor.leave())
    visitor.arrive(location)
    assert visitor.is_signed_in()
    again = visitor.arrive(location)
    assert refused_for(again, hospital_a) == "unknown-state"


def test_two_at_once_with_one_answer_get_one_session(trusting, visitor, provider, dora):
    location = provider.authorize(visitor.leave())
    cookies = {name: morsel.value for name, morsel in visitor.client.cookies.items()}
    statuses = []

    def arrive():
        other = Visitor(provider, Client())
        for name, value in cookies.items():
            other.client.cookies[name] = value
        try:
            statuses.append(other.arrive(location).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=arrive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [302, 403, 403, 403]


def test_a_state_that_nobody_made_is_refused(refuse, visitor):
    assert refuse(visitor.back(visitor.leave(), state="x" * 48)) == "unknown-state"


def test_an_answer_without_state_is_refused(refuse, visitor):
    assert refuse(visitor.back(visitor.leave(), state=None)) == "unknown-state"


def test_a_state_that_came_twice_is_none(refuse, visitor, provider):
    location = provider.authorize(visitor.leave())
    state = dict(parse_qsl(urlsplit(location).query))["state"]
    parts = urlsplit(location)
    assert refuse(visitor.client.get(f"{parts.path}?{parts.query}&state={state}")) == "unknown-state"


def test_an_answer_after_ten_minutes_is_refused(refuse, visitor, provider):
    address = visitor.leave()
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert refuse(visitor.back(address)) == "unknown-state"


def test_an_answer_in_another_browser_is_refused_and_still_holds_in_the_right_one(
    trusting, visitor, provider, dora, hospital_a
):
    """Else an attacker could have somebody sign in as the attacker, or take over an answer that was seen."""
    location = provider.authorize(visitor.leave())
    attacker = Visitor(provider)
    attacker.leave("eve@hospital-a.example")
    assert refused_for(attacker.arrive(location), hospital_a) == "other-browser"
    assert not attacker.is_signed_in()
    visitor.arrive(location)
    assert visitor.is_signed_in()


def test_a_code_of_another_browser_is_refused_by_its_verifier(refuse, visitor, provider):
    """A code that was stolen, put into an answer of one's own: PKCE binds it to who has asked for it."""
    victim = Visitor(provider)
    stolen = dict(parse_qsl(urlsplit(provider.authorize(victim.leave())).query))["code"]
    assert refuse(visitor.back(visitor.leave(), code=stolen)) == "code-refused:400"


def test_an_invented_code_is_refused(refuse, visitor):
    assert refuse(visitor.back(visitor.leave(), code="invented")) == "code-refused:400"


def test_an_answer_without_code_is_refused(refuse, visitor):
    assert refuse(visitor.back(visitor.leave(), code=None)) == "no-code"


def test_an_error_of_the_provider_is_one_page(refuse, visitor):
    answer = visitor.back(visitor.leave(), code=None, error="access_denied")
    assert refuse(answer) == "provider-error:access_denied"


def test_what_stands_in_an_error_is_not_repeated(refuse, visitor):
    answer = visitor.back(visitor.leave(), code=None, error="<script>alert(1)</script>")
    assert b"alert(1)" not in answer.content
    assert refuse(answer) == "provider-error:other"


# the wrong provider


def test_the_answer_of_another_hospitals_provider_is_refused_at_ours(
    trusting, visitor, provider, other_provider, hospital_a, hospital_b, dora
):
    """Mix-up: the browser began at B, and B's answer is brought to the address of A."""
    set_up(hospital_b, other_provider)
    at_b = Visitor(other_provider, visitor.client)
    location = other_provider.authorize(at_b.leave("bob@hospital-b.example"))
    to_a = location.replace(str(hospital_b.id), str(hospital_a.id))
    assert refused_for(visitor.arrive(to_a), hospital_a) == "other-organisation"
    assert not visitor.is_signed_in()
    assert not provider.seen("token"), "the code went to nobody"
    assert not other_provider.seen("token")


def test_an_answer_that_names_another_issuer_is_refused(refuse, visitor, provider, other_provider):
    assert refuse(visitor.back(visitor.leave(), iss=other_provider.issuer)) == "answer-of-other-issuer"
    assert not provider.seen("token"), "the code went to nobody"


@pytest.mark.parametrize("issuer", [None, ""])
def test_an_answer_without_issuer_is_refused_where_the_provider_always_names_it(refuse, visitor, issuer):
    assert refuse(visitor.back(visitor.leave(), iss=issuer)) == "answer-of-other-issuer"


def test_another_issuer_is_refused_also_where_the_provider_need_not_name_it(
    provider, other_provider, visitor, hospital_a, dora
):
    provider.control(metadata={"authorization_response_iss_parameter_supported": None})
    set_up(hospital_a, provider)
    answer = visitor.back(visitor.leave(), iss=other_provider.issuer)
    assert refused_for(answer, hospital_a) == "answer-of-other-issuer"


def test_an_id_token_of_another_provider_is_refused(refuse, visitor, provider, other_provider):
    """Its own token endpoint sends what the other one has signed, claims and all."""
    provider.control(claims={"iss": other_provider.issuer})
    assert refuse() == "id-token-claim:iss"


def test_an_answer_to_settings_that_were_changed_is_refused(refuse, visitor, hospital_a):
    address = visitor.leave()
    ProviderSignIn.objects.update(issuer="https://old.hospital-a.example")
    assert refuse(visitor.back(address)) == "settings-changed"


def test_after_it_is_turned_off_no_answer_counts(trusting, visitor, dora):
    address = visitor.leave()
    SingleSignOn.objects.update(is_on=False)
    assert visitor.back(address).status_code == 404
    assert not visitor.is_signed_in()


def test_the_provider_refuses_another_redirect_address(trusting, visitor, provider):
    address = visitor.leave()
    changed = address.replace("answer", "elsewhere")
    assert changed != address
    with pytest.raises(AssertionError, match="400"):
        provider.authorize(changed)


# the person


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_an_address_that_the_provider_has_not_verified_is_refused(refuse, provider, verified):
    provider.control(claims={"email_verified": verified})
    assert refuse() == "email-unverified"


@pytest.mark.parametrize(
    "email",
    [
        None,
        "",
        "dora",
        "dora@gmail.example",
        "dora@hospital-a.example.evil.example",
        "dora@evilhospital-a.example",
        "dora@example",
        "bob@hospital-b.example",
        "dora@hospital-a.example@hospital-b.example",
        ["dora.dietz@hospital-a.example"],
    ],
)
def test_an_address_outside_the_domain_is_refused(refuse, provider, hospital_b, email):
    provider.control(claims={"email": email})
    assert refuse() == "email-domain"


def test_a_domain_within_ours_that_is_another_organisations_is_theirs(refuse, provider, hospital_b):
    hospital_b.domain = "praxis.hospital-a.example"
    hospital_b.save(update_fields=["domain"])
    provider.control(claims={"email": "bob@praxis.hospital-a.example"})
    assert refuse() == "email-domain"


def test_the_same_address_with_another_subject_is_refused(trusting, visitor, provider, dora, hospital_a):
    """An address may be given to somebody new; an account at the provider may not."""
    visitor.sign_in()
    user = {"sub": "sub-of-somebody-new", "email": EMAIL, "email_verified": True}
    provider.control(user=user)
    answer = Visitor(provider).sign_in()
    assert refused_for(answer, hospital_a) == "subject-changed"
    row = SignIn.objects.filter(person=dora.person).latest("at")
    assert (row.way, row.succeeded) == (Way.PROVIDER, False), "the person sees it in their history"


def test_nobody_joins_as_administrator(trusting, visitor, provider, hospital_a):
    provider.control(claims={"groups": ["admin"], "roles": ["admin"], "is_admin": True})
    visitor.sign_in()
    assert not Membership.objects.get(person__email=EMAIL).is_admin


# the provider's side breaks


@pytest.mark.parametrize("path", ["/token", "/certs"])
def test_a_slow_provider_is_given_up(refuse, provider, path, monkeypatch):
    monkeypatch.setattr("identity.oidc.requests.TIMEOUT_SECONDS", 0.3)
    provider.control(delay={path: 1})
    assert refuse() == "provider-unreachable"


@pytest.mark.parametrize("path", ["/token", "/certs"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ([200, "x" * 300_000], "provider-unreachable"),
        ([200, "<html>"], "provider-no-json"),
        ([200, "[]"], "provider-no-json"),
        ([302, "{}"], None),
        ([500, "{}"], None),
        ([200, "{}"], None),
    ],
)
def test_odd_answers_of_the_provider_let_nobody_in(refuse, provider, path, answer, reason):
    provider.control(broken={path: answer})
    expected = {
        ("/token", 302): "code-refused:302",
        ("/token", 500): "code-refused:500",
        ("/token", 200): "no-id-token",
        ("/certs", 302): "provider-status:302",
        ("/certs", 500): "provider-status:500",
        ("/certs", 200): "no-keys",
    }
    assert refuse() == (reason or expected[path, answer[0]])


def test_without_the_operators_setting_no_provider_on_loopback_is_asked(refuse, visitor, settings, provider):
    address = visitor.leave()
    settings.PROVIDER_NETWORKS = []
    assert refuse(visitor.back(address)) == "provider-unreachable"
    assert not provider.seen("token")


# where to go on


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
    ],
)
def test_no_sign_in_ends_elsewhere(trusting, visitor, dora, address):
    assert visitor.sign_in(next=address)["Location"] == "/"


# how often


def test_refused_answers_are_bounded(trusting, visitor, hospital_a):
    path = reverse("identity:provider-answer", args=[hospital_a.id])
    statuses = [visitor.client.get(f"{path}?state=x").status_code for _ in range(101)]
    assert statuses == [403] * 100 + [429]
    assert len(refusals(hospital_a)) == 100


def test_an_organisation_that_is_not_there_is_told_like_one_without(visitor, hospital_a):
    unknown = visitor.client.get("/sign-in/hospital/01900000-0000-7000-8000-00000000dead/answer/?state=x")
    without = visitor.client.get(reverse("identity:provider-answer", args=[hospital_a.id]) + "?state=x")
    assert unknown.status_code == without.status_code == 404
