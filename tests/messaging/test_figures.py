"""Messaging in figures for the administration: how much, by whom of no one; and devices that nobody uses any more."""

import datetime as dt

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import IntegrityError, OperationalError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.events import Event
from audit.models import AuditEvent
from identity.models import Device
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging import actions, tasks
from messaging.access import messaging_figures
from messaging.actions import figures
from messaging.models import Entry
from messaging.models_figures import MessagingDay
from messaging.states import EntryKind
from tests.messaging.ageing import attach
from tests.messaging.rooms import make_room

PAGE, API = "/administration/messaging/", "/api/v1/administration/messaging"


def unused(member, days: float = 31) -> None:
    """Their device was last seen so long ago."""
    Device.objects.filter(id=member.device.id).update(last_seen_at=now() - dt.timedelta(days=days))


def kinds(member):
    return {
        each.kind: (each.conversations, each.with_others) for each in messaging_figures(by=member.actor).kinds
    }


class TestConversations:
    def test_each_kind_is_counted_and_how_many_reach_other_hospitals(
        self, room, alice, anton, bob, adam, berta
    ):
        make_room(alice, anton, kind="case")
        make_room(alice, anton, kind="direct")
        assert kinds(adam) == {"direct": (1, 0), "team": (1, 1), "case": (1, 0), "patient": (0, 0)}
        assert kinds(berta)["team"] == (1, 1)
        assert kinds(berta)["case"] == (0, 0)

    def test_one_that_all_of_the_hospital_have_left_is_not_counted(self, room, alice, bob, adam, berta):
        room.remove(alice, bob)
        assert kinds(berta)["team"] == (0, 0)
        assert kinds(adam)["team"] == (1, 0)


class TestMessages:
    def test_a_hospital_counts_what_its_own_people_sent_and_what_of_it_is_stored(
        self, room, alice, anton, bob, adam, berta
    ):
        for sender in (alice, alice, anton, bob):
            assert room.post(sender).status_code == 201
        actions.count_recent_days(by=SYSTEM)
        ours, theirs = (messaging_figures(by=each.actor) for each in (adam, berta))
        assert (ours.messages, ours.days[-1].messages, theirs.messages) == (3, 3, 1)
        assert len(ours.days) == 30
        assert ours.busiest == ours.days[-1]
        of_bob = Entry.objects.get(person=bob.person)
        assert theirs.room.message_bytes == len(of_bob.body)
        all_bytes = sum(len(each.body) for each in Entry.objects.all())
        assert ours.room.message_bytes == all_bytes - len(of_bob.body)

    def test_what_has_expired_was_sent_and_takes_no_room(self, room, alice, adam):
        room.post(alice)
        actions.count_recent_days(by=SYSTEM)
        before = messaging_figures(by=adam.actor)
        sent = Entry.objects.filter(kind=EntryKind.APPLICATION.value)
        size_bytes = len(sent.get().body)
        sent.update(body=b"", expired_at=now())
        actions.count_all_days(by=SYSTEM)
        after = messaging_figures(by=adam.actor)
        assert after.messages == before.messages == 1
        assert after.room.message_bytes == before.room.message_bytes - size_bytes

    def test_the_first_count_goes_back_to_the_first_group_and_writes_no_empty_days(self, room, alice, adam):
        room.post(alice)
        today = timezone.localdate(now())
        with time_machine.travel(now() + dt.timedelta(days=3), tick=False):
            tasks.count()
            tasks.count()
            days = {day.on: day.messages for day in messaging_figures(by=adam.actor).days}
        assert days[today] == 1
        assert set(MessagingDay.objects.values_list("on", flat=True)) == {today}

    def test_the_days_that_a_broken_first_count_left_are_counted_by_the_next(self, room, alice, monkeypatch):
        days = days_with_a_message_each(room, alice, 4)
        count, calls = figures._counted, []

        def breaks(on):
            calls.append(on)
            if len(calls) == 3:
                raise OperationalError("the worker dies")
            return count(on)

        monkeypatch.setattr(figures, "_counted", breaks)
        with time_machine.travel(now() + dt.timedelta(days=3), tick=False):
            with pytest.raises(OperationalError):
                actions.count_recent_days(by=SYSTEM)
            assert counted() == dict.fromkeys(days[:2], 1)
            actions.count_recent_days(by=SYSTEM)
        assert counted() == dict.fromkeys(days, 1)

    def test_the_days_without_a_worker_are_counted_when_there_is_one(self, room, alice):
        actions.count_recent_days(by=SYSTEM)
        days = days_with_a_message_each(room, alice, 6)
        with time_machine.travel(now() + dt.timedelta(days=5), tick=False):
            actions.count_recent_days(by=SYSTEM)
        assert counted() == dict.fromkeys(days, 1)

    def test_before_the_first_count_the_page_says_so(self, room, adam):
        assert messaging_figures(by=adam.actor).counted_at is None
        assert "Not counted yet" in adam.client.get(PAGE).content.decode()

    def test_a_day_of_an_organisation_stands_there_once(self, adam):
        row = {"organisation": adam.organisation, "on": now().date(), "messages": 1, "stored_bytes": 1}
        MessagingDay.objects.create(**row, counted_at=now())
        with pytest.raises(IntegrityError), transaction.atomic():
            MessagingDay.objects.create(**row, counted_at=now())

    def test_only_the_service_counts(self, adam):
        for count in (actions.count_recent_days, actions.count_all_days):
            with pytest.raises(NotFound):
                count(by=adam.actor)

    def test_attachments_count_for_the_hospital_that_sent_them(self, room, alice, adam, berta):
        attached = attach(room, alice)
        ours, theirs = (messaging_figures(by=each.actor).room for each in (adam, berta))
        assert (ours.files, ours.file_bytes) == (1, attached.size_bytes)
        assert (theirs.files, theirs.file_bytes) == (0, 0)


class TestUnusedDevices:
    def test_one_that_nobody_used_for_thirty_days_is_named_with_its_person(
        self, room, alice, anton, bob, adam
    ):
        unused(alice, 40)
        unused(anton, 29)
        unused(bob, 40)
        stale = messaging_figures(by=adam.actor).stale
        assert [(each.device_id, each.person) for each in stale.devices] == [
            (alice.device.id, alice.person.name)
        ]
        page = adam.client.get(PAGE).content.decode()
        assert alice.person.name in page
        assert f"/administration/people/{alice.membership.id}/" in page
        assert anton.person.name not in page
        assert bob.person.name not in page

    def test_a_revoked_or_expired_one_is_not_named(self, room, alice, anton, adam):
        unused(alice)
        unused(anton)
        Device.objects.filter(id=alice.device.id).update(revoked_at=now())
        Device.objects.filter(id=anton.device.id).update(expires_at=now())
        assert messaging_figures(by=adam.actor).stale.total == 0

    def test_an_administrator_revokes_it_after_being_asked(self, room, alice, adam):
        address = f"/administration/devices/{alice.device.id}/revoke/"
        asked = adam.client.get(address).content.decode()
        assert alice.person.name in asked
        answer = adam.client.post(address)
        assert answer["Location"] == f"/administration/people/{alice.membership.id}/"
        alice.device.refresh_from_db()
        assert alice.device.revoked_at
        assert (
            AuditEvent.objects.filter(event=Event.DEVICE_REVOKE, organisation_id=adam.organisation.id).count()
            == 1
        )
        assert adam.client.post(address).status_code == 404

    def test_nobody_else_does(self, room, alice, anton, berta):
        address = f"/administration/devices/{alice.device.id}/revoke/"
        for other in (alice, anton, berta):
            assert other.client.get(address).status_code == 404
            assert other.client.post(address).status_code == 404
        alice.device.refresh_from_db()
        assert alice.device.revoked_at is None


class TestWhoSeesThem:
    def test_only_administrators_each_their_own(self, room, alice, bob, adam, berta):
        room.post(alice)
        actions.count_recent_days(by=SYSTEM)
        ours, theirs = adam.api.get(API).json(), berta.api.get(API).json()
        assert (ours["messages"], theirs["messages"]) == (1, 0)
        assert set(ours) == {
            "kinds", "conversations", "with_others", "days", "messages", "storage", "stale", "missed", "counted_at"
        }  # fmt: skip
        for path in (PAGE, API):
            assert alice.client.get(path).status_code == 404
        with pytest.raises(NotFound):
            messaging_figures(by=bob.actor)

    def test_no_id_of_a_conversation_or_message_is_in_them(self, room, alice, adam):
        room.post(alice)
        message_id = str(Entry.objects.get(kind=EntryKind.APPLICATION.value).message_id)
        actions.count_recent_days(by=SYSTEM)
        for shown in (adam.client.get(PAGE).content.decode(), adam.api.get(API).content.decode()):
            assert str(room.id) not in shown
            assert message_id not in shown
            assert "style=" not in shown

    def test_they_cost_the_same_however_much_there_is(self, room, alice, anton, bob, adam):
        actions.count_recent_days(by=SYSTEM)
        assert queries(adam) == 7
        for _ in range(3):
            make_room(alice, anton, bob).post(alice)
        for each in (alice, anton):
            unused(each)
        actions.count_recent_days(by=SYSTEM)
        assert queries(adam) == 7


def days_with_a_message_each(room, sender, count) -> list[dt.date]:
    """Today and the days after it."""
    today, sent = timezone.localdate(now()), []
    Entry.objects.all().delete()
    for place in range(count):
        assert room.post(sender).status_code == 201
        newest = Entry.objects.latest("seq")
        Entry.objects.filter(pk=newest.pk).update(at=now() + dt.timedelta(days=place))
        sent.append(today + dt.timedelta(days=place))
    return sent


def counted() -> dict[dt.date, int]:
    return dict(MessagingDay.objects.values_list("on", "messages"))


def queries(member) -> int:
    with CaptureQueriesContext(connection) as captured:
        messaging_figures(by=member.actor)
    return len(captured)
