"""Erika asks who looked and why; the hospital's administrators answer in words, and nobody about their own look."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import actions as audit
from audit.models import AuditEvent, AuditPerson
from identity.models import Membership
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id
from storage import access, actions
from storage.models import AccessInquiry
from tests.cast import Member
from tests.patients import also_connected, connected
from tests.storage.folders import clean, folder_of, share

MINE, QUEUE = "/api/v1/me/access-inquiries", "/api/v1/access-inquiries"
ANSWER = {"answer": "Anton stood in for Alice on that day."}


@pytest.fixture
def entry(anton, record, erika) -> str:
    """Anton has looked into Erika's record."""
    actions.open_patient_folder(by=anton.actor, patient_id=record.patient_id)
    return str(AuditEvent.objects.filter(event="patient:read").latest("event_id").event_id)


def ask(person: Member, entry: str, words: str = "Why?"):
    return person.api.post(f"/api/v1/me/access-log/{entry}/inquiries", {"words": words})


def answer(person: Member, inquiry: str, body=ANSWER):
    return person.api.post(f"{QUEUE}/{inquiry}/answer", body)


def events(name: str) -> int:
    return AuditEvent.objects.filter(event=name).count()


def test_erika_asks_adam_answers_and_she_reads_it_beside_the_entry(adam, record, erika, entry):
    page = erika.client.get("/").content.decode()
    assert f"/my/accesses/{entry}/" in page
    form = erika.client.get(f"/my/accesses/{entry}/").content.decode()
    for words in ("Anton Albrecht", "Opened your record", "Hospital A"):
        assert words in form
    assert erika.client.post(f"/my/accesses/{entry}/", {"words": " Why him? "}).status_code == 302
    waiting = erika.client.get("/").content.decode()
    for words in ("Why him?", "open since today", "Hospital A answers by"):
        assert words in waiting
    assert f'href="/my/accesses/{entry}/"' not in waiting
    queue = adam.client.get("/administration/access-inquiries/").content.decode()
    for words in ("Why him?", "Anton Albrecht", "patient no. ", f"/audit/events/{entry}/proof/"):
        assert words in queue
    assert "Muster" not in queue
    inquiry = AccessInquiry.objects.get()
    path = f"/administration/access-inquiries/{inquiry.id}/"
    assert adam.client.get(path).status_code == 302
    assert adam.client.post(path, ANSWER).status_code == 302
    assert ANSWER["answer"] in erika.client.get("/").content.decode()
    assert ANSWER["answer"] in adam.client.get("/administration/access-inquiries/").content.decode()
    assert (events("access-inquiry:ask"), events("access-inquiry:answer")) == (1, 1)
    told = {(row["what"], row["is_you"]) for row in erika.api.get("/api/v1/me/access-log").json()["accesses"]}
    assert {("Asked about an access", True), ("Answered the inquiry about an access", False)} <= told


def test_the_api_alike(adam, alice, record, erika, entry):
    made = ask(erika, entry)
    assert made.status_code == 201
    told = made.json()
    assert (told["question"], told["hospital"], told["answered_at"], told["days_open"]) == (
        "Why?",
        "Hospital A",
        None,
        0,
    )
    assert erika.api.get(MINE).json()["results"] == [told]
    (asked,) = adam.api.get(QUEUE).json()["results"]
    assert (asked["who"], asked["what"], asked["own"]) == ("Anton Albrecht", "Patient opened", False)
    done = answer(adam, told["id"])
    assert (done.status_code, done.json()["answered_by"]) == (200, "Adam Arnold")
    assert answer(adam, told["id"]).status_code == 409
    assert erika.api.get(MINE).json()["results"][0]["answer"] == ANSWER["answer"]
    assert ask(erika, entry).status_code == 201, "after an answer she may ask again"


def test_words_may_be_left_out_and_are_bounded(adam, erika, entry):
    assert ask(erika, entry, "x" * 501).status_code == 400
    assert "500" in erika.client.post(f"/my/accesses/{entry}/", {"words": "x" * 501}).content.decode()
    assert ask(erika, entry, "").status_code == 201
    inquiry = str(AccessInquiry.objects.get().id)
    for bad in ("short", "x" * 2001, "   "):
        assert answer(adam, inquiry, {"answer": bad}).status_code == 400, bad
    page = adam.client.post(f"/administration/access-inquiries/{inquiry}/", {"answer": "short"})
    assert (page.status_code, "short</textarea>" in page.content.decode()) == (400, True)
    assert AccessInquiry.objects.get().answered_at is None


def test_one_inquiry_is_open_for_an_entry(erika, record, entry):
    ask(erika, entry)
    assert ask(erika, entry).status_code == 409
    assert erika.client.post(f"/my/accesses/{entry}/", {}).status_code == 409
    row = AccessInquiry.objects.get()
    again = {
        "patient_id": row.patient_id,
        "event_id": row.event_id,
        "asked_at": now(),
        "sealed_question": b"",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessInquiry.objects.create(**again)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessInquiry.objects.update(answered_at=now())


def test_nobody_asks_about_an_entry_that_they_do_not_see(alice, adam, bob, record, erika, entry):
    paula = connected(alice, folder_of(alice, family_name="Anders", identifier="4712"), "paula@home.example")
    for stranger in (paula, alice, adam, bob):
        assert ask(stranger, entry).status_code == 404
        assert stranger.client.get(f"/my/accesses/{entry}/").status_code == 404
    assert ask(erika, str(new_id())).status_code == 404
    of_staff = AuditEvent.objects.filter(event="patient:create").latest("event_id")
    assert ask(erika, str(of_staff.event_id)).status_code == 404, "it is about Paula"
    assert not AccessInquiry.objects.exists()


def test_ones_own_look_is_nothing_to_ask_about(erika, record):
    erika.client.get("/")
    own = AuditEvent.objects.filter(event="audit:read").latest("event_id").event_id
    assert ask(erika, str(own)).status_code == 409
    assert f"/my/accesses/{own}/" not in erika.client.get("/").content.decode()


def test_only_the_hospitals_own_administrators_see_and_answer(alice, anton, berta, erika, entry):
    inquiry = ask(erika, entry).json()["id"]
    assert berta.api.get(QUEUE).json()["results"] == []
    assert "Why?" not in berta.client.get("/administration/access-inquiries/").content.decode()
    for stranger in (alice, anton, berta, erika):
        assert answer(stranger, inquiry).status_code == 404
        assert stranger.client.get(f"/administration/access-inquiries/{inquiry}/").status_code == 404
    for stranger in (alice, erika):
        assert stranger.api.get(QUEUE).status_code == 404
    with pytest.raises(NotFound):
        access.inquiries_to_answer(by=alice.actor)


def test_nobody_answers_about_their_own_access(anton, adam, erika, entry):
    inquiry = ask(erika, entry).json()["id"]
    Membership.objects.filter(id=anton.membership.id).update(is_admin=True)
    anton = anton.again()
    assert answer(anton, inquiry).status_code == 409
    assert "somebody else answers" in anton.client.get("/administration/access-inquiries/").content.decode()
    assert AccessInquiry.objects.get().answered_at is None
    assert answer(adam, inquiry).status_code == 200


def test_an_answer_needs_a_fresh_factor(adam, erika, entry):
    inquiry = ask(erika, entry).json()["id"]
    adam.grow_stale()
    assert answer(adam, inquiry).json()["code"] == "fresh-factor-required"


def test_it_goes_to_the_hospital_that_keeps_the_record_also_when_somebody_elsewhere_looked(
    alice, bob, adam, berta, record, erika
):
    finding = clean(alice, record)
    share(alice, finding.finding_id, bob)
    actions.open_finding(by=bob.actor, finding_id=finding.finding_id)
    newest = next(
        one for one in erika.api.get("/api/v1/me/access-log").json()["accesses"] if not one["is_you"]
    )
    assert newest["hospital"] == "Hospital B"
    assert ask(erika, newest["event_id"]).json()["hospital"] == "Hospital A"
    assert len(adam.api.get(QUEUE).json()["results"]) == 1
    assert berta.api.get(QUEUE).json()["results"] == []


def test_inquiries_to_two_hospitals_stand_in_one_list(alice, bob, berta, record, erika, entry):
    there = folder_of(bob, identifier="B-1")
    also_connected(bob, there, erika)
    actions.open_patient_folder(by=bob.actor, patient_id=there.patient_id)
    other = AuditEvent.objects.filter(event="patient:read").latest("event_id").event_id
    ask(erika, entry)
    ask(erika, str(other))
    assert [one["hospital"] for one in erika.api.get(MINE).json()["results"]] == ["Hospital B", "Hospital A"]
    assert len(berta.api.get(QUEUE).json()["results"]) == 1


def test_the_figures_count_what_is_open_and_how_long_is_told(adam, erika, entry):
    assert "Inquiries of patients to answer" not in adam.client.get("/administration/").content.decode()
    inquiry = ask(erika, entry).json()["id"]
    assert "Inquiries of patients to answer" in adam.client.get("/administration/").content.decode()
    AccessInquiry.objects.update(asked_at=now() - timedelta(days=31))
    queue = adam.client.get("/administration/access-inquiries/").content.decode()
    assert "open for 31 days" in queue
    assert "badge--bad" in queue
    assert "open for 31 days" in erika.client.get("/").content.decode()
    answer(adam, inquiry)
    assert "Inquiries of patients to answer" not in adam.client.get("/administration/").content.decode()


def test_a_letter_says_that_there_is_an_answer_and_not_what(
    adam, erika, entry, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_HOST = "localhost"
    inquiry = ask(erika, entry).json()["id"]
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer(adam, inquiry)
    (letter,) = mail.outbox
    assert letter.to == [erika.person.email]
    assert ANSWER["answer"] not in letter.body
    assert "Anton" not in letter.subject + letter.body


def test_words_are_sealed_and_bound_to_their_row(erika, entry):
    ask(erika, entry, "A very private question")
    assert b"private" not in bytes(AccessInquiry.objects.get().sealed_question)


def test_erasing_the_patient_deletes_the_words(adam, record, erika, entry):
    answer(adam, ask(erika, entry).json()["id"])
    audit.erase_person(by=SYSTEM, person_id=record.patient_id)
    assert not AccessInquiry.objects.exists()
    assert events("access-inquiry:answer") == 1


def test_erasing_who_signs_in_deletes_them_and_erasing_the_colleague_does_not(anton, erika, entry):
    ask(erika, entry)
    audit.erase_person(by=SYSTEM, person_id=anton.person.id)
    assert AccessInquiry.objects.count() == 1
    audit.erase_person(by=SYSTEM, person_id=erika.person.id)
    assert not AccessInquiry.objects.exists()


def test_what_the_log_forgets_after_years_is_forgotten_here(erika, entry):
    ask(erika, entry)
    with time_machine.travel(now() + timedelta(days=11 * 366), tick=False):
        audit.forget_old(by=SYSTEM)
    assert not AuditPerson.objects.filter(event_id=entry).exists()
    assert not AccessInquiry.objects.exists()


def test_nobody_but_the_service_forgets(adam, record):
    with pytest.raises(NotFound):
        actions.forget_inquiries_of(by=adam.actor, person_id=record.patient_id)
    with pytest.raises(NotFound):
        actions.forget_inquiries_about(by=adam.actor, event_ids=[])


def test_pages_cost_the_same_however_many_there_are(
    adam, anton, record, erika, entry, django_assert_num_queries
):

    def cost(person: Member, path: str) -> int:
        person.client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert person.client.get(path).status_code == 200
        return len(captured)

    pages = ((erika, "/"), (adam, "/administration/access-inquiries/"))
    ask(erika, entry)
    before = [cost(*page) for page in pages]
    for _ in range(5):
        actions.open_patient_folder(by=anton.actor, patient_id=record.patient_id)
        ask(erika, str(AuditEvent.objects.filter(event="patient:read").latest("event_id").event_id))
    assert [cost(*page) for page in pages] == before


def test_it_is_told_in_german(erika, entry, settings):
    erika.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    page = erika.client.get("/").content.decode()
    assert "Zu diesem Zugriff nachfragen" in page
