"""What an administrator sets up: entered, checked in plain words, turned on and off, by page and API."""

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from audit.models import AuditEvent
from identity.actions import (
    change_single_sign_on,
    check_provider,
    refresh_provider,
    request_refreshes,
    turn_on_single_sign_on,
)
from identity.models import ProviderAccount, SingleSignOn
from identity.oidc.errors import Trouble
from identity.oidc.texts import text_of
from identity.vault import SINGLE_SIGN_ON, SealBrokenError, unseal
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, FreshFactorRequired, Invalid, NotFound, TooManyAttempts
from tests.conftest import member
from tests.identity.sso.conftest import set_up, wanted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
API = "/api/v1/administration/single-sign-on"
SECRET = "a-secret-of-the-provider"


def change(adam, provider, **changes: Any):
    change_single_sign_on(
        by=adam.actor, organisation_id=adam.organisation.id, wanted=wanted(provider, **changes)
    )
    return SingleSignOn.objects.get(organisation=adam.organisation)


def check(adam):
    return check_provider(by=adam.actor, organisation_id=adam.organisation.id)


def events(organisation) -> list[tuple[str, dict[str, Any]]]:
    rows = AuditEvent.objects.filter(organisation_id=organisation.id, event__startswith="single-sign-on")
    return [(row.event, json.loads(bytes(row.canonical))["details"]) for row in rows.order_by("event_id")]


def test_an_administrator_sets_it_up_on_the_page(adam, provider):
    page = reverse("identity:single-sign-on")
    client = adam.client
    assert (
        reverse("identity:provider-answer", args=[adam.organisation.id]) in client.get(page).content.decode()
    )
    form = {
        "issuer": f" {provider.issuer} ",
        "client_id": "medicus",
        "client_secret": SECRET,
        "join_function": "",
    }
    assert client.post(page, form)["Location"] == page
    row = SingleSignOn.objects.get()
    assert (row.issuer, row.client_id, row.is_on) == (provider.issuer, "medicus", False)
    client.post(reverse("identity:single-sign-on-turn-on"))
    assert not SingleSignOn.objects.get().is_on, "not before the check"
    client.post(reverse("identity:single-sign-on-check"))
    client.post(reverse("identity:single-sign-on-turn-on"))
    assert SingleSignOn.objects.get().is_on
    client.post(reverse("identity:single-sign-on-turn-off"))
    assert not SingleSignOn.objects.get().is_on
    assert [event for event, _ in events(adam.organisation)] == [
        "single-sign-on:change",
        "single-sign-on:check",
        "single-sign-on:turn-on",
        "single-sign-on:turn-off",
    ]


def test_the_api_does_the_same(adam, provider):
    body = {"issuer": provider.issuer, "client_id": "medicus", "client_secret": SECRET}
    body |= {"trusts_factor": True, "acr_values": " 2   mfa ", "join_function": "nurse"}
    put = adam.api.put(API, body, content_type="application/json")
    assert put.status_code == 200, put.content
    assert put.json()["acr_values"] == "2 mfa"
    assert adam.api.post(f"{API}/turn-on").status_code == 409
    assert adam.api.post(f"{API}/check").json()["trouble"] == ""
    assert adam.api.post(f"{API}/turn-on").json()["is_on"] is True
    assert adam.api.get(API).json()["is_on"] is True
    assert adam.api.post(f"{API}/turn-off").json()["is_on"] is False


def test_the_secret_is_sealed_and_in_no_answer(adam, provider):
    row = change(adam, provider)
    assert SECRET.encode() not in bytes(row.sealed_secret)
    owner = adam.organisation.id.bytes
    assert unseal(bytes(row.sealed_secret), owner=owner, purpose=SINGLE_SIGN_ON) == SECRET.encode()
    with pytest.raises(SealBrokenError):
        unseal(bytes(row.sealed_secret), owner=bytes(16), purpose=SINGLE_SIGN_ON)
    with pytest.raises(SealBrokenError):
        unseal(bytes(row.sealed_secret), owner=owner)
    pages = adam.client.get(reverse("identity:single-sign-on")).content + adam.api.get(API).content
    assert SECRET.encode() not in pages
    assert SECRET not in str(events(adam.organisation))


def test_an_empty_secret_keeps_the_stored_one(adam, provider):
    before = bytes(change(adam, provider).sealed_secret)
    assert bytes(change(adam, provider, client_secret="", client_id="other").sealed_secret) == before


def test_another_issuer_starts_over(adam, alice, provider):
    """Else who administers could send the stored secret to a machine of their own, or be anybody by another provider."""
    set_up(adam.organisation, provider)
    ProviderAccount.objects.create(
        membership=alice.membership,
        organisation=alice.organisation,
        issuer=provider.issuer,
        subject="a",
        bound_at=now(),
    )
    with pytest.raises(Invalid) as refused:
        change(adam, provider, issuer="https://other.example", client_secret="")
    assert "client_secret" in refused.value.errors
    row = change(adam, provider, issuer="https://other.example", client_secret="new")
    assert (row.is_on, row.provider, row.checked_at) == (False, {}, None)
    assert not ProviderAccount.objects.exists()
    assert events(adam.organisation)[-1][1]["count"] == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issuer": "login.hospital-a.example"}, "issuer"),
        ({"issuer": "ftp://login.hospital-a.example"}, "issuer"),
        ({"issuer": "https://user:pw@login.example"}, "issuer"),
        ({"issuer": "https://login.example/?x=1"}, "issuer"),
        ({"issuer": "https://login.example/#x"}, "issuer"),
        ({"issuer": "https://[", "client_secret": "x"}, "issuer"),
        ({"client_id": " "}, "client_id"),
        ({"client_secret": ""}, "client_secret"),
        ({"client_secret": "x" * 501}, "client_secret"),
        ({"trusts_factor": True}, "acr_values"),
        ({"join_function": "patient"}, "join_function"),
        ({"join_function": "admin"}, "join_function"),
        ({"acr_values": "x" * 501}, "acr_values"),
    ],
)
def test_what_cannot_be_used_is_named(adam, provider, changes, field):
    with pytest.raises(Invalid) as refused:
        change(adam, provider, **changes)
    assert field in refused.value.errors
    assert not SingleSignOn.objects.exists()


def test_a_form_with_an_error_keeps_what_was_typed_but_the_secret(adam, provider):
    form = {"issuer": "login.example", "client_id": "typed-by-adam", "client_secret": SECRET}
    page = adam.client.post(reverse("identity:single-sign-on"), form)
    assert page.status_code == 400
    assert b"typed-by-adam" in page.content
    assert SECRET.encode() not in page.content


# the check


@pytest.mark.parametrize(
    ("behaviour", "trouble"),
    [
        ({"metadata": {"issuer": "https://other.example"}}, Trouble.OTHER_ISSUER),
        ({"metadata": {"issuer": None}}, Trouble.OTHER_ISSUER),
        ({"metadata": {"token_endpoint": None}}, Trouble.INCOMPLETE),
        ({"metadata": {"jwks_uri": 7}}, Trouble.INCOMPLETE),
        ({"metadata": {"authorization_endpoint": "javascript:alert(1)"}}, Trouble.INSECURE),
        ({"metadata": {"response_types_supported": ["id_token"]}}, Trouble.NO_CODE_FLOW),
        ({"metadata": {"code_challenge_methods_supported": ["plain"]}}, Trouble.NO_PKCE),
        ({"metadata": {"id_token_signing_alg_values_supported": ["HS256", "none"]}}, Trouble.NO_ALGORITHM),
        (
            {"metadata": {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}},
            Trouble.NO_AUTHENTICATION,
        ),
        ({"broken": {"/.well-known/openid-configuration": [404, "{}"]}}, Trouble.STATUS),
        ({"broken": {"/.well-known/openid-configuration": [302, "{}"]}}, Trouble.STATUS),
        ({"broken": {"/.well-known/openid-configuration": [200, "<html>"]}}, Trouble.NO_JSON),
        ({"broken": {"/.well-known/openid-configuration": [200, "x" * 300_000]}}, Trouble.UNREACHABLE),
        ({"broken": {"/certs": [200, '{"keys": []}']}}, Trouble.NO_KEYS),
        (
            {"broken": {"/certs": [200, '{"keys": [{"kty": "RSA"}, {"kty": "oct", "k": "AA"}]}']}},
            Trouble.NO_KEYS,
        ),
    ],
)
def test_the_check_says_what_is_wrong(adam, provider, behaviour, trouble):
    change(adam, provider)
    provider.control(**behaviour)
    assert check(adam) == trouble
    page = adam.client.get(reverse("identity:single-sign-on"))
    assert page.context["trouble"] == text_of(trouble)
    assert events(adam.organisation)[-1] == ("single-sign-on:check", {"outcome": trouble.value})
    with pytest.raises(Conflict):
        turn_on_single_sign_on(by=adam.actor, organisation_id=adam.organisation.id)


def test_shared_secrets_are_left_out_where_the_provider_offers_both(adam, provider):
    change(adam, provider)
    provider.control(metadata={"id_token_signing_alg_values_supported": ["HS256", "none", "ES256", "RS256"]})
    assert check(adam) is None
    assert SingleSignOn.objects.get().provider["algorithms"] == ["RS256", "ES256"]


def test_a_slow_provider_is_given_up(adam, provider, monkeypatch):
    monkeypatch.setattr("identity.oidc.requests.TIMEOUT_SECONDS", 0.3)
    change(adam, provider)
    provider.control(delay={"/.well-known/openid-configuration": 1})
    assert check(adam) == Trouble.UNREACHABLE


@pytest.mark.parametrize(
    "issuer",
    [
        "http://169.254.169.254",
        "https://169.254.169.254",
        "https://10.0.0.1",
        "http://192.0.2.1",
        "https://[::1]:1",
    ],
)
def test_the_gate_stops_the_check_at_machines_around_ours(adam, provider, issuer, settings):
    settings.PROVIDER_NETWORKS = []
    change(adam, provider, issuer=issuer)
    assert check(adam) == Trouble.UNREACHABLE


def test_without_the_operators_setting_loopback_is_not_asked(adam, provider, settings):
    settings.PROVIDER_NETWORKS = []
    change(adam, provider)
    assert check(adam) == Trouble.UNREACHABLE


def test_trouble_does_not_end_what_is_on(adam, provider):
    set_up(adam.organisation, provider)
    kept = SingleSignOn.objects.get().provider
    provider.control(metadata={"issuer": "https://other.example"})
    assert check(adam) == Trouble.OTHER_ISSUER
    row = SingleSignOn.objects.get()
    assert (row.is_on, row.provider, row.trouble) == (True, kept, "other-issuer")


def test_the_provider_is_asked_anew_each_day(adam, provider, monkeypatch):
    set_up(adam.organisation, provider)
    sent = []
    monkeypatch.setattr("identity.actions.sso.settings.enqueue", lambda *task: sent.append(task))
    request_refreshes(by=SYSTEM)
    assert sent == []
    SingleSignOn.objects.update(checked_at="2026-01-01T00:00:00Z")
    request_refreshes(by=SYSTEM)
    assert sent == [("identity.tasks.refresh_provider", adam.organisation.id)]
    provider.control(metadata={"token_endpoint": f"{provider.issuer}/token-2"})
    refresh_provider(by=SYSTEM, organisation_id=adam.organisation.id)
    assert SingleSignOn.objects.get().provider["token_endpoint"].endswith("/token-2")
    for action in (request_refreshes, refresh_provider):
        more = {} if action is request_refreshes else {"organisation_id": adam.organisation.id}
        with pytest.raises(NotFound):
            action(by=adam.actor, **more)


def test_checks_are_bounded(adam, provider):
    change(adam, provider, issuer="https://[::1]:1")
    for _ in range(30):
        check(adam)
    with pytest.raises(TooManyAttempts):
        check(adam)


def test_an_operator_sees_checks_and_turns_it_off_on_the_machine(adam, provider, capsys):
    set_up(adam.organisation, provider)
    call_command("single_sign_on", "check", adam.organisation.domain)
    assert provider.issuer in capsys.readouterr().out
    call_command("single_sign_on", "off", adam.organisation.domain)
    assert not SingleSignOn.objects.get().is_on


def test_an_operator_enters_checks_and_turns_it_on_on_the_machine(adam, provider, capsys, monkeypatch):
    domain, secret = adam.organisation.domain, wanted(provider).client_secret
    given = ["single_sign_on", "set", domain, "--issuer", provider.issuer, "--client-id", "medicus"]
    with pytest.raises(CommandError, match="client secret"):
        call_command(*given)
    assert not SingleSignOn.objects.exists()
    monkeypatch.setattr("sys.stdin", StringIO(f"{secret}\n"))
    call_command(*given, "--secret")
    with pytest.raises(CommandError, match="check the provider first"):
        call_command("single_sign_on", "on", domain)
    call_command("single_sign_on", "check", domain)
    call_command("single_sign_on", "on", domain)
    call_command("single_sign_on", "set", domain, "--trust-factor", "--acr-values", "gold")
    row = SingleSignOn.objects.get()
    assert (row.is_on, row.issuer, row.trusts_factor, row.acr_values) == (True, provider.issuer, True, "gold")
    told = capsys.readouterr().out
    assert secret not in told
    assert "asked for by the provider" in told
    events = AuditEvent.objects.filter(organisation_id=adam.organisation.id, event__startswith="single-sign")
    assert events.count() == 4


def test_trouble_is_said_on_the_machine(adam, provider):
    change(adam, provider, issuer="https://[::1]:1")
    with pytest.raises(CommandError):
        call_command("single_sign_on", "check", adam.organisation.domain)
    with pytest.raises(CommandError, match="not found"):
        call_command("single_sign_on", "on", "nobody.example")


# who may


def test_the_domain_comes_first(sara, provider):
    change(sara, provider)
    assert check(sara) is None
    with pytest.raises(Conflict):
        turn_on_single_sign_on(by=sara.actor, organisation_id=sara.organisation.id)


def test_only_administrators_of_this_organisation(adam, berta, alice, provider):
    for stranger in (berta, alice):
        with pytest.raises(NotFound):
            change_single_sign_on(
                by=stranger.actor, organisation_id=adam.organisation.id, wanted=wanted(provider)
            )
        with pytest.raises(NotFound):
            check_provider(by=stranger.actor, organisation_id=adam.organisation.id)


def test_a_change_needs_a_fresh_second_factor(adam, provider):
    stale = replace(adam.actor, verified_at=None)
    with pytest.raises(FreshFactorRequired):
        change_single_sign_on(by=stale, organisation_id=adam.organisation.id, wanted=wanted(provider))


def test_an_administrator_forgets_an_account(adam, provider):
    dora = member(adam.organisation, "Dora", "Dietz")
    ProviderAccount.objects.create(
        membership=dora.membership,
        organisation=dora.organisation,
        issuer=provider.issuer,
        subject="a",
        bound_at=now(),
    )
    page = reverse("identity:person", args=[dora.membership.id])
    assert b"Forget the account at the provider" in adam.client.get(page).content
    path = reverse("identity:person-forget-account", args=[dora.membership.id])
    assert adam.client.post(path)["Location"] == page
    assert not ProviderAccount.objects.exists()
    assert dora.client.get(reverse("identity:me")).status_code == 401, "sessions end"
    assert adam.client.post(path).status_code == 404
