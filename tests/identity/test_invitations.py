"""Invitations: made by Adam, opened by Nora in one browser, and refused to everybody else with a clear word."""

import datetime as dt
import html
import re

import orjson
import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import AuditEvent
from identity.access import STRANGER
from identity.actions import InvitationRefused, accept_invitation, begin_invitation, invite_person
from identity.models import Invitation, Membership, Person, TotpSecret
from identity.session_store import SessionStore
from identity.states import Function, InvitationState
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound, TooManyAttempts
from tests.identity.conftest import PASSWORD, fresh_browser
from tests.identity.test_commands import run

INVITE = "/administration/people/invite/"
NORA = {
    "email": "nora.neu@hospital-a.example",
    "title": "",
    "given_name": "Nora",
    "family_name": "Neu",
    "function": "nurse",
    "department": "",
    "valid_from": "",
    "valid_until": "",
}
PLAIN = {"email": NORA["email"], "given_name": "Nora", "family_name": "Neu", "function": Function.NURSE}


def link_in(answer) -> str:
    found = re.search(r'value="([^"]*/invitation/\?token=[^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return html.unescape(found[1])


def path_of(link):
    return link[link.index("/invitation/") :]


def begin(browser, link):
    return browser.post("/invitation/", {"token": link.rpartition("=")[2], "begin": "1"})


def choose(browser, link, password=PASSWORD, again=None):
    form = {"token": link.rpartition("=")[2], "password": password, "again": again or password}
    return browser.post("/invitation/", form)


def refusals():
    found = AuditEvent.objects.filter(event="invitation:refuse").order_by("event_id")
    return [orjson.loads(bytes(row.canonical))["details"]["reason"] for row in found]


@pytest.fixture
def link(adam) -> str:
    return link_in(adam.client.post(INVITE, NORA))


@pytest.fixture
def nora():
    return fresh_browser()


@pytest.fixture
def place(link) -> Membership:
    return Membership.objects.get(person__email=NORA["email"])


def at(name, membership):
    return reverse(f"identity:{name}", args=[membership.id])


def test_nora_opens_the_link_sets_a_password_and_enrols_a_second_factor(link, nora, hospital_a, place):
    assert "Hospital A" in nora.get(path_of(link)).content.decode()
    assert begin(nora, link).status_code == 302
    assert NORA["email"] in nora.get(path_of(link)).content.decode()
    assert choose(nora, link)["Location"] == "/enrol/"
    assert nora.get("/enrol/").status_code == 200
    assert nora.get("/api/v1/me").status_code == 401
    assert Person.objects.get(email=NORA["email"]).check_password(PASSWORD)
    assert Invitation.objects.get(membership=place).state == InvitationState.ACCEPTED
    told = AuditEvent.objects.filter(organisation_id=hospital_a.id).values_list("event", flat=True)
    assert {"invitation:create", "invitation:begin", "invitation:accept"} <= set(told)


def test_opening_alone_changes_nothing_so_a_scanner_of_mail_does_no_harm(link, nora, place):
    scanner = fresh_browser()
    assert scanner.get(path_of(link)).status_code == 200
    assert NORA["email"] not in scanner.get(path_of(link)).content.decode()
    assert Invitation.objects.get(membership=place).state == InvitationState.OPEN
    assert begin(nora, link).status_code == 302


def test_the_token_stands_nowhere_but_in_the_link(link, place, adam):
    token = link.rpartition("=")[2]
    row = Invitation.objects.filter(membership=place).values().get()
    assert token.encode() not in repr(row).encode()
    assert not any(token.encode() in bytes(event.canonical) for event in AuditEvent.objects.all())
    assert token not in adam.client.get(at("person", place)).content.decode()


def test_a_used_link_is_refused(link, nora):
    begin(nora, link)
    choose(nora, link)
    for browser in (nora, fresh_browser()):
        answer = browser.get(path_of(link))
        assert (answer.status_code, "used already" in answer.content.decode()) == (409, True)
    assert refusals() == ["used", "used"]


def test_another_browser_is_refused_from_the_moment_the_first_has_begun(link, nora):
    thief = fresh_browser()
    begin(thief, link)
    for answer in (nora.get(path_of(link)), begin(nora, link), choose(nora, link)):
        assert answer.status_code == 409
        assert "another browser" in answer.content.decode()
    assert refusals() == ["other-browser"] * 3
    assert choose(thief, link).status_code == 302


def test_of_two_browsers_that_begin_at_once_one_goes_on(link, monkeypatch):
    from identity.actions import links

    token = link.rpartition("=")[2]
    stale = links.link_by_token(Invitation, token)
    begin_invitation(by=STRANGER, token=token, browser="first", address="192.0.2.1")
    monkeypatch.setattr(links, "link_by_token", lambda _kind, _token: stale)
    with pytest.raises(InvitationRefused) as refusal:
        begin_invitation(by=STRANGER, token=token, browser="second", address="192.0.2.1")
    assert refusal.value.extra == {"reason": "other-browser"}


def test_a_password_before_the_link_was_opened_is_refused(link, nora):
    assert choose(nora, link).status_code == 409
    assert refusals() == ["not-begun"]


def test_an_expired_link_is_refused(link, nora):
    begin(nora, link)
    with time_machine.travel(now() + dt.timedelta(days=15), tick=False):
        answer = nora.get(path_of(link))
        assert (answer.status_code, "expired" in answer.content.decode()) == (409, True)
        assert choose(nora, link).status_code == 409
    assert refusals() == ["expired", "expired"]
    assert not Person.objects.get(email=NORA["email"]).has_usable_password()


def test_a_withdrawn_link_is_refused(link, nora, adam, place):
    assert adam.client.post(at("person-revoke-invitation", place)).status_code == 302
    answer = nora.get(path_of(link))
    assert (answer.status_code, "withdrawn" in answer.content.decode()) == (409, True)
    assert refusals() == ["revoked"]
    assert adam.client.post(at("person-revoke-invitation", place)).status_code == 409


def test_a_new_link_takes_the_place_of_the_old_one(link, nora, adam, place):
    newer = link_in(adam.client.post(at("person-invite-again", place)))
    assert nora.get(path_of(link)).status_code == 409
    assert nora.get(path_of(newer)).status_code == 200
    begin(nora, newer)
    choose(nora, newer)
    assert adam.client.post(at("person-invite-again", place)).status_code == 409


@pytest.mark.parametrize("token", ["", "x" * 43, "ä"])
def test_an_unknown_link_is_refused_and_trying_them_out_ends(db, nora, token):
    answer = nora.get("/invitation/", {"token": token})
    assert (answer.status_code, "not one of ours" in answer.content.decode()) == (409, True)
    assert refusals() == ["unknown"]
    for _ in range(49):
        nora.get("/invitation/", {"token": token})
    assert nora.get("/invitation/", {"token": token}).status_code == 429


def test_a_link_before_the_first_day_waits_and_after_the_last_is_refused(adam, nora):
    link = link_in(adam.client.post(INVITE, NORA | {"valid_from": "2099-01-01", "valid_until": "2099-01-31"}))
    assert "not begun yet" in nora.get(path_of(link)).content.decode()
    with time_machine.travel(dt.datetime(2099, 1, 2, 12, tzinfo=dt.UTC), tick=False):
        assert nora.get(path_of(link)).status_code == 200
    Membership.objects.filter(person__email=NORA["email"]).update(deactivated_at=now())
    assert "has ended" in nora.get(path_of(link)).content.decode()
    assert refusals() == ["not-yet", "no-access"]


def test_a_weak_password_is_refused_and_the_link_still_holds(link, nora):
    begin(nora, link)
    for password, again in (("short", "short"), (PASSWORD, "something else")):
        answer = choose(nora, link, password, again)
        assert answer.status_code == 400
        assert "error-summary" in answer.content.decode()
    assert choose(nora, link).status_code == 302


def test_adam_resets_a_password_and_the_second_factor_stays(adam, dora):
    dora.give_password()
    dora.give_code()
    assert dora.is_signed_in()
    link = link_in(adam.client.post(at("person-reset-password", dora.membership)))
    assert not dora.is_signed_in()
    assert dora.give_password().status_code == 400
    browser = fresh_browser()
    begin(browser, link)
    assert choose(browser, link, "another long passphrase")["Location"] == "/sign-in/second-factor/"
    assert TotpSecret.objects.filter(person=dora.person, confirmed_at__isnull=False).exists()
    assert AuditEvent.objects.filter(event="password:reset").exists()


@pytest.mark.parametrize("who", ["alice", "berta"])
def test_others_invite_and_reset_nobody(who, request, adam, place, dora):
    stranger = request.getfixturevalue(who)
    for name in ("person-invite-again", "person-reset-password", "person-revoke-invitation"):
        assert stranger.client.post(at(name, place)).status_code == 404
    with pytest.raises(NotFound):
        invite_person(by=stranger.actor, organisation_id=adam.organisation.id, **PLAIN)
    assert Invitation.objects.get(membership=place).state == InvitationState.OPEN


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"email": "nora@hospital-b.example"}, "hospital-a.example"),
        ({"email": "nora@nothospital-a.example"}, "hospital-a.example"),
        ({"email": "nora"}, "valid"),
        ({"given_name": ""}, "required"),
        ({"function": "patient"}, "valid choice"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "before the first day"),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_made(adam, wrong, word):
    answer = adam.client.post(INVITE, NORA | wrong)
    assert answer.status_code == 400
    assert word in answer.content.decode()
    assert not Person.objects.filter(given_name="Nora").exists()


def test_an_address_is_invited_once(adam, link):
    assert adam.client.post(INVITE, NORA).status_code == 400
    with pytest.raises(Invalid):
        invite_person(by=adam.actor, organisation_id=adam.organisation.id, **PLAIN)


def test_a_link_goes_by_mail_where_a_server_is_named(
    adam, settings, django_capture_on_commit_callbacks, nora
):
    with django_capture_on_commit_callbacks(execute=True):
        adam.client.post(INVITE, NORA)
    assert mail.outbox == []
    settings.EMAIL_HOST = "mail.hospital-a.example"
    place = Membership.objects.get(person__email=NORA["email"])
    with django_capture_on_commit_callbacks(execute=True):
        link = link_in(adam.client.post(at("person-invite-again", place)))
    (letter,) = mail.outbox
    assert letter.to == [NORA["email"]]
    assert link in letter.body


def test_the_api_does_the_same(adam, alice, nora):
    path = "/api/v1/administration/people"
    sent = PLAIN | {"function": "nurse"}
    assert alice.api.post(path, sent).status_code == 404
    made = adam.api.post(path, sent)
    assert made.status_code == 201
    assert nora.get(path_of(made.json()["link"])).status_code == 200
    one = f"{path}/{made.json()['membership_id']}"
    again = adam.api.post(f"{one}/invitation").json()["link"]
    assert adam.api.delete(f"{one}/invitation").status_code == 204
    assert nora.get(path_of(again)).status_code == 409
    reset = adam.api.post(f"{one}/reset-password")
    assert nora.get(path_of(reset.json()["link"])).status_code == 200


def test_the_operator_prints_a_link(dora, newcomer, nora):
    words = (dora.person.email, "--organisation", dora.membership.organisation.domain)
    link = run("person", "reset_password", *words).strip()
    assert nora.get(path_of(link)).status_code == 200
    assert run("person", "invite_again", *words).strip() != link


def test_the_database_itself_allows_one_open_link_bound_to_one_browser(link, place):
    row = Invitation.objects.get(membership=place)
    copy = Invitation(
        membership=place,
        state=InvitationState.OPEN,
        token_hash=bytes(32),
        created_at=now(),
        expires_at=row.expires_at,
    )
    rows = Invitation.objects.filter(id=row.id)
    for break_it in (
        copy.save,
        lambda: rows.update(state=InvitationState.BEGUN),
        lambda: rows.update(state=InvitationState.ACCEPTED, ended_at=now()),
        lambda: rows.update(expires_at=row.created_at),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            break_it()


def test_an_attempt_too_many_is_told_to_the_api_s_callers_too(db):
    arguments = {"by": STRANGER, "token": "x", "browser": "b", "address": "192.0.2.9", "password": PASSWORD}
    for _ in range(50):
        with pytest.raises(InvitationRefused):
            accept_invitation(session=SessionStore(), **arguments)
    with pytest.raises(TooManyAttempts):
        accept_invitation(session=SessionStore(), **arguments)
