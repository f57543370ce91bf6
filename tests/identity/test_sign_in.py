"""Signing in with a password and a time code, and out again."""

from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from identity.models import Membership, Person
from medicus.lib.clock import now
from tests.identity.conftest import PASSWORD, fresh_browser

SIGN_IN = "/sign-in/"


def test_dora_signs_in_with_password_and_code(dora):
    answer = dora.give_password()
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/second-factor/")
    assert not dora.is_signed_in()
    answer = dora.give_code()
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert dora.is_signed_in()


def test_the_session_gets_a_new_key_at_the_password_and_at_the_code(dora):
    dora.client.cookies[settings.SESSION_COOKIE_NAME] = planted = "a" * 32
    dora.give_password()
    half = dora.session_key()
    dora.give_code()
    full = dora.session_key()
    assert len({planted, half, full}) == 3
    dora.client.cookies[settings.SESSION_COOKIE_NAME] = half
    assert not dora.is_signed_in()


def test_a_session_of_somebody_else_is_not_continued(dora, bob):
    dora.client.cookies[settings.SESSION_COOKIE_NAME] = bob.session_key
    dora.client.post("/sign-out/")
    dora.give_password()
    dora.give_code()
    assert dora.client.get("/api/v1/me").json()["person_id"] == str(dora.person.id)
    assert bob.client.get("/api/v1/me").status_code == 401


def test_the_csrf_secret_changes_with_the_sign_in(dora):
    dora.client.get(SIGN_IN)
    before = dora.client.cookies[settings.CSRF_COOKIE_NAME].value
    dora.give_password()
    dora.client.get("/sign-in/second-factor/")
    assert dora.client.cookies[settings.CSRF_COOKIE_NAME].value != before


def test_a_form_without_its_csrf_token_changes_nothing(dora):
    dora.client.handler.enforce_csrf_checks = True
    assert dora.give_password().status_code == 403


@pytest.mark.parametrize(
    "break_it",
    [
        lambda dora: {"password": "wrong"},
        lambda dora: {"email": "nobody@hospital-a.example"},
        lambda dora: Person.objects.filter(id=dora.person.id).update(is_active=False) and {},
        lambda dora: Membership.objects.filter(id=dora.membership.id).update(valid_until=now()) and {},
        lambda dora: Person.objects.filter(id=dora.person.id).update(password="!unusable") and {},
    ],
    ids=["wrong password", "unknown", "inactive", "membership ended", "no password yet"],
)
def test_every_refusal_is_the_same_answer_after_one_hash(dora, break_it):
    form = {"email": dora.person.email, "password": PASSWORD} | break_it(dora)
    with count_hashes() as hashes:
        answer = dora.client.post(SIGN_IN, form)
    assert hashes.count == 1
    assert answer.status_code == 400
    assert "The e-mail address or the password is not right." in answer.content.decode()
    assert not dora.is_signed_in()
    assert AuditEvent.objects.filter(event="sign-in:refuse").count() == 1


class count_hashes:  # noqa: N801 (reads as a verb)
    """Count how often argon2 runs: as a new hash, or as the check of an old one."""

    def __enter__(self):
        self.count = 0
        hasher = type(hashers.get_hasher())
        self.patches = [
            patch.object(hasher, name, self._counting(getattr(hasher, name))) for name in ("encode", "verify")
        ]
        for each in self.patches:
            each.start()
        return self

    def _counting(self, method):
        def counted(*arguments, **keywords):
            self.count += 1
            return method(*arguments, **keywords)

        return counted

    def __exit__(self, *_):
        for each in self.patches:
            each.stop()


def test_the_right_password_costs_one_hash_too(dora):
    with count_hashes() as hashes:
        assert dora.give_password().status_code == 302
    assert hashes.count == 1


def test_the_address_is_read_without_regard_to_case_and_space(dora):
    assert dora.give_password(email=f"  {dora.person.email.upper()} ").status_code == 302


@pytest.mark.parametrize("wanted", ["/directory/?q=a", "/membership/"])
def test_after_the_sign_in_dora_is_where_she_wanted_to_be(dora, wanted):
    answer = dora.client.get(wanted)
    sign_in = answer["Location"]
    answer = dora.client.get(sign_in)
    assert answer.context["next"] == wanted
    answer = dora.give_password(next=wanted)
    assert dora.client.get(answer["Location"]).context["next"] == wanted
    assert dora.give_code(next=wanted)["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "\\\\evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "https:///evil.example",
        "\thttps://evil.example",
    ],
)
def test_no_link_leads_from_the_sign_in_to_another_site(dora, wanted):
    assert "evil" not in dora.give_password(next=wanted)["Location"]
    assert dora.give_code(next=wanted)["Location"] == "/"


def test_who_is_signed_in_does_not_see_the_form_again(alice):
    assert alice.client.get(SIGN_IN)["Location"] == "/"
    assert alice.client.get(SIGN_IN + "?next=//evil.example")["Location"] == "/"


def test_signing_out_ends_the_session_and_not_only_the_cookie(dora):
    dora.give_password()
    dora.give_code()
    key = dora.session_key()
    assert dora.client.get("/sign-out/").status_code == 405
    assert dora.client.post("/sign-out/")["Location"] == SIGN_IN
    dora.client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not dora.is_signed_in()
    assert AuditEvent.objects.filter(event="sign-in:end").count() == 1


def test_the_half_way_can_be_left(dora):
    dora.give_password()
    dora.client.post("/sign-out/")
    assert dora.client.get("/sign-in/second-factor/")["Location"].startswith(SIGN_IN)


def test_the_next_sign_in_tells_when_the_last_one_was(dora):
    dora.give_password()
    dora.give_code(dora.code(steps_ago=1))
    first = Person.objects.get(id=dora.person.id).last_login
    dora.client = fresh_browser()
    dora.give_password()
    dora.give_code()
    page = dora.client.get(reverse("identity:directory"))
    assert page.context["session"].previous_sign_in_at == first


def test_what_happens_at_a_sign_in_is_recorded(dora):
    dora.give_password()
    dora.give_code()
    recorded = AuditEvent.objects.order_by("at", "event_id").values_list("event", flat=True)
    assert [event for event in recorded if event.startswith("sign-in")] == [
        "sign-in:password",
        "sign-in:complete",
    ]


def test_the_page_names_its_fields_and_its_errors(dora):
    page = dora.client.get(SIGN_IN).content.decode()
    assert 'autocomplete="username webauthn"' in page
    assert 'autocomplete="current-password"' in page
    page = dora.client.post(SIGN_IN, {"email": "no address", "password": "secret-typed"}).content.decode()
    assert 'href="#id_email"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_email_error"' in page
    assert 'id="id_email_error"' in page
    assert "secret-typed" not in page


def test_a_browser_learns_the_language_of_the_person(dora):
    Person.objects.filter(id=dora.person.id).update(language="de")
    dora.give_password()
    answer = dora.give_code()
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"


def test_alice_switches_the_language_for_good(alice):
    answer = alice.client.post("/language/", {"language": "de", "next": "/directory/"})
    assert answer["Location"] == "/directory/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"
    assert Person.objects.get(id=alice.person.id).language == "de"


def test_a_stranger_switches_the_language_of_the_browser(db):
    answer = Client().post("/language/", {"language": "en", "next": "//evil.example"})
    assert answer["Location"] == "/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


def test_there_are_no_other_languages(alice):
    assert alice.client.post("/language/", {"language": "xx"}).status_code == 400
