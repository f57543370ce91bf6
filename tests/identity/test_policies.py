"""An organisation's policies: changed, recorded, set back, and what each of them does."""

import datetime as dt
from io import StringIO

import pyotp
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from identity.access import actor_in, actor_of_scope, sessions_still_valid
from identity.actions import change_policies, expire, make_recovery_codes
from identity.models import Membership, Policy, SignIn, TotpSecret
from identity.policies import PolicyName
from identity.states import Function, Way
from identity.vault import seal
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from tests.cast import Member
from tests.identity.authenticator import Authenticator
from tests.identity.conftest import fresh_browser

PAGE, API = "/administration/policies/", "/api/v1/administration/policies"
ADD, CONFIRM = "/account/passkeys/add/", "/account/confirm/"
REGISTRATION, ASSERTION = "/api/v1/passkeys/registration-options", "/api/v1/passkeys/assertion-options"
ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, 10, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def demand(organisation, **values: object) -> None:
    wanted = {PolicyName(name): value for name, value in values.items()}
    change_policies(by=SYSTEM, organisation_id=organisation.id, values=wanted, address="")


def scope(member: Member, address: str = "127.0.0.1") -> dict:
    cookie = f"session={member.session_key}"
    return {"type": "websocket", "headers": [(b"cookie", cookie.encode())], "client": (address, 1)}


def add_passkey(client) -> Authenticator:
    key = Authenticator()
    made = key.create(client.post(REGISTRATION).json()["options"])
    assert client.post(ADD, {"name": "Key", "passkey": made}).status_code == 302
    return key


# the page, the API, the command


def test_each_policy_says_what_it_does_and_its_default(adam):
    page = adam.client.get(PAGE).content.decode()
    for sentence in ("A browser that nobody touches", "Any: app or passkey", "everywhere", "never"):
        assert sentence in page
    assert page.count("Takes effect") == len(PolicyName)


def test_a_change_is_one_event_with_both_values_and_can_be_set_back(adam):
    changed = adam.client.post(PAGE, {"name": "idle_minutes", "idle_minutes": "10"}, follow=True)
    assert "Adam Arnold" in changed.content.decode()
    assert Policy.objects.get().idle_minutes == 10
    back = adam.client.post(PAGE, {"name": "idle_minutes", "default": "1"}, follow=True)
    assert "Saved" in back.content.decode()
    assert Policy.objects.get().idle_minutes == 30
    events = AuditEvent.objects.filter(event="policy:change").order_by("event_id")
    told = [bytes(event.canonical) for event in events]
    assert len(told) == 2
    assert b'"new":"10","old":"30","policy":"idle_minutes"' in told[0]
    assert b'"new":"30","old":"10","policy":"idle_minutes"' in told[1]
    assert {event.organisation_id for event in events} == {adam.organisation.id}


def test_what_changes_nothing_is_no_event(adam):
    adam.client.post(PAGE, {"name": "idle_minutes", "idle_minutes": "30"})
    assert not AuditEvent.objects.filter(event="policy:change").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("idle_minutes", "31"),
        ("idle_minutes", "4"),
        ("idle_minutes", "²"),
        ("absolute_hours", "13"),
        ("absolute_hours", ""),
        ("history_days", "91"),
        ("second_factor", "none"),
        ("strangers", "everybody"),
        ("networks", "192.0.2.0/33"),
        ("networks", "here"),
        ("networks", "198.51.100.0/24"),  # without the administrator's own address
    ],
)
def test_a_value_that_cannot_be_is_refused_and_kept_on_the_page(adam, name, value):
    refused = adam.client.post(PAGE, {"name": name, name: value})
    assert refused.status_code == 400
    assert "That did not work" in refused.content.decode()
    assert not Policy.objects.exists()
    answer = adam.api.patch(API, {name: [value] if name == "networks" else value}, "application/json")
    assert answer.status_code == 400
    assert name in str(answer.json()["errors"])


def test_the_api_changes_all_or_none(adam):
    answer = adam.api.patch(API, {"idle_minutes": 10, "networks": ["127.0.0.1/8", "::1"]}, "application/json")
    values = {each["name"]: each["value"] for each in answer.json()["policies"]}
    assert (values["idle_minutes"], values["networks"]) == (10, ["127.0.0.0/8", "::1/128"])
    refused = adam.api.patch(API, {"idle_minutes": 20, "networks": ["192.0.2.0/24"]}, "application/json")
    assert refused.status_code == 400
    assert Policy.objects.get().idle_minutes == 10
    adam.api.patch(API, {"idle_minutes": None}, "application/json")
    assert Policy.objects.get().idle_minutes == 30


def test_only_administrators_and_only_their_own(adam, anton, berta):
    for stranger in (anton,):
        assert stranger.client.get(PAGE).status_code == 404
        assert stranger.api.patch(API, {"idle_minutes": 10}, "application/json").status_code == 404
    berta.api.patch(API, {"idle_minutes": 10}, "application/json")
    assert not Policy.objects.filter(organisation=adam.organisation).exists()


def test_the_command_shows_changes_and_sets_back(hospital_a):
    def run(*words: str) -> str:
        out = StringIO()
        call_command("organisation", "policy", hospital_a.domain, *words, stdout=out)
        return " ".join(out.getvalue().split())

    assert "idle_minutes 30 absolute_hours" in run()
    assert "idle_minutes 10 30 absolute_hours" in run("idle_minutes", "10")
    assert "idle_minutes 30 absolute_hours" in run("idle_minutes")
    assert Policy.objects.get().changes["idle_minutes"]["person"] == ""
    with pytest.raises(CommandError, match="whole number"):
        run("idle_minutes", "1000")


def test_the_database_keeps_the_limits_too(hospital_a):
    for wrong in ({"idle_minutes": 31}, {"second_factor": "none"}, {"strangers": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Policy.objects.create(organisation=hospital_a, **wrong)


# second factors


def test_who_must_have_a_passkey_adds_one_before_anything_else(adam, anton):
    demand(adam.organisation, second_factor="passkey-administrators")
    assert adam.client.get("/directory/")["Location"] == ADD
    assert adam.api.get(ME).json()["code"] == "passkey-required"
    assert anton.client.get("/directory/").status_code == 200  # is no administrator
    assert adam.client.get(ADD).status_code == 200
    add_passkey(adam.client)
    assert adam.client.get("/directory/").status_code == 200


def test_everybody_means_everybody(anton):
    demand(anton.organisation, second_factor="passkey-all")
    assert anton.client.get("/directory/")["Location"] == ADD
    assert anton.client.post("/sign-out/").status_code == 302


def test_a_code_of_the_app_no_longer_signs_in_who_has_a_passkey(dora, clock):
    dora.give_password()
    dora.give_code()
    key = add_passkey(dora.client)
    demand(dora.membership.organisation, second_factor="passkey-all")
    clock.shift(30)
    dora.client = fresh_browser()
    dora.give_password()
    refused = dora.give_code()
    assert refused.status_code == 400
    assert "demands a passkey" in refused.content.decode()
    touched = key.get(dora.client.post(ASSERTION).json()["options"])
    assert dora.client.post("/sign-in/second-factor/", {"code": "", "passkey": touched}).status_code == 302
    assert dora.is_signed_in()


def test_an_open_session_of_a_code_goes_on_with_the_passkey_and_adds_no_other(alice):
    key = add_passkey(alice.client)
    session = alice.session()
    session["signed-in"] = session["signed-in"] | {"way": "totp"}
    session.save()
    demand(alice.organisation, second_factor="passkey-all")
    led = alice.client.get("/directory/")
    assert led["Location"] == f"{CONFIRM}?next=%2Fdirectory%2F"
    assert alice.client.get(ADD)["Location"].startswith(CONFIRM)
    assert alice.client.post(REGISTRATION).status_code == 403
    assert alice.client.get(led["Location"]).status_code == 403
    touched = key.get(alice.client.post(ASSERTION).json()["options"])
    on = alice.client.post(led["Location"], {"confirm-passkey": touched})
    assert on["Location"] == "/directory/"
    assert alice.client.get("/directory/").status_code == 200


def test_a_recovery_code_opens_the_way_to_another_passkey(dora, clock):
    dora.give_password()
    dora.give_code()
    add_passkey(dora.client)
    codes = make_recovery_codes(by=actor_in(dora.membership, verified_at=now()))
    demand(dora.membership.organisation, second_factor="passkey-all")
    dora.client = fresh_browser()
    dora.give_password()
    dora.client.post("/sign-in/second-factor/", {"code": "", "recovery_code": codes[0]})
    assert dora.client.get("/directory/")["Location"] == ADD
    add_passkey(dora.client)
    assert dora.is_signed_in()


@pytest.mark.django_db(transaction=True)
async def test_a_socket_without_the_passkey_is_not_let_in_and_an_open_one_is_cut(alice):
    from asgiref.sync import sync_to_async

    asked = scope(alice)
    assert await actor_of_scope(asked) is not None
    state = asked["medicus.session"]
    assert await sync_to_async(sessions_still_valid)([state]) == {alice.session_key}
    await sync_to_async(demand)(alice.organisation, second_factor="passkey-all")
    assert await sync_to_async(sessions_still_valid)([state]) == set()
    assert await actor_of_scope(scope(alice)) is None


# times


def sign_in(dora, clock):
    clock.shift(30)
    dora.client = fresh_browser()
    dora.give_password()
    dora.give_code()


def test_idle_and_absolute_limits_hold_from_the_next_sign_in_on(dora, clock):
    sign_in(dora, clock)
    before = dora.client
    demand(dora.membership.organisation, idle_minutes=5, absolute_hours=1)
    sign_in(dora, clock)
    clock.shift(5 * 60 + 1)
    assert dora.client.get(ME).status_code == 401
    assert before.get(ME).status_code == 200
    sign_in(dora, clock)
    for _ in range(14):
        clock.shift(4 * 60)
        assert dora.client.get(ME).status_code == 200
    clock.shift(4 * 60)
    assert dora.client.get(ME).status_code == 401


def test_the_shortest_policy_never_makes_the_services_limits_longer(alice, settings):
    settings.SESSION_COOKIE_AGE = 60
    demand(alice.organisation, idle_minutes=30)
    from identity import sessions

    assert sessions.full(alice.session()).limits.idle_seconds == 60


# networks


def test_outside_the_networks_nobody_works_or_signs_in(alice, bob, dora, clock):
    demand(alice.organisation, networks=["127.0.0.0/8", "2001:db8::/48"])
    assert alice.client.get("/directory/").status_code == 200
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    page = alice.client.get("/directory/", **elsewhere)
    assert page.status_code == 403
    assert "203.0.113.9" in page.content.decode()
    assert alice.api.get(ME, **elsewhere).json()["code"] == "network-not-permitted"
    assert bob.client.get("/directory/", **elsewhere).status_code == 200  # of another organisation
    assert alice.client.get("/directory/", REMOTE_ADDR="2001:db8::7").status_code == 200
    assert alice.client.get("/directory/", REMOTE_ADDR="::ffff:127.0.0.1").status_code == 200
    dora.client.defaults |= elsewhere
    dora.give_password()
    refused = dora.give_code()
    assert refused.status_code == 400
    assert "own networks only" in refused.content.decode()
    assert not dora.is_signed_in()
    assert SignIn.objects.filter(person=dora.person, succeeded=False, way=Way.TOTP).count() == 1


def test_who_works_for_two_signs_in_where_the_network_permits_it(dora, hospital_b):
    second = Membership.objects.create(
        person=dora.person, organisation=hospital_b, function=Function.PHYSICIAN, valid_from=now()
    )
    demand(dora.membership.organisation, networks=["192.0.2.0/24"])
    dora.give_password()
    dora.give_code()
    assert dora.client.get(ME).json()["organisation"]["id"] == str(second.organisation_id)


@pytest.mark.django_db(transaction=True)
async def test_a_socket_from_elsewhere_is_not_let_in_and_an_open_one_is_cut(alice):
    from asgiref.sync import sync_to_async

    asked = scope(alice, "203.0.113.9")
    assert await actor_of_scope(asked) is not None
    await sync_to_async(demand)(alice.organisation, networks=["127.0.0.0/8"])
    assert await sync_to_async(sessions_still_valid)([asked["medicus.session"]]) == set()
    assert await actor_of_scope(scope(alice, "203.0.113.9")) is None
    assert await actor_of_scope(scope(alice, "127.0.0.1")) is not None


# history


def test_the_history_is_kept_as_long_as_the_organisation_says(alice, bob, clock):
    demand(alice.organisation, history_days=7)
    clock.shift(dt.timedelta(days=7))
    expire(by=SYSTEM)
    assert not SignIn.objects.filter(person=alice.person).exists()
    assert SignIn.objects.filter(person=bob.person).exists()


# costs


def test_a_request_costs_no_query_more(adam, django_assert_num_queries):
    demand(adam.organisation, networks=["127.0.0.0/8"], second_factor="any")
    adam.client.get("/account/password/")
    with django_assert_num_queries(2):
        adam.client.get("/account/password/")


def test_a_step_up_takes_no_code_where_a_passkey_is_demanded(alice):
    secret = pyotp.random_base32()
    sealed = seal(secret.encode(), owner=alice.person.id.bytes)
    TotpSecret.objects.create(person=alice.person, sealed_secret=sealed, created_at=now(), confirmed_at=now())
    add_passkey(alice.client)
    demand(alice.organisation, second_factor="passkey-all")
    alice.grow_stale()
    refused = alice.client.post(CONFIRM, {"confirm-code": pyotp.TOTP(secret).at(now())})
    assert refused.status_code == 400
    assert "demands a passkey" in refused.content.decode()
