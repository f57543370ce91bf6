"""Reporting a person to one's own hospital, and how its administrators handle that."""

import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.events import Event
from audit.models import AuditEvent
from identity.models import Membership
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import NotFound
from messaging.access import open_reports
from messaging.actions import forget_reports_of
from messaging.models_conduct import Report
from messaging.states_conduct import (
    CATEGORY_NAMES,
    OUTCOME_NAMES,
    REPORT_STATE_NAMES,
    REPORT_TRANSITIONS,
    ReportCategory,
    ReportOutcome,
    ReportState,
)
from tests.messaging.rooms import make_room

REPORTS = "/api/v1/me/reports"
QUEUE = "/administration/reports/"
SECRET = "You will regret this, Alice."


@pytest.fixture
def talk(alice, bob, equipped):
    equipped(alice, bob)
    return make_room(alice, bob, kind="direct")


def report(member, other, room, **said):
    what = {"person_id": str(other.person.id), "group_id": str(room.id), "category": "harassment"}
    return member.api.post(REPORTS, what | said)


def handle(member, row, state, **said):
    return member.client.post(f"{QUEUE}{row.id}/", {"state": state} | said)


def page(member):
    return member.client.get(QUEUE).content.decode()


def recorded(event):
    return {entry.organisation_id for entry in AuditEvent.objects.filter(event=event)}


class TestReporting:
    def test_reaches_the_own_hospital_with_words_and_nothing_else(self, talk, alice, bob, adam, berta):
        made = report(alice, bob, talk, words="Insults me every night.")
        assert made.status_code == 201
        assert made.json() | {"id": "", "made_at": ""} == {
            "id": "", "person_id": str(bob.person.id), "name": bob.person.name, "made_at": "",
            "category": "harassment", "state": "open", "outcome": "",
        }  # fmt: skip
        shown = page(adam)
        assert "Insults me every night." in shown
        assert alice.person.name in shown
        assert "Text of the message" not in shown
        assert "Insults me" not in page(berta)
        assert recorded(Event.REPORT_MAKE) == {alice.organisation.id}

    def test_carries_the_text_of_a_message_only_if_the_reporter_attached_it(self, talk, alice, bob, adam):
        report(alice, bob, talk, text=SECRET, message_id=str(uuid.uuid4()))
        assert SECRET in page(adam)

    def test_is_kept_sealed(self, talk, alice, bob):
        report(alice, bob, talk, text=SECRET, words="Every night.")
        row = Report.objects.values().get()
        assert SECRET.encode() not in bytes(row["sealed_text"])
        assert b"Every night" not in bytes(row["sealed_words"])
        assert SECRET not in repr(list(AuditEvent.objects.values()))

    def test_is_only_about_somebody_who_is_or_was_there(self, talk, alice, bob, charlie, anton):
        for member, other in ((alice, charlie), (alice, alice), (anton, bob), (charlie, bob)):
            assert report(member, other, talk).status_code == 404
        assert not Report.objects.exists()
        talk.remove(alice, bob)
        assert report(alice, bob, talk).status_code == 201

    def test_says_in_words_what_has_no_category(self, talk, alice, bob):
        refused = report(alice, bob, talk, category="other")
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["words"])
        assert report(alice, bob, talk, category="weather").status_code == 400
        assert report(alice, bob, talk, words="x" * 2001).status_code == 400
        assert report(alice, bob, talk, text="x" * 10_001).status_code == 400

    def test_is_not_endless(self, talk, alice, bob, monkeypatch):
        monkeypatch.setattr("messaging.actions.reports.OPEN_REPORTS_PER_PERSON", 1)
        assert report(alice, bob, talk).status_code == 201
        assert report(alice, bob, talk).status_code == 409

    def test_is_told_to_whoever_made_it_and_to_nobody_else(self, talk, alice, bob, adam):
        report(alice, bob, talk)
        assert [one["state"] for one in alice.api.get(REPORTS).json()["reports"]] == ["open"]
        assert bob.api.get(REPORTS).json() == {"reports": []}
        assert bob.person.name in alice.client.get("/account/blocked/").content.decode()


class TestHandling:
    @pytest.fixture
    def row(self, talk, alice, bob) -> Report:
        report(alice, bob, talk, words="Insults me.", text=SECRET)
        return Report.objects.get()

    def test_goes_from_open_to_looked_at_to_closed(self, row, alice, adam):
        assert handle(adam, row, "looked-at").status_code == 302
        row.refresh_from_db()
        assert (row.state, row.handled_by_id) == ("looked-at", adam.person.id)
        assert handle(adam, row, "closed", outcome="spoken", note="Both came.").status_code == 302
        row.refresh_from_db()
        assert (row.state, row.outcome) == ("closed", "spoken")
        assert "Both came." in page(adam)
        (shown,) = alice.api.get(REPORTS).json()["reports"]
        assert (shown["state"], shown["outcome"]) == ("closed", "spoken")
        assert "Both came." not in alice.client.get("/account/blocked/").content.decode()
        for event in (Event.REPORT_LOOK, Event.REPORT_CLOSE):
            assert recorded(event) == {alice.organisation.id}

    def test_tells_the_other_hospital_only_when_it_is_passed_on_and_not_who_reported(
        self, row, alice, bob, adam, berta
    ):
        assert SECRET not in page(berta)
        assert handle(adam, row, "passed-on").status_code == 302
        shown = page(berta)
        assert SECRET in shown
        assert bob.person.name in shown
        assert alice.person.name not in shown
        assert recorded(Event.REPORT_PASS_ON) == {alice.organisation.id, bob.organisation.id}
        assert handle(berta, row, "closed", outcome="measures").status_code == 404
        assert handle(adam, row, "closed", outcome="measures").status_code == 302
        assert SECRET in page(berta)

    def test_is_mailed_to_those_who_may_look_at_it_without_a_name(
        self, talk, alice, bob, adam, berta, settings, django_capture_on_commit_callbacks
    ):
        settings.EMAIL_HOST = "mail.hospital-a.example"
        with django_capture_on_commit_callbacks(execute=True):
            report(alice, bob, talk, words="Insults me every night.", text=SECRET)
        with django_capture_on_commit_callbacks(execute=True):
            handle(adam, Report.objects.get(), "passed-on")
        assert [letter.to for letter in mail.outbox] == [[adam.person.email], [berta.person.email]]
        for letter in mail.outbox:
            assert QUEUE in letter.body
            assert not any(word in letter.body for word in ("Insults", SECRET, "Becker", "Albrecht"))

    def test_about_an_administrator_is_not_mailed_to_them(
        self, alice, adam, equipped, settings, django_capture_on_commit_callbacks
    ):
        settings.EMAIL_HOST = "mail.hospital-a.example"
        equipped(alice, adam)
        with django_capture_on_commit_callbacks(execute=True):
            assert report(alice, adam, make_room(alice, adam, kind="direct")).status_code == 201
        assert mail.outbox == []

    def test_needs_an_outcome_to_be_closed(self, row, adam):
        refused = handle(adam, row, "closed", note="Done.")
        assert refused.status_code == 400
        assert "Please say with what it is closed." in refused.content.decode()
        assert handle(adam, row, "closed", outcome="spoken", note="x" * 1001).status_code == 400
        assert handle(adam, row, "flying").status_code == 400
        row.refresh_from_db()
        assert row.state == "open"

    def test_follows_the_state_table(self, row, adam):
        assert handle(adam, row, "closed", outcome="unfounded").status_code == 302
        for state in ("open", "looked-at", "passed-on", "closed"):
            assert handle(adam, row, state, outcome="spoken").status_code == 400
        row.refresh_from_db()
        assert (row.state, row.outcome) == ("closed", "unfounded")

    def test_is_nobody_elses_business(self, row, alice, bob, berta):
        for member in (alice, bob, berta):
            assert handle(member, row, "looked-at").status_code == 404
            assert member.client.get(f"{QUEUE}{row.id}/").status_code == 404
        for member in (alice, bob):
            assert member.client.get(QUEUE).status_code == 404

    def test_an_own_report_is_handled_by_somebody_else(self, row, alice):
        Membership.objects.filter(id=alice.membership.id).update(is_admin=True)
        assert "somebody else handles it" in page(alice)
        refused = handle(alice, row, "closed", outcome="spoken")
        assert (refused.status_code, "Somebody else must handle" in refused.content.decode()) == (400, True)

    def test_nobody_sees_what_was_reported_about_themselves(self, talk, alice, bob, adam, row):
        Membership.objects.filter(id=bob.membership.id).update(is_admin=True)
        handle(adam, row, "passed-on")
        assert SECRET not in page(bob)

    def test_within_one_hospital_there_is_nobody_to_pass_it_on_to(self, alice, anton, adam, equipped):
        equipped(alice, anton)
        report(alice, anton, make_room(alice, anton, kind="direct"))
        refused = handle(adam, Report.objects.get(), "passed-on")
        assert (refused.status_code, "of your own hospital" in refused.content.decode()) == (400, True)
        assert "Pass on to" not in page(adam)

    def test_waits_among_the_open_items_of_the_overview(self, row, adam):
        assert open_reports(organisation_id=row.organisation_id)["count"] == 1
        assert "Reports to handle" in adam.client.get("/administration/").content.decode()
        handle(adam, row, "closed", outcome="spoken")
        assert open_reports(organisation_id=row.organisation_id)["count"] == 0

    def test_the_list_takes_the_same_number_of_queries_however_long(self, row, talk, alice, bob, adam):
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as counted:
                page(adam)
            counts.append(len(counted))
            report(alice, bob, talk, words="Again.")
        assert counts[0] == counts[1]


def test_reports_go_with_the_person(talk, alice, bob):
    report(alice, bob, talk)
    with pytest.raises(NotFound):
        forget_reports_of(by=alice.actor, person_id=bob.person.id)
    forget_reports_of(by=SYSTEM, person_id=bob.person.id)
    assert not Report.objects.exists()


def test_every_code_has_a_name_and_every_state_an_end():
    assert CATEGORY_NAMES.keys() == set(ReportCategory)
    assert REPORT_STATE_NAMES.keys() == set(ReportState)
    assert OUTCOME_NAMES.keys() == set(ReportOutcome)
    assert REPORT_TRANSITIONS.keys() == set(ReportState)
    assert all(
        ReportState.CLOSED in after or state == ReportState.CLOSED
        for state, after in REPORT_TRANSITIONS.items()
    )
