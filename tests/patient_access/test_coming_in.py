"""Erika comes in: Alice invites her, she opens the link, types the code, and sees her own page. Everybody else is refused."""

import datetime as dt
import html
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client

from audit.models import AuditEvent
from identity.access import STRANGER
from identity.actions import InvitationRefused, accept_as_new
from identity.models import Membership, PatientInvitation, Person, TotpSecret
from identity.origin import Origin
from identity.session_store import SessionStore
from identity.states import Function, InvitationState
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid
from storage.models import PatientLink
from tests.cast import FIREFOX, sign_in
from tests.conftest import member
from tests.identity.conftest import fresh_browser
from tests.patients import (
    PASSWORD,
    also_connected,
    begin,
    connected,
    invited,
    open_link,
    take_up,
    taking,
)
from tests.storage.folders import folder_of

EMAIL = "erika@home.example"
PAGE = "/patients/{}/sign-in/"


@pytest.fixture
def made(alice, record):
    return invited(alice, record)


@pytest.fixture
def phone() -> Client:
    return fresh_browser()


def reasons() -> list[str]:
    found = AuditEvent.objects.filter(event="invitation:refuse").order_by("event_id")
    return [orjson.loads(bytes(row.canonical))["details"]["reason"] for row in found]


def events_of(organisation: Any) -> set[str]:
    return set(AuditEvent.objects.filter(organisation_id=organisation.id).values_list("event", flat=True))


# the way in


def test_erika_opens_the_link_types_the_code_and_enrols_a_second_factor(alice, record, phone):
    answer = alice.client.post(PAGE.format(record.patient_id) + "invite/", {"email": ""})
    page = html.unescape(answer.content.decode())
    code = re.search(r'id="patient-code">(\d{4} \d{4})<', page)
    link = re.search(r'value="[^"]*(/patient-invitation/\?token=[^"]+)"', page)
    assert code
    assert link
    token = link[1].rpartition("=")[2]
    looked = phone.get(link[1]).content.decode()
    assert "Hospital A" in looked
    assert "Muster" not in looked
    assert 'name="code"' not in looked
    assert open_link(phone, token).status_code == 302
    assert 'name="code"' in phone.get(link[1]).content.decode()
    assert take_up(phone, token, code[1])["Location"] == "/enrol/"
    person = Person.objects.get(email=EMAIL)
    assert (person.given_name, person.family_name) == ("Erika", "Muster")
    assert person.check_password(PASSWORD)
    place = Membership.objects.get(person=person)
    assert (place.function, place.is_admin, place.organisation) == (
        Function.PATIENT,
        False,
        alice.organisation,
    )
    assert PatientLink.objects.get(patient_id=record.patient_id).membership == place
    assert {"invitation:create", "invitation:begin", "invitation:accept", "patient:link"} <= events_of(
        alice.organisation
    )
    assert phone.get("/").status_code == 302, "the second factor is still missing"


def test_link_and_code_stand_nowhere_but_on_the_page_that_shows_them_once(made, alice, record):
    row = repr(PatientInvitation.objects.values().get())
    told = b"".join(bytes(event.canonical) for event in AuditEvent.objects.all())
    page = alice.client.get(PAGE.format(record.patient_id)).content
    for secret in (made.token, made.code, made.code.replace(" ", "")):
        assert secret not in row
        assert secret.encode() not in told + page


def test_the_link_goes_by_mail_and_the_code_does_not(
    alice, record, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_HOST = "mail.example"
    with django_capture_on_commit_callbacks(execute=True):
        made = invited(alice, record, email="Erika@home.example", language="en")
    (letter,) = mail.outbox
    assert letter.to == [EMAIL]
    assert made.token in letter.body
    assert made.code not in letter.body
    assert made.code.replace(" ", "") not in letter.body
    assert "Muster" not in letter.body


def test_the_code_holds_however_it_is_typed(made, phone):
    open_link(phone, made.token)
    assert take_up(phone, made.token, made.code.replace(" ", "-")).status_code == 302


def test_a_patient_of_two_hospitals_has_one_account_with_both_records(alice, bob, record):
    erika = connected(alice, record)
    there = folder_of(bob, identifier="B-1")
    assert also_connected(bob, there, erika) != erika.membership
    found = erika.api.get("/api/v1/me/records").json()["results"]
    assert [one["organisation"]["name"] for one in found] == ["Hospital A", "Hospital B"]
    assert {one["level"]["level"] for one in found} == {"link-and-code"}


def test_who_has_a_second_factor_already_goes_on_with_it(alice, bob, record, phone):
    erika = connected(alice, record)
    TotpSecret.objects.create(person=erika.person, sealed_secret=b"x", created_at=now(), confirmed_at=now())
    made = invited(bob, folder_of(bob, identifier="B-1"))
    open_link(phone, made.token)
    answer = take_up(phone, made.token, made.code, known="1")
    assert answer["Location"] == "/sign-in/second-factor/"


# who is refused


def test_the_link_alone_opens_nothing(made, phone):
    open_link(phone, made.token)
    assert take_up(phone, made.token, "").status_code == 400
    assert take_up(phone, made.token, "0000 0000").status_code == 400
    assert not Person.objects.filter(email=EMAIL).exists()
    assert reasons() == ["code"]


def test_after_five_wrong_codes_the_right_one_is_refused_too(made, phone, alice, record):
    open_link(phone, made.token)
    wrong = f"{(int(made.code.replace(' ', '')) + 1) % 10**8:08d}"
    answers = [take_up(phone, made.token, wrong) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [400] * 4 + [409]
    assert "4 more times" in answers[0].content.decode()
    assert "once more" in answers[3].content.decode()
    last = take_up(phone, made.token, made.code)
    assert last.status_code == 409
    assert "wrong too often" in last.content.decode()
    assert reasons() == ["code"] * 4 + ["codes"] * 2
    assert "wrong too often" in alice.client.get(PAGE.format(record.patient_id)).content.decode()
    assert not Person.objects.filter(email=EMAIL).exists()


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_are_all_counted(made):
    begin(made)
    wrong = f"{(int(made.code.replace(' ', '')) + 1) % 10**8:08d}"

    def guess(number: int) -> str:
        given = taking(made, code=wrong, origin=Origin(f"192.0.2.{number}", FIREFOX))
        try:
            accept_as_new(
                by=STRANGER,
                session=SessionStore(),
                taking=given,
                email=EMAIL,
                password=PASSWORD,
                language="en",
            )
        except Invalid:
            return "counted"
        except InvitationRefused as refused:
            return str(refused.extra["reason"])
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(guess, range(16)))
    assert answers == ["codes"] * 12 + ["counted"] * 4
    row = PatientInvitation.objects.get()
    assert (row.state, row.wrong_codes) == (InvitationState.REVOKED, 5)


def test_a_right_code_with_a_weak_password_costs_no_attempt_and_loses_nothing(made, phone):
    open_link(phone, made.token)
    answer = take_up(phone, made.token, made.code, password="short", again="short")
    assert answer.status_code == 400
    assert EMAIL in answer.content.decode()
    assert PatientInvitation.objects.get().wrong_codes == 0
    assert take_up(phone, made.token, made.code).status_code == 302


def test_a_used_link_is_refused(made, phone):
    open_link(phone, made.token)
    take_up(phone, made.token, made.code)
    for browser in (phone, fresh_browser()):
        assert take_up(browser, made.token, made.code, email="thief@home.example").status_code == 409
    assert reasons() == ["used", "used"]


def test_another_browser_is_refused_from_the_moment_the_first_has_begun(made, phone):
    thief = fresh_browser()
    open_link(thief, made.token)
    assert open_link(phone, made.token).status_code == 409
    assert take_up(phone, made.token, made.code).status_code == 409
    assert reasons() == ["other-browser"] * 2


def test_a_link_that_nobody_opened_takes_no_code(made, phone):
    assert take_up(phone, made.token, made.code).status_code == 409
    assert reasons() == ["not-begun"]


def test_an_expired_link_is_refused(made, phone):
    open_link(phone, made.token)
    with time_machine.travel(now() + dt.timedelta(days=8), tick=False):
        answer = take_up(phone, made.token, made.code)
    assert (answer.status_code, "expired" in answer.content.decode()) == (409, True)
    assert reasons() == ["expired"]


def test_a_withdrawn_link_is_refused_and_a_new_one_ends_the_one_before(made, alice, record, phone):
    second = invited(alice, record)
    assert open_link(phone, made.token).status_code == 409
    assert alice.client.post(PAGE.format(record.patient_id) + "withdraw/").status_code == 302
    assert open_link(phone, second.token).status_code == 409
    assert reasons() == ["revoked"] * 2
    assert alice.client.post(PAGE.format(record.patient_id) + "withdraw/").status_code == 409


def test_the_code_of_one_invitation_does_not_open_the_link_of_another(alice, bob, record, phone):
    mine, other = invited(alice, record), invited(bob, folder_of(bob, identifier="B-1"))
    open_link(phone, mine.token)
    assert take_up(phone, mine.token, other.code).status_code == 400
    assert reasons() == ["code"]


def test_of_two_requests_that_take_the_link_up_at_once_one_is_refused_and_nothing_of_it_stays(
    made, monkeypatch
):
    from identity.actions import links

    begin(made)
    stale = links.link_by_token(PatientInvitation, made.token)
    given = {"by": STRANGER, "password": PASSWORD, "language": "en"}
    accept_as_new(session=SessionStore(), taking=taking(made), email=EMAIL, **given)
    monkeypatch.setattr(links, "link_by_token", lambda _kind, _token: stale)
    with pytest.raises(InvitationRefused):
        accept_as_new(session=SessionStore(), taking=taking(made), email="thief@home.example", **given)
    assert not Person.objects.filter(email="thief@home.example").exists()
    assert PatientLink.objects.count() == 1


def test_an_address_that_has_an_account_is_told_only_to_who_has_link_and_code(made, phone, bob):
    open_link(phone, made.token)
    answer = take_up(phone, made.token, "0000 0000", email=bob.person.email)
    assert "account with this address" not in answer.content.decode()
    answer = take_up(phone, made.token, made.code, email=bob.person.email)
    assert (answer.status_code, "account with this address" in answer.content.decode()) == (400, True)
    assert reasons() == ["code", "address"]


def test_an_account_of_staff_takes_up_no_invitation(made, phone, bob):
    bob.person.set_password(PASSWORD)
    bob.person.save()
    open_link(phone, made.token)
    answer = take_up(phone, made.token, made.code, email=bob.person.email, known="1")
    assert (answer.status_code, "somebody who works" in answer.content.decode()) == (409, True)
    assert reasons() == ["other-account"]
    assert PatientInvitation.objects.get().state == InvitationState.BEGUN
    assert not PatientLink.objects.exists()


def test_a_wrong_password_of_a_known_account_connects_nothing(alice, bob, record, phone):
    connected(alice, record)
    made = invited(bob, folder_of(bob, identifier="B-1"))
    open_link(phone, made.token)
    answer = take_up(phone, made.token, made.code, known="1", password="not the password")
    assert answer.status_code == 400
    assert PatientLink.objects.count() == 1


def test_one_account_has_one_record_of_a_hospital(alice, record, phone):
    erika = connected(alice, record)
    made = invited(alice, folder_of(alice, identifier="4712"))
    open_link(phone, made.token)
    assert take_up(phone, made.token, made.code, email=erika.person.email, known="1").status_code == 409
    assert reasons() == ["other-account"]


def test_nothing_in_the_form_makes_anybody_more_than_a_patient(made, phone, alice):
    open_link(phone, made.token)
    more = {"function": "physician", "is_admin": "on", "roles": "clinician", "organisation": "x"}
    take_up(phone, made.token, made.code, **more, patient_id="01900000-0000-7000-8000-000000000000")
    erika = sign_in(Membership.objects.get(person__email=EMAIL))
    assert (erika.membership.function, erika.membership.is_admin) == (Function.PATIENT, False)
    changed = erika.api.generic("PATCH", "/api/v1/me", b'{"function": "physician"}', "application/json")
    assert changed.status_code == 404
    assert erika.client.get("/patients/").status_code == 404


def test_a_patient_is_never_an_administrator_says_the_database(alice, record):
    erika = connected(alice, record)
    with pytest.raises(IntegrityError, match="patient_is_never_admin"), transaction.atomic():
        Membership.objects.filter(id=erika.membership.id).update(is_admin=True)


# who may invite


def test_only_clinicians_of_the_hospital_invite(alice, anton, adam, bob, record):
    path = PAGE.format(record.patient_id)
    for stranger in (adam, bob):
        assert stranger.client.get(path).status_code == 404
        assert stranger.client.post(path + "invite/", {"email": ""}).status_code == 404
    assert not PatientInvitation.objects.exists()
    assert anton.client.post(path + "invite/", {"email": ""}).status_code == 200


def test_a_hospital_that_is_not_verified_invites_nobody(sandbox):
    sven = member(sandbox, "Sven", "Sander")
    with pytest.raises(Conflict):
        invited(sven, folder_of(sven))


def test_who_signs_in_already_is_not_invited_again(alice, record):
    connected(alice, record)
    answer = alice.client.post(PAGE.format(record.patient_id) + "invite/", {"email": ""})
    assert (answer.status_code, "signs in already" in answer.content.decode()) == (400, True)


def test_a_bad_address_is_named_and_makes_no_invitation(alice, record):
    answer = alice.client.post(PAGE.format(record.patient_id) + "invite/", {"email": "nobody"})
    assert answer.status_code == 400
    with pytest.raises(Invalid):
        invited(alice, record, email="nobody")
    assert not PatientInvitation.objects.exists()
