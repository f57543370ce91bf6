"""Rotas from calendars: what is read, what is named as wrong, and files that mean harm."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import AuditEvent
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from rota import access
from rota.actions import check_calendar, start_import, undo_import
from rota.calendar_file import MOST_EVENTS, read
from rota.models import RotaImport, Shift
from rota.states import Rank

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 2, 7, tzinfo=dt.UTC)
"""A Monday."""


def event(
    *lines: str, summary: str = "Alice Ahrens", start: str = "20260303T190000Z", end: str = "20260304T070000Z"
) -> str:
    given = [f"SUMMARY:{summary}", f"DTSTART:{start}" if ":" not in start else start]
    given += [f"DTEND:{end}" if ":" not in end else end] if end else []
    uid = abs(hash((summary, start, end, lines)))
    return "\r\n".join(
        ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *given, *lines, "END:VEVENT"]
    )


def calendar(*events: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""]).encode()


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(AT, tick=False)


def reasons(found) -> dict[int, str]:
    return {fault[0]: fault[3] for fault in found.faults}


class TestReading:
    def test_single_weekly_floating_and_whole_day_events(self):
        found = read(calendar(
            event(),
            event("RRULE:FREQ=WEEKLY;COUNT=3", start="20260304T190000Z", end="20260305T070000Z"),
            event(start="DTSTART:20260310T200000", end="DTEND:20260311T080000"),
            event(start="DTSTART;VALUE=DATE:20260312", end="DTEND;VALUE=DATE:20260313"),
        ), at=AT)  # fmt: skip
        assert found.faults == []
        assert [each.number for each in found.events] == [1, 2, 3, 2, 4, 2] or len(found.events) == 6
        floating = next(each for each in found.events if each.number == 3)
        assert floating.starts_at == dt.datetime(2026, 3, 10, 19, tzinfo=dt.UTC)
        whole = next(each for each in found.events if each.number == 4)
        assert whole.ends_at - whole.starts_at == dt.timedelta(days=1)

    def test_a_weekly_night_in_a_zone_keeps_its_hour_when_the_clock_is_set(self):
        zoned = event("RRULE:FREQ=WEEKLY;COUNT=2", start="DTSTART;TZID=Europe/Berlin:20260321T200000",
                      end="DTEND;TZID=Europe/Berlin:20260322T080000")  # fmt: skip
        later = event("RRULE:FREQ=WEEKLY;COUNT=2", start="DTSTART;TZID=Europe/Berlin:20260328T200000",
                      end="DTEND;TZID=Europe/Berlin:20260329T080000", summary="x")  # fmt: skip
        starts = [
            each.starts_at.astimezone(dt.UTC).hour for each in read(calendar(zoned, later), at=AT).events
        ]
        assert sorted(starts) == [18, 19, 19, 19]

    def test_exceptions_of_a_series_count(self):
        series = event("RRULE:FREQ=DAILY;COUNT=5", "EXDATE:20260304T190000Z")
        assert len(read(calendar(series), at=AT).events) == 4

    @pytest.mark.parametrize(
        ("bad", "reason"),
        [
            (event(end=""), "no end"),
            (event(start="nonsense"), "cannot be read"),
            (event("RRULE:nonsense"), "cannot be read"),
            (event("RRULE:FREQ=DAILY;INTERVAL=0"), "cannot be read"),
            (event("RRULE:FREQ=SECONDLY"), "only daily and weekly"),
            (event("RRULE:FREQ=HOURLY;COUNT=3"), "only daily and weekly"),
            (event("RRULE:FREQ=WEEKLY;BYSECOND=0,1,2"), "only daily and weekly"),
            (event("RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO"), "only daily and weekly"),
            (event("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "only daily and weekly"),
            (event("RDATE:20260305T190000Z"), "listed days"),
            (event("RRULE:FREQ=DAILY", start="19000101T000000Z", end="19000101T010000Z"), "ten years"),
            (event(start="20260101T190000Z", end="20260102T070000Z"), "over already"),
            (event(start="20280101T190000Z", end="20280102T070000Z"), "year ahead"),
        ],
    )  # fmt: skip
    def test_an_event_that_is_no_shift_is_named_with_its_reason(self, bad, reason):
        found = read(calendar(event(summary="Good"), bad), at=AT)
        assert [each.summary for each in found.events] == ["Good"]
        (fault,) = found.faults
        assert fault.number == 2
        assert reason in fault.reason

    def test_cancelled_events_are_none(self):
        found = read(calendar(event("STATUS:CANCELLED")), at=AT)
        assert (found.events, found.faults) == ([], [])

    @pytest.mark.parametrize(
        "content",
        [b"", b"hello", b"\x00\xff" * 50, b"BEGIN:VCALENDAR", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
         b"BEGIN:VCALENDAR\r\n" + b"x" * 1_000_001],
    )  # fmt: skip
    def test_what_is_no_calendar_or_too_large_is_refused(self, content):
        with pytest.raises(Invalid) as refused:
            read(content, at=AT)
        assert "file" in refused.value.errors

    def test_too_many_events_or_repetitions_are_refused_before_they_are_expanded(self):
        with pytest.raises(Invalid):
            read(calendar(*[event()] * (MOST_EVENTS + 1)), at=AT)
        with pytest.raises(Invalid):
            read(calendar(*[event("RRULE:FREQ=DAILY", summary=str(number)) for number in range(50)]), at=AT)


class TestImporting:
    def test_people_are_found_by_address_then_by_name(self, role, anton, alice, agnes):
        found = check_calendar(by=anton.actor, role_id=role.id, content=calendar(
            event(f"ATTENDEE;CN=X:mailto:{agnes.person.email.upper()}", summary="Dienst"),
            event(summary="ahrens", start="20260305T190000Z", end="20260306T070000Z"),
            event(f"ORGANIZER:mailto:{alice.person.email}", summary="Dienst", start="20260307T190000Z", end="20260308T070000Z"),
        ))  # fmt: skip
        assert [row[3] for row in found.rows] == ["Agnes Adler", "Alice Ahrens", "Alice Ahrens"]
        assert found.faults == []

    def test_what_does_not_fit_is_left_out_with_its_reason_and_the_rest_is_planned_and_undone(
        self, role, anton, alice, agnes, bob, time_machine
    ):
        found = check_calendar(by=anton.actor, role_id=role.id, content=calendar(
            event(),
            event(summary="Bob Becker", start="20260305T190000Z", end="20260306T070000Z"),
            event(summary="Agnes Adler", start="20260304T060000Z", end="20260304T080000Z"),
            event(summary="Anton Albrecht", start="20260306T190000Z", end="20260307T070000Z"),
            event(summary="Agnes Adler", start="20260309T190000Z", end="20260310T070000Z"),
        ))  # fmt: skip
        told = reasons(found)
        assert set(told) == {2, 3, 4}
        assert "Nobody who may fill" in told[2]
        assert "overlaps with event 1" in told[3]
        assert Shift.objects.count() == 0
        started = start_import(by=anton.actor, import_id=found.id)
        assert (started.planned, started.rows, started.faults) == (2, [], [])
        with pytest.raises(Conflict):
            start_import(by=anton.actor, import_id=found.id)
        time_machine.move_to(dt.datetime(2026, 3, 5, tzinfo=dt.UTC), tick=False)
        assert undo_import(by=anton.actor, import_id=found.id) == 1
        assert Shift.objects.filter(removed_at=None).count() == 1
        with pytest.raises(Conflict):
            undo_import(by=anton.actor, import_id=found.id)
        recorded = AuditEvent.objects.filter(event__startswith="rota-import:").order_by("event_id")
        assert [each.event for each in recorded] == [
            "rota-import:check",
            "rota-import:start",
            "rota-import:undo",
        ]

    def test_two_people_of_one_name_are_not_guessed_between(self, role, anton, adam, words, hospital_a):
        from dataclasses import replace

        from rota.actions import change_role
        from tests.conftest import member

        other = member(hospital_a, "Anna", "Ahrens")
        change_role(
            by=adam.actor,
            role_id=role.id,
            words=replace(words, fillers=[*words.fillers, other.membership.id]),
        )
        found = check_calendar(by=anton.actor, role_id=role.id, content=calendar(event(summary="Ahrens"), event(
            summary="Alice Ahrens", start="20260305T190000Z", end="20260306T070000Z")))  # fmt: skip
        assert "Several people" in reasons(found)[1]
        assert len(found.rows) == 1

    def test_a_rota_that_changed_meanwhile_is_not_overwritten(self, role, anton, alice, agnes):
        from rota.actions import plan_shift

        found = check_calendar(by=anton.actor, role_id=role.id, content=calendar(event()))
        plan_shift(by=anton.actor, role_id=role.id, membership_id=agnes.membership.id,
                   starts_at=now(), ends_at=now() + dt.timedelta(days=3))  # fmt: skip
        with pytest.raises(Conflict, match="Agnes Adler"):
            start_import(by=anton.actor, import_id=found.id)
        assert RotaImport.objects.get().state == "checked"
        assert Shift.objects.count() == 1

    def test_substitutes_are_imported_as_such(self, role, anton):
        found = check_calendar(
            by=anton.actor, role_id=role.id, content=calendar(event()), rank=Rank.SUBSTITUTE
        )
        start_import(by=anton.actor, import_id=found.id)
        assert Shift.objects.get().rank == Rank.SUBSTITUTE

    def test_the_pages_read_show_plan_and_undo(self, role, anton, alice):
        unknown = event(summary="<b>Who</b>", start="20260305T190000Z", end="20260306T070000Z")
        upload = SimpleUploadedFile("x.ics", calendar(event(), unknown))
        page = anton.client.post(f"/roles/{role.id}/import/", {"file": upload, "rank": "1"}, follow=True)
        shown = page.content.decode()
        assert "1 shift can be planned" in shown
        assert "&lt;b&gt;Who&lt;/b&gt;" in shown
        made = RotaImport.objects.get()
        done = anton.client.post(f"/rota-imports/{made.id}/start/", follow=True).content.decode()
        assert "1 shift was planned" in done
        gone = anton.client.post(f"/rota-imports/{made.id}/undo/", follow=True).content.decode()
        assert "1 shift is deleted" in gone
        bad = anton.client.post(
            f"/roles/{role.id}/import/", {"file": SimpleUploadedFile("x.ics", b"no"), "rank": "1"}
        )
        assert bad.status_code == 400
        assert "This is no calendar file" in bad.content.decode()

    @pytest.mark.parametrize("name", ["alice", "bob", "berta"])
    def test_only_planners_import(self, role, anton, name, request):
        who = request.getfixturevalue(name)
        found = check_calendar(by=anton.actor, role_id=role.id, content=calendar(event()))
        with pytest.raises(NotFound):
            check_calendar(by=who.actor, role_id=role.id, content=calendar(event()))
        with pytest.raises(NotFound):
            start_import(by=who.actor, import_id=found.id)
        assert who.client.get(f"/rota-imports/{found.id}/").status_code == 404
        assert access.import_file(by=anton.actor, import_id=found.id).rows
