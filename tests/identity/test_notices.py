"""Sign-ins from new browsers: noticed, shown in the browsers known before, answered."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import AuditEvent
from identity.actions import expire
from identity.models import KnownBrowser, Person, SignIn
from identity.states import Way
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from tests.identity.conftest import PASSWORD, Dora, fresh_browser

QUESTION, UNUSUAL = "from a new browser: was it you?", "Unusual sign-in to your account: was it you?"
PASSWORD_PAGE = "/account/password/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, 10, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def sign_in(dora: Dora, clock, client: Client | None = None, address: str = "127.0.0.1") -> Client:
    """Sign Dora in by hand half a minute later, in a fresh browser or in this one."""
    clock.shift(30)
    dora.client = client or fresh_browser()
    dora.client.defaults["REMOTE_ADDR"] = address
    assert dora.give_password().status_code == 302
    assert dora.give_code().status_code == 302
    return dora.client


def page(client: Client) -> str:
    return client.get("/directory/").content.decode()


def notice() -> SignIn:
    return SignIn.objects.exclude(notice="").get()


def events() -> list[str]:
    return list(AuditEvent.objects.filter(event__startswith="sign-in:").values_list("event", flat=True))


@pytest.fixture
def old(dora, clock) -> Client:
    """The browser in which Dora signed in for the first time."""
    return sign_in(dora, clock)


def test_the_first_sign_in_ever_surprises_nobody(old):
    assert not SignIn.objects.exclude(notice="").exists()
    assert "was it you?" not in page(old)


def test_the_browser_is_known_again_by_its_cookie(dora, old, clock):
    cookie = old.cookies["browser"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 90 * 86400
    assert len(cookie.value) == 43
    known = KnownBrowser.objects.count()
    old.post("/sign-out/")
    sign_in(dora, clock, old)
    assert not SignIn.objects.exclude(notice="").exists()
    assert KnownBrowser.objects.count() == known


def test_a_browser_that_one_person_has_used_is_new_to_another(alice, dora, old, clock):
    """Each row is of a person and a browser; the rows of one browser do not show that they belong together."""
    from identity.actions.browsers import recognise
    from identity.origin import Origin

    Person.objects.filter(id=alice.person.id).update(last_login=now())
    alice.person.refresh_from_db()
    seen = recognise(alice.person, origin=Origin("", "", old.cookies["browser"].value), at=now())
    assert seen.notice == "new-browser"


def test_a_new_browser_is_asked_about_in_the_old_one_only(dora, old, clock):
    new = sign_in(dora, clock)
    assert notice().notice == "new-browser"
    assert QUESTION in page(old)
    assert QUESTION not in page(new)
    new.post("/sign-out/")
    sign_in(dora, clock, new)
    assert QUESTION not in page(new)  # who has signed in is not asked about themselves later, either
    assert "sign-in:notice" in events()


def test_it_was_me(dora, old, clock):
    new = sign_in(dora, clock)
    answer = old.post(f"/account/sign-ins/{notice().id}/mine/", {"next": "/directory/"})
    assert answer["Location"] == "/directory/"
    assert notice().answer == "mine"
    assert QUESTION not in page(old)
    assert new.get("/api/v1/me").status_code == 200
    assert events()[-1] == "sign-in:confirm"


def test_it_was_not_me_ends_that_session_and_all_others_and_leads_to_a_new_password(dora, old, clock):
    known = KnownBrowser.objects.count()
    third = fresh_browser()
    third.cookies["browser"] = old.cookies["browser"].value
    sign_in(dora, clock, third)
    thief = sign_in(dora, clock)
    answer = old.post(f"/account/sign-ins/{notice().id}/not-mine/")
    assert answer["Location"] == PASSWORD_PAGE
    for ended in (thief, third):
        assert ended.get("/api/v1/me").status_code == 401
    assert old.get("/api/v1/me").status_code == 200
    assert events()[-1] == "sign-in:dispute"
    assert "not you" in old.get("/account/").content.decode()
    assert KnownBrowser.objects.count() == known
    changed = old.post(PASSWORD_PAGE, {"password": "a wall of green books", "again": "a wall of green books"})
    assert changed["Location"] == "/account/"
    clock.shift(30)
    dora.client = fresh_browser()
    assert dora.give_password(PASSWORD).status_code == 400


def test_the_thief_is_asked_nothing_and_answers_nothing(dora, old, clock):
    thief = sign_in(dora, clock)
    for answer in ("mine", "not-mine"):
        assert thief.post(f"/account/sign-ins/{notice().id}/{answer}/").status_code == 404
    assert notice().answer == ""


def test_a_notice_is_answered_once(dora, old, clock):
    sign_in(dora, clock)
    path = f"/account/sign-ins/{notice().id}"
    assert old.post(f"{path}/mine/").status_code == 302
    assert old.post(f"{path}/not-mine/").status_code == 404
    assert notice().answer == "mine"


def guess(dora, times: int) -> None:
    for _ in range(times):
        dora.client = fresh_browser()
        dora.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
        assert dora.give_password("wrong horse battery").status_code == 400


@pytest.mark.parametrize(
    ("guesses", "address", "kind"),
    [(3, "203.0.113.9", "unusual"), (2, "203.0.113.9", "new-browser"), (3, "127.0.0.1", "new-browser")],
)
def test_unusual_is_a_new_browser_from_a_new_network_after_refusals(dora, old, clock, guesses, address, kind):
    guess(dora, guesses)
    sign_in(dora, clock, address=address)
    assert notice().notice == kind
    if kind == "unusual":
        assert UNUSUAL in page(old)
        assert "3 attempts had been refused" in page(old)
        assert "203.0.113.x" in page(old)


def test_refusals_of_yesterday_make_nothing_unusual(dora, old, clock):
    guess(dora, 3)
    clock.shift(dt.timedelta(days=1))
    sign_in(dora, clock, address="203.0.113.9")
    assert notice().notice == "new-browser"


def test_it_is_mailed_where_mail_is_configured(
    dora, old, clock, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_HOST = "mail.hospital-a.example"
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(dora, clock)
    (sent,) = mail.outbox
    assert sent.to == [dora.person.email]
    assert "127.0.0.x" in sent.body
    assert "http://localhost:8000/account/" in sent.body


def test_without_a_mail_server_nothing_is_sent(dora, old, clock, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(dora, clock)
    assert mail.outbox == []


def test_a_dispute_is_mailed_to_the_administrators_of_the_own_organisation(
    dora, adam, berta, old, clock, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_HOST = "mail.hospital-a.example"
    sign_in(dora, clock)
    with django_capture_on_commit_callbacks(execute=True):
        old.post(f"/account/sign-ins/{notice().id}/not-mine/")
    (sent,) = mail.outbox
    assert sent.to == [adam.person.email]
    assert "Dietz" not in sent.body


def test_a_browser_is_forgotten_after_ninety_days(dora, old, clock):
    clock.shift(dt.timedelta(days=90))
    expire(by=SYSTEM)
    assert not KnownBrowser.objects.exists()
    sign_in(dora, clock, old)
    assert notice().notice == "new-browser"


def test_a_cookie_that_somebody_made_up_is_only_a_new_browser(dora, old, clock):
    forger = fresh_browser()
    forger.cookies["browser"] = "x" * 5000
    sign_in(dora, clock, forger)
    assert notice().notice == "new-browser"
    assert len(forger.cookies["browser"].value) == 100


def test_the_question_costs_no_query_where_there_is_none(old, django_assert_num_queries):
    page(old)
    with django_assert_num_queries(2):
        old.get(PASSWORD_PAGE)


def test_a_refused_attempt_is_asked_about_by_no_row(dora):
    refused = {"person": dora.person, "at": now(), "way": Way.PASSWORD, "succeeded": False}
    with pytest.raises(IntegrityError), transaction.atomic():
        SignIn.objects.create(**refused, notice="new-browser")
    with pytest.raises(IntegrityError), transaction.atomic():
        SignIn.objects.create(**refused, answer="mine")


def test_the_password_is_changed_with_a_fresh_factor_and_never_sent_back(alice):
    typed = {"password": "a wall of green books", "again": "a wall of green books"}
    alice.grow_stale()
    asked = alice.client.post(PASSWORD_PAGE, typed)
    assert asked.status_code == 403
    assert b"green books" not in asked.content
    alice.grow_fresh()
    assert alice.client.post(PASSWORD_PAGE, {"password": "short", "again": "short"}).status_code == 400
    assert alice.client.post(PASSWORD_PAGE, typed).status_code == 302
    assert Person.objects.get(id=alice.person.id).check_password("a wall of green books")
    assert alice.client.get("/api/v1/me").status_code == 200
