"""A second factor shown anew before a dangerous act: in the act's own page, or through the API."""

import datetime as dt
import html
import re

import pyotp
import pytest
import time_machine
from django.test import Client

from audit.models import AuditEvent
from identity.actions import make_recovery_codes
from identity.models import Membership, Passkey, RecoveryCode, SignIn, TotpSecret
from identity.vault import seal
from medicus.lib.clock import now
from tests.cast import ApiClient, Member
from tests.identity.authenticator import Authenticator

CONFIRM, API_CONFIRM = "/account/confirm/", "/api/v1/session/confirm"
CODES, INVITE = "/account/recovery-codes/", "/administration/people/invite/"
REGISTRATION, ASSERTION = "/api/v1/passkeys/registration-options", "/api/v1/passkeys/assertion-options"
NINA = {
    "email": "nina@hospital-a.example",
    "given_name": "Nina",
    "family_name": 'Noll "<b>',
    "function": "nurse",
    "valid_from": "2026-03-02",
    "is_admin": "on",
}


@pytest.fixture(autouse=True)
def one_instant():
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, 10, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def app_of(member: Member) -> pyotp.TOTP:
    """Give a member an authenticator app, and let six minutes pass."""
    secret = pyotp.random_base32()
    TotpSecret.objects.create(
        person=member.person,
        sealed_secret=seal(secret.encode(), owner=member.person.id.bytes),
        created_at=now(),
        confirmed_at=now(),
    )
    member.grow_stale()
    return pyotp.TOTP(secret)


def kept(answer) -> dict[str, str]:
    """The hidden fields of a page's form, as a browser would send them back."""
    page = answer.content.decode().partition("<main")[2]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def key_of(client: Client) -> str:
    return str(client.cookies["session"].value)


def test_the_window_is_five_minutes(alice, one_instant):
    one_instant.shift(299)
    assert b"recovery-codes" in alice.client.post(CODES).content
    one_instant.shift(2)
    assert alice.client.post(CODES).status_code == 403


def test_what_was_typed_is_kept_and_done_with_the_code(adam):
    app = app_of(adam)
    asked = adam.client.post(INVITE, NINA)
    assert asked.status_code == 403
    assert kept(asked) == NINA
    assert "<b>" not in asked.content.decode()
    assert not Membership.objects.filter(person__email=NINA["email"]).exists()
    done = adam.client.post(INVITE, kept(asked) | {"confirm-code": app.at(now())})
    assert done.status_code == 200
    made = Membership.objects.get(person__email=NINA["email"])
    assert made.is_admin
    assert made.person.family_name == NINA["family_name"]


def test_a_wrong_code_keeps_what_was_typed_and_does_nothing(adam):
    app_of(adam)
    refused = adam.client.post(INVITE, NINA | {"confirm-code": "000000"})
    assert refused.status_code == 400
    assert kept(refused) == NINA
    assert "not right" in refused.content.decode()
    assert not Membership.objects.filter(person__email=NINA["email"]).exists()
    assert AuditEvent.objects.filter(event="second-factor:refuse").count() == 1


def test_guesses_are_counted_as_at_the_sign_in(alice):
    app = app_of(alice)
    for _ in range(5):
        assert alice.client.post(CODES, {"confirm-code": "000000"}).status_code == 400
    waits = alice.client.post(CODES, {"confirm-code": app.at(now())})
    assert waits.status_code == 429
    assert int(waits["Retry-After"]) > 0
    assert not RecoveryCode.objects.exists()


def test_a_code_confirms_once(alice):
    app = app_of(alice)
    code = app.at(now())
    assert alice.client.post(CONFIRM, {"confirm-code": code}).status_code == 302
    alice.session_key = key_of(alice.client)
    alice.grow_stale()
    assert alice.client.post(CONFIRM, {"confirm-code": code}).status_code == 400


def test_the_session_goes_on_under_a_new_key_and_the_old_one_is_dead(alice):
    app = app_of(alice)
    before = key_of(alice.client)
    alice.client.post(CONFIRM, {"confirm-code": app.at(now())})
    assert key_of(alice.client) != before
    assert alice.client.get("/api/v1/me").status_code == 200
    assert alice.api.get("/api/v1/me").status_code == 401  # the thief's browser holds the old key
    assert SignIn.objects.get(person=alice.person).session_key == key_of(alice.client)
    event = AuditEvent.objects.get(event="second-factor:repeat")
    assert event.organisation_id == alice.organisation.id


def test_the_device_stays_attached(alice):
    app = app_of(alice)
    alice.add_device()
    alice.client.post(CONFIRM, {"confirm-code": app.at(now())})
    assert alice.client.get("/api/v1/me").json()["device_id"] == str(alice.device.id)


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [("/directory/", "/directory/"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("", "/")],
)
def test_the_way_on_is_our_own(alice, wanted, leads_to):
    app = app_of(alice)
    page = alice.client.get(CONFIRM, {"next": wanted})
    assert page.status_code == 403
    assert "evil.example/" not in re.sub(r'(action|value)="[^"]*"', "", page.content.decode())
    on = alice.client.post(f"{CONFIRM}?next={wanted}", {"confirm-code": app.at(now())})
    assert (on.status_code, on["Location"]) == (302, leads_to)


def test_a_page_that_needs_it_leads_there_and_back(alice):
    app = app_of(alice)
    led = alice.client.get("/account/passkeys/add/")
    assert (led.status_code, led["Location"]) == (302, f"{CONFIRM}?next=%2Faccount%2Fpasskeys%2Fadd%2F")
    back = alice.client.post(led["Location"], {"confirm-code": app.at(now())})
    assert back["Location"] == "/account/passkeys/add/"
    assert alice.client.get(back["Location"]).status_code == 200


def test_a_passkey_that_was_made_in_time_is_added_after_the_factor(alice):
    app = app_of(alice)
    alice.grow_fresh()
    made = Authenticator().create(alice.client.post(REGISTRATION).json()["options"])
    alice.grow_stale()
    asked = alice.client.post("/account/passkeys/add/", {"name": "Key ring", "passkey": made})
    assert asked.status_code == 403
    added = alice.client.post("/account/passkeys/add/", kept(asked) | {"confirm-code": app.at(now())})
    assert added.status_code == 302
    assert Passkey.objects.get(person=alice.person).name == "Key ring"


def test_a_name_without_a_passkey_comes_back_after_the_factor_and_is_no_error(alice):
    app = app_of(alice)
    asked = alice.client.post("/account/passkeys/add/", {"name": "Key ring", "passkey": ""})
    page = alice.client.post("/account/passkeys/add/", kept(asked) | {"confirm-code": app.at(now())})
    assert page.status_code == 200
    assert 'value="Key ring"' in page.content.decode()
    assert "You can add the passkey now" in page.content.decode()


def test_a_passkey_and_a_recovery_code_confirm_as_well(alice):
    key = Authenticator()
    made = key.create(alice.client.post(REGISTRATION).json()["options"])
    alice.client.post("/account/passkeys/add/", {"name": "Key", "passkey": made})
    codes = make_recovery_codes(by=alice.actor)
    alice.grow_stale()
    page = alice.client.get(CONFIRM)
    assert b"medicus-passkey" in page.content
    assert b'name="confirm-code"' not in page.content  # there is no app
    touched = key.get(alice.client.post(ASSERTION).json()["options"])
    assert alice.client.post(CONFIRM, {"confirm-passkey": touched}).status_code == 302
    alice.session_key = key_of(alice.client)
    alice.grow_stale()
    answer = alice.client.post(CONFIRM, {"confirm-recovery_code": codes[0]}, follow=True)
    assert "9 are left" in answer.content.decode()
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


def test_somebody_elses_passkey_confirms_nothing(alice, bob):
    key = Authenticator()
    made = key.create(bob.client.post(REGISTRATION).json()["options"])
    bob.client.post("/account/passkeys/add/", {"name": "Key", "passkey": made})
    alice.grow_stale()
    touched = key.get(alice.client.post(ASSERTION).json()["options"])
    assert alice.client.post(CONFIRM, {"confirm-passkey": touched}).status_code == 400


def test_the_api_says_what_is_missing_and_takes_it(adam, anton):
    app = app_of(adam)
    path = f"/api/v1/administration/people/{anton.membership.id}/deactivate"
    refused = adam.api.post(path)
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:medicus:problem:fresh-factor-required"
    wrong = adam.api.post(API_CONFIRM, {"way": "totp", "value": "000000"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["code"])
    right = adam.api.post(refused.json()["confirm"], {"way": "totp", "value": app.at(now())})
    assert right.json() == {"fresh_until": "2026-03-02T08:05:10Z"}
    assert adam.api.post(path).status_code == 200


def test_the_api_takes_no_password_as_a_second_factor(adam):
    answer = adam.api.post(API_CONFIRM, {"way": "password", "value": "correct horse battery"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["way"])


def test_a_stranger_confirms_nothing(db):
    assert ApiClient().post(API_CONFIRM, {"way": "totp", "value": "1"}).status_code == 401
    assert Client().post(CONFIRM, {"confirm-code": "1"})["Location"].startswith("/sign-in/")


def test_half_a_session_is_no_door_to_it(dora):
    dora.give_password()
    assert dora.client.post(CONFIRM, {"confirm-code": dora.code()})["Location"] == "/sign-in/second-factor/"


def test_a_sign_in_is_fresh(dora):
    dora.give_password()
    dora.give_code()
    assert dora.client.post(CODES).status_code == 200


def test_an_act_of_another_sites_form_is_stopped_before_the_factor_is_looked_at(alice):
    app = app_of(alice)
    alice.client.handler.enforce_csrf_checks = True
    assert b"confirm-title" not in alice.client.post(CODES, {"confirm-code": app.at(now())}).content
    assert not AuditEvent.objects.filter(event="second-factor:repeat").exists()
