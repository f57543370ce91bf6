"""The second factor: enrolled once, sealed at rest, each code good for one sign-in."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
import time_machine
from django.db import connection

from audit.models import AuditEvent
from identity.actions import current_code, enrol_totp
from identity.models import Person, TotpSecret
from identity.vault import SealBrokenError, seal, unseal
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, NotFound
from tests.identity.conftest import fresh_browser

ENROL, SECOND_FACTOR = "/enrol/", "/sign-in/second-factor/"


@pytest.fixture(autouse=True)
def one_instant():
    """Codes are of a time: in these tests it only moves when a test moves it."""
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, 10, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def shown_secret(page) -> str:
    (secret,) = re.findall(r'id="secret">([A-Z2-7 ]+)<', page.content.decode())
    return str(secret).replace(" ", "")


def test_a_newcomer_enrols_by_a_code_and_is_signed_in(newcomer):
    assert newcomer.give_password()["Location"] == ENROL
    page = newcomer.client.get(ENROL)
    newcomer.secret = shown_secret(page)
    assert '<img src="data:image/svg+xml' in page.content.decode()
    assert len(newcomer.secret) == 32
    answer = newcomer.client.post(ENROL, {"code": newcomer.code()})
    assert answer["Location"] == "/account/recovery-codes/?next=%2F"
    assert newcomer.is_signed_in()
    assert TotpSecret.objects.get(person=newcomer.person).confirmed_at == now()


def test_before_that_nothing_else_is_reachable(newcomer):
    newcomer.give_password()
    assert newcomer.client.get("/directory/")["Location"] == ENROL
    assert newcomer.client.get("/api/v1/me").status_code == 401
    assert newcomer.client.get("/membership/")["Location"] == ENROL


def test_a_wrong_first_code_enrols_nothing(newcomer):
    newcomer.give_password()
    newcomer.client.get(ENROL)
    answer = newcomer.client.post(ENROL, {"code": "000000"})
    assert answer.status_code == 400
    assert not newcomer.is_signed_in()
    assert TotpSecret.objects.get(person=newcomer.person).confirmed_at is None


def test_a_reload_shows_the_same_secret_until_it_is_confirmed(newcomer):
    newcomer.give_password()
    assert shown_secret(newcomer.client.get(ENROL)) == shown_secret(newcomer.client.get(ENROL))


def test_the_first_code_does_not_work_a_second_time(newcomer):
    newcomer.give_password()
    newcomer.secret = shown_secret(newcomer.client.get(ENROL))
    code = newcomer.code()
    newcomer.client.post(ENROL, {"code": code})
    newcomer.client = fresh_browser()
    newcomer.give_password()
    assert newcomer.give_code(code).status_code == 400


def test_a_stolen_password_does_not_enrol_another_second_factor(dora):
    dora.give_password()
    assert dora.client.get(ENROL).status_code == 409
    assert dora.client.post(ENROL, {"code": dora.code()}).status_code == 409
    assert not dora.is_signed_in()


def test_a_newcomer_cannot_confirm_what_was_never_shown(newcomer):
    newcomer.give_password()
    assert newcomer.client.post(SECOND_FACTOR, {"code": "123456"}).status_code == 400
    assert not newcomer.is_signed_in()


@pytest.mark.parametrize("page", [ENROL, SECOND_FACTOR])
def test_without_the_password_there_is_no_second_factor(page, dora, alice):
    assert dora.client.get(page)["Location"].startswith("/sign-in/")
    assert dora.client.post(page, {"code": dora.code()})["Location"] == "/sign-in/"
    assert alice.client.get(page)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("steps_ago", [1, 0, -1])
def test_a_clock_may_be_half_a_minute_off(dora, steps_ago):
    dora.give_password()
    assert dora.give_code(dora.code(steps_ago)).status_code == 302


@pytest.mark.parametrize("steps_ago", [2, -2])
def test_a_minute_is_too_much(dora, steps_ago):
    dora.give_password()
    assert dora.give_code(dora.code(steps_ago)).status_code == 400


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5x"])
def test_what_is_no_code_is_refused(dora, code):
    dora.give_password()
    assert dora.client.post(SECOND_FACTOR, {"code": code}).status_code == 400


def test_a_code_may_be_typed_with_a_space(dora):
    dora.give_password()
    code = dora.code()
    assert dora.give_code(f" {code[:3]} {code[3:]}").status_code == 302


def test_a_code_works_once(dora):
    code = dora.code()
    dora.give_password()
    assert dora.give_code(code).status_code == 302
    dora.client = fresh_browser()
    dora.give_password()
    answer = dora.give_code(code)
    assert answer.status_code == 400
    assert "used before" in answer.content.decode()
    assert not dora.is_signed_in()


def test_an_older_code_does_not_work_after_a_newer_one(dora):
    dora.give_password()
    dora.give_code()
    dora.client = fresh_browser()
    dora.give_password()
    assert dora.give_code(dora.code(steps_ago=1)).status_code == 400


def test_the_next_code_works(dora, one_instant):
    dora.give_password()
    dora.give_code()
    one_instant.shift(30)
    dora.client = fresh_browser()
    dora.give_password()
    assert dora.give_code().status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_four_who_bring_the_same_code_at_once_one_signs_in(dora):
    browsers = [fresh_browser() for _ in range(4)]
    for browser in browsers:
        browser.post("/sign-in/", {"email": dora.person.email, "password": "correct horse battery"})
    code = dora.code()

    def bring(browser) -> int:
        try:
            return int(browser.post(SECOND_FACTOR, {"code": code}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(bring, browsers))
    assert sorted(answers) == [302, 400, 400, 400]


def test_the_secret_is_sealed_and_bound_to_its_person(dora, alice):
    row = TotpSecret.objects.get(person=dora.person)
    sealed = bytes(row.sealed_secret)
    assert dora.secret.encode() not in sealed
    assert unseal(sealed, owner=dora.person.id.bytes).decode() == dora.secret
    with pytest.raises(SealBrokenError):
        unseal(sealed, owner=alice.person.id.bytes)


@pytest.mark.parametrize("broken", [lambda s: s[:-1], lambda s: s[:-1] + bytes([s[-1] ^ 1]), lambda s: b""])
def test_a_sealed_secret_that_was_changed_does_not_open(broken):
    with pytest.raises(SealBrokenError):
        unseal(broken(seal(b"secret", owner=b"dora")), owner=b"dora")


def test_two_seals_of_one_secret_differ():
    assert seal(b"secret", owner=b"dora") != seal(b"secret", owner=b"dora")


def test_refused_and_confirmed_codes_are_recorded(newcomer):
    newcomer.give_password()
    newcomer.secret = shown_secret(newcomer.client.get(ENROL))
    newcomer.client.post(ENROL, {"code": "000000"})
    newcomer.client.post(ENROL, {"code": newcomer.code()})
    events = AuditEvent.objects.values_list("event", flat=True)
    for event in ("second-factor:enrol", "second-factor:refuse", "second-factor:confirm"):
        assert event in events


def test_the_code_field_suits_telephones_and_password_managers(dora):
    dora.give_password()
    page = dora.client.get(SECOND_FACTOR).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert "autofocus" in page


def test_the_first_code_s_field_leaves_the_qr_code_in_view(newcomer):
    newcomer.give_password()
    page = newcomer.client.get(ENROL).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert "autofocus" not in page


def test_a_half_session_ends_after_ten_minutes(dora, one_instant):
    dora.give_password()
    one_instant.shift(601)
    assert dora.give_code()["Location"].startswith("/sign-in/")
    assert not dora.is_signed_in()


def test_a_half_session_ends_when_the_person_s_sessions_are_ended(dora):
    dora.give_password()
    Person.objects.filter(id=dora.person.id).update(auth_version=2)
    assert dora.give_code().status_code == 401
    assert not dora.is_signed_in()


def test_only_the_service_itself_shows_codes(dora, adam):
    assert current_code(by=SYSTEM, email=dora.person.email) == dora.code()
    with pytest.raises(NotFound):
        current_code(by=adam.actor, email=dora.person.email)


def test_a_signed_in_person_enrols_no_second_one(dora):
    dora.give_password()
    dora.give_code()
    with pytest.raises(Conflict):
        enrol_totp(by=SYSTEM.__class__(dora.person.id, None, None, frozenset()))


def test_the_uri_in_the_qr_code_is_what_authenticators_read(newcomer):
    by = SYSTEM.__class__(newcomer.person.id, None, None, frozenset())
    read: Any = pyotp.parse_uri(enrol_totp(by=by).uri)
    assert (read.issuer, read.name, read.digits, read.interval) == ("Medicus", newcomer.person.email, 6, 30)
