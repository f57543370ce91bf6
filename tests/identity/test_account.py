"""A person's own account: what is open, what happened, and how it is ended."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from identity import sessions
from identity.access import account
from identity.actions import end_other_sessions, expire, set_password
from identity.models import SignIn
from identity.origin import Origin
from identity.states import Way
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from tests.cast import FIREFOX, sign_in
from tests.identity.conftest import fresh_browser

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
)
ACCOUNT = "/account/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, 10, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def page(client) -> str:
    answer = client.get(ACCOUNT)
    assert answer.status_code == 200
    return answer.content.decode()


def is_signed_in(member) -> bool:
    return bool(member.api.get("/api/v1/me").status_code == 200)


def sign_in_of(member) -> SignIn:
    return SignIn.objects.get(session_key=member.session_key)


def events() -> list[str]:
    return list(AuditEvent.objects.order_by("event_id").values_list("event", flat=True))


def test_the_person_menu_leads_to_the_account(alice):
    assert f'href="{ACCOUNT}"' in alice.client.get("/directory/").content.decode()


def test_alice_sees_where_she_is_signed_in_and_which_session_this_is(alice, clock):
    clock.shift(600)
    other = sign_in(alice.membership)
    clock.shift(60)
    here, there = account(by=alice.actor, session_key=other.session_key).sessions
    assert (here.is_this, there.is_this) == (True, False)
    assert (there.browser, there.system, there.network) == ("Firefox", "Windows", "192.0.2.x")
    assert there.organisation_name == "Hospital A"
    assert there.started_at == now() - dt.timedelta(seconds=660)
    shown = page(other.client)
    assert shown.count("Firefox on Windows, 192.0.2.x") == 2  # the history
    assert shown.count("This session") == 1


def test_alice_ends_a_session_of_hers_from_another_one(alice):
    other = sign_in(alice.membership)
    answer = alice.client.post(f"/account/sessions/{sign_in_of(other).id}/end/", follow=True)
    assert "The session is ended." in answer.content.decode()
    assert not is_signed_in(other)
    assert is_signed_in(alice)
    assert sessions.full(other.session()) is None
    assert events()[-1] == "session:end"


def test_nobody_ends_the_session_of_somebody_else(alice, bob, adam):
    path = f"/account/sessions/{sign_in_of(alice).id}/end/"
    for stranger in (bob, adam):
        assert stranger.client.post(path).status_code == 404
    assert is_signed_in(alice)
    assert alice.client.post(path).status_code == 302


def test_ending_all_others_ends_the_half_sessions_too_and_keeps_this_one(dora):
    dora.give_password()
    dora.give_code()
    elsewhere = sign_in(dora.membership)  # beside the one that the cast has begun
    half = fresh_browser()
    half.post("/sign-in/", {"email": dora.person.email, "password": "correct horse battery"})
    answer = dora.client.post("/account/sessions/end-others/", follow=True)
    assert "2 other sessions are ended." in answer.content.decode()
    assert "You are signed in nowhere else." in answer.content.decode()
    assert dora.is_signed_in()
    assert not is_signed_in(elsewhere)
    assert half.get("/sign-in/second-factor/").status_code in {302, 401}
    assert half.post("/sign-in/second-factor/", {"code": dora.code()}).status_code == 401
    assert "session:end-others" in events()


def test_others_of_bob_stay_when_alice_ends_hers(alice, bob):
    session = alice.session()
    assert end_other_sessions(by=alice.actor, session=session) == 0
    assert is_signed_in(alice)
    assert is_signed_in(bob)


def test_a_session_that_is_over_is_not_listed(alice, clock):
    other = sign_in(alice.membership)
    assert len(account(by=alice.actor, session_key=None).sessions) == 2
    other.client.post("/sign-out/")
    assert len(account(by=alice.actor, session_key=None).sessions) == 1
    set_password(by=SYSTEM, person_id=alice.person.id, password="another long passphrase")
    assert account(by=alice.actor, session_key=None).sessions == []
    assert (
        alice.client.post(f"/account/sessions/{sign_in_of(other).id}/end/").status_code == 302
    )  # to sign in


def test_the_list_follows_a_session_to_its_new_key(alice, hospital_b):
    alice.client.post("/membership/", {"membership": str(alice.membership.id)})
    assert alice.client.cookies[settings.SESSION_COOKIE_NAME].value != alice.session_key
    assert "This session" in page(alice.client)


def test_the_history_tells_way_place_and_result(dora):
    browser = {"HTTP_USER_AGENT": CHROME, "REMOTE_ADDR": "2001:db8:1:2::3"}
    dora.client.post("/sign-in/", {"email": dora.person.email, "password": "wrong"}, **browser)
    dora.give_password()
    dora.give_code("000000")
    dora.give_code()
    rows = SignIn.objects.filter(person=dora.person, session_key__isnull=True) | SignIn.objects.filter(
        session_key=dora.session_key()
    )
    found = set(rows.values_list("way", "succeeded", "network"))
    assert found == {
        ("password", False, "2001:db8:1::/48"),
        ("totp", False, "127.0.0.x"),
        ("totp", True, "127.0.0.x"),
    }
    shown = page(dora.client)
    assert "Chrome on Linux, 2001:db8:1::/48" in shown
    assert shown.count("Refused") == 2


def test_an_unknown_account_takes_the_same_rows_and_leaves_nothing(dora):
    for email in (dora.person.email, "nobody@hospital-a.example"):
        before = SignIn.objects.count()
        answer = fresh_browser().post("/sign-in/", {"email": email, "password": "wrong"})
        assert answer.status_code == 400
        assert SignIn.objects.count() == before + 1
    expire(by=SYSTEM)
    assert not SignIn.objects.filter(person=None).exists()
    assert SignIn.objects.filter(person=dora.person, succeeded=False).count() == 1


def test_the_history_of_bob_is_not_in_the_account_of_alice(alice, bob):
    SignIn.objects.filter(person=bob.person).update(browser="Bobs browser")
    assert "Bobs browser" not in page(alice.client)
    assert "Bobs browser" in page(bob.client)


def test_sign_ins_are_kept_for_ninety_days(alice, clock):
    clock.shift(89 * 86400)
    expire(by=SYSTEM)
    assert SignIn.objects.filter(person=alice.person).exists()
    clock.shift(86400)
    expire(by=SYSTEM)
    assert not SignIn.objects.filter(person=alice.person).exists()


def test_alice_revokes_a_device_after_a_question(alice, device_of):
    device = device_of(alice)
    assert "This device" in page(alice.client)
    path = f"/account/devices/{device.id}/revoke/"
    assert "Revoke for ever" in alice.client.get(path).content.decode()
    device.refresh_from_db()
    assert device.revoked_at is None
    alice.client.post(path)
    device.refresh_from_db()
    assert device.revoked_at is not None
    assert "No device yet" in page(alice.client)
    assert alice.client.post(path).status_code == 404


def test_the_account_shows_no_device_of_somebody_else(alice, anton, device_of):
    device = device_of(anton)
    assert "No device yet" in page(alice.client)
    for ask in (alice.client.get, alice.client.post):
        assert ask(f"/account/devices/{device.id}/revoke/").status_code == 404


@pytest.mark.parametrize(
    "broken",
    [
        {"succeeded": False, "session_key": "a" * 32},
        {"succeeded": True, "way": Way.PASSWORD},
        {"succeeded": True, "person": None},
        {"way": "telepathy"},
    ],
)
def test_the_database_refuses_a_sign_in_that_cannot_be(alice, broken):
    row = SignIn(**({"person": alice.person, "at": now(), "way": Way.TOTP, "succeeded": True} | broken))
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.x"),
        ("::ffff:192.0.2.77", "192.0.2.x"),
        ("2001:db8:7:8:9::1", "2001:db8:7::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_is_shown_without_its_end(address, network):
    assert Origin(address).network == network


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        (FIREFOX, "Firefox", "Windows"),
        (CHROME, "Chrome", "Linux"),
        (CHROME + " Edg/150.0.0.0", "Edge", "Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari",
            "iPhone",
        ),
        ("curl/8", "", ""),
    ],
)
def test_browsers_are_called_as_people_know_them(user_agent, browser, system):
    origin = Origin("", user_agent)
    assert (origin.browser, origin.system) == (browser, system)


def test_a_session_s_row_and_its_sign_in_are_one_transaction(dora, monkeypatch):
    monkeypatch.setattr("identity.actions.attempts.remember_address", lambda **_: 1 / 0)
    dora.give_password()
    before = Session.objects.count()
    with pytest.raises(ZeroDivisionError):
        dora.give_code()
    assert not SignIn.objects.filter(person=dora.person, session_key=dora.session_key()).exists()
    assert Session.objects.count() == before
