"""Guessing is limited; a doctor is not locked out by strangers."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection

from identity.actions import attempts, sign_in
from identity.models import Attempts, KnownAddress
from medicus.lib.clock import now
from medicus.lib.errors import TooManyAttempts
from tests.identity.conftest import PASSWORD, fresh_browser

HERE, ELSEWHERE = "192.0.2.10", "198.51.100.7"


@pytest.fixture(autouse=True)
def one_instant():
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, 10, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _quick_hash(monkeypatch):
    """Hundreds of argon2 hashes take minutes, and none of them is what is looked at here."""
    monkeypatch.setattr(sign_in, "check_password", lambda password, _: password == PASSWORD)
    monkeypatch.setattr(sign_in, "make_password", lambda password: password)


def give_password(dora, password=PASSWORD, *, address=HERE, email=None):
    form = {"email": email or dora.person.email, "password": password}
    return dora.client.post("/sign-in/", form, REMOTE_ADDR=address)


def fail(dora, times, **where):
    for _ in range(times):
        assert give_password(dora, "wrong", **where).status_code == 400


def test_after_five_wrong_passwords_there_is_a_pause_that_says_how_long(dora):
    fail(dora, 5)
    answer = give_password(dora)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert "try again in 15 minutes" in answer.content.decode()


def test_after_the_pause_it_works_again(dora, one_instant):
    fail(dora, 5)
    one_instant.shift(901)
    assert give_password(dora).status_code == 302


def test_the_pause_is_not_prolonged_by_trying(dora, one_instant):
    fail(dora, 5)
    one_instant.shift(800)
    assert give_password(dora).status_code == 429
    one_instant.shift(101)
    assert give_password(dora).status_code == 302


def test_strangers_do_not_lock_dora_out_at_her_own_address(dora):
    fail(dora, 5, address=ELSEWHERE)
    assert give_password(dora, address=ELSEWHERE).status_code == 429
    assert give_password(dora, address=HERE).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(dora):
    fail(dora, 4)
    assert give_password(dora).status_code == 302
    fail(dora, 4)


def test_one_address_cannot_try_many_accounts(dora):
    for number in range(100):
        attempts.count(attempts.password_limits(email=f"p{number}@hospital-a.example", address=HERE))
    assert give_password(dora).status_code == 429
    assert give_password(dora, address=ELSEWHERE).status_code == 302


def test_right_passwords_do_not_use_up_what_a_hospital_s_shared_address_has(dora):
    for _ in range(3):
        assert give_password(dora).status_code == 302
    assert sum(Attempts.objects.values_list("count", flat=True)) == 0


def test_many_addresses_together_cannot_guess_one_account(dora):
    for number in range(100):
        attempts.count(attempts.password_limits(email=dora.person.email, address=f"203.0.113.{number}"))
    assert give_password(dora, address=ELSEWHERE).status_code == 429


def test_but_where_dora_has_signed_in_before_she_still_can(dora):
    give_password(dora)
    dora.client.post("/sign-in/second-factor/", {"code": dora.code()}, REMOTE_ADDR=HERE)
    for number in range(100):
        attempts.count(attempts.password_limits(email=dora.person.email, address=f"203.0.113.{number}"))
    dora.client = fresh_browser()
    assert give_password(dora, address=HERE).status_code == 302


def test_an_address_is_known_only_after_the_second_factor(dora):
    give_password(dora)
    assert not KnownAddress.objects.exists()


def test_five_wrong_codes_pause_the_account_wherever_they_come_from(dora):
    for _ in range(5):
        dora.client = fresh_browser()
        give_password(dora)
        assert dora.give_code("000000").status_code == 400
    dora.client = fresh_browser()
    give_password(dora, address=ELSEWHERE)
    answer = dora.give_code()
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"


def test_a_whole_ipv6_network_counts_as_one_address(dora):
    for number in range(5):
        assert give_password(dora, "wrong", address=f"2001:db8:0:1::{number:x}").status_code == 400
    assert give_password(dora, address="2001:db8:0:1:ffff::1").status_code == 429
    assert give_password(dora, address="2001:db8:0:2::1").status_code == 302


def test_an_ipv4_address_written_as_ipv6_is_the_same(dora):
    fail(dora, 5, address="192.0.2.10")
    assert give_password(dora, address="::ffff:192.0.2.10").status_code == 429


def test_the_table_tells_nothing_about_whom_and_where(dora):
    fail(dora, 1)
    keys = [bytes(key) for key in Attempts.objects.values_list("key", flat=True)]
    assert all(len(key) == 32 for key in keys)
    assert not any(b"dora" in key or b"192" in key for key in keys)


def test_an_unknown_account_is_limited_alike(dora):
    fail(dora, 5, email="nobody@hospital-a.example")
    assert give_password(dora, email="nobody@hospital-a.example").status_code == 429


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_are_all_counted():
    limit = attempts.Limit(b"k" * 32, 5, 900)

    def guess(_) -> bool:
        try:
            attempts.count([limit])
        except TooManyAttempts:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        passed = sum(threads.map(guess, range(24)))
    assert passed == 5
    assert Attempts.objects.get().count == 24


def test_a_count_is_kept_although_the_guess_is_refused(dora):
    fail(dora, 1)
    for row in Attempts.objects.all():
        assert row.count == 1
        assert row.window_ends_at > now()
