"""Calendars as files (iCalendar, RFC 5545): read into single events within bounds, and written.

What is read comes from outside: the file, the number of its events and of what they repeat to are bounded, and a rule
that repeats by less than a day, or that might never come to an end, is refused before anything is expanded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import recurring_ical_events
from django.utils.translation import gettext as _
from icalendar import Calendar, Event
from icalendar.error import BrokenCalendarProperty

from identity.days import begin_of
from medicus.lib.errors import Invalid
from rota.times import instant

LARGEST_BYTES = 1_000_000
MOST_EVENTS = 2000
MOST_SHIFTS = 1000
AHEAD = timedelta(days=366)
OLDEST_RULE = timedelta(days=3653)
RULE_PARTS = {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"}
FREQUENCIES = {"DAILY", "WEEKLY"}
NUMBER = "X-MEDICUS-NUMBER"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One occurrence. number: of its VEVENT in the file, from one. emails: of attendees and organizer, lower case."""

    number: int
    summary: str
    emails: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """An event that cannot be used, and why. begins: its beginning as the file has it, where it has one."""

    number: int
    summary: str
    begins: str
    reason: str

    def values(self) -> list[str | int]:
        """As a row of JSON."""
        return [self.number, self.summary, self.begins, self.reason]


@dataclass(frozen=True, slots=True)
class Reading:
    events: Sequence[CalendarEvent]
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """What is written of one shift."""

    uid: str
    summary: str
    location: str
    starts_at: datetime
    ends_at: datetime


def read(content: bytes, *, at: datetime) -> Reading:
    """Read a calendar into its occurrences from an instant on, for a year, and what is wrong with the others.

    Raises:
        Invalid: it is no calendar, or too large; `errors["file"]` says why.
    """
    calendar, faults, good = _parse(content), [], Calendar()
    events = [each for each in calendar.walk("VEVENT") if str(each.get("STATUS", "")).upper() != "CANCELLED"]
    if len(events) > MOST_EVENTS:
        raise Invalid(errors={"file": _("At most 2,000 events can be read at once.")})
    for zone in calendar.walk("VTIMEZONE"):
        good.add_component(zone)
    expected = 0
    for number, event in enumerate(events, start=1):
        reason = _wrong(event, at)
        if reason:
            faults.append(_fault(number, event, reason))
        else:
            event[NUMBER] = str(number)
            good.add_component(event)
            expected += _most(event, at)
    if expected > 2 * MOST_SHIFTS:
        raise Invalid(errors={"file": _too_many()})
    found, more = _occurrences(good, at)
    return Reading(found, sorted([*faults, *more], key=lambda fault: fault.number))


def write(name: str, events: Iterable[OwnEvent], *, at: datetime) -> bytes:
    """Write a calendar for a person's own programs. at: when it was written."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Medicus//rota//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", name)
    for each in events:
        event = Event()
        event.add("UID", each.uid)
        event.add("DTSTAMP", at)
        event.add("SUMMARY", each.summary)
        event.add("LOCATION", each.location)
        event.add("DTSTART", each.starts_at)
        event.add("DTEND", each.ends_at)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _parse(content: bytes) -> Any:
    if len(content) > LARGEST_BYTES:
        raise Invalid(errors={"file": _("The file is larger than one megabyte.")})
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(b"BEGIN:VCALENDAR"):
        raise Invalid(errors={"file": _("This is no calendar file (iCalendar, .ics).")})
    try:
        return Calendar.from_ical(content.lstrip(b"\xef\xbb\xbf \r\n\t").decode("utf-8", errors="replace"))
    except (ValueError, IndexError, KeyError, TypeError):
        raise Invalid(errors={"file": _("This calendar file is damaged: it cannot be read.")}) from None


def _wrong(event: Any, at: datetime) -> str:
    """Why an event cannot be expanded or used at all; empty where nothing is wrong."""
    if event.errors:
        return _("A part of it cannot be read.")
    if "DTSTART" not in event or isinstance(event["DTSTART"], list):
        return _("It has no beginning.")
    if isinstance(event.get("DTEND"), list) or isinstance(event.get("DURATION"), list):
        return _("It has several ends.")
    begin = event["DTSTART"].dt
    if isinstance(begin, datetime) and "DTEND" not in event and "DURATION" not in event:
        return _("It has no end.")
    return _wrong_rule(event, begin, at)


def _wrong_rule(event: Any, begin: date | datetime, at: datetime) -> str:
    if "RDATE" in event or "EXRULE" in event:
        return _("It repeats on listed days, which cannot be read. Please export single events.")
    rule = event.get("RRULE")
    if rule is None:
        return ""
    if isinstance(rule, list) or set(rule) - RULE_PARTS or set(rule.get("FREQ", [""])) - FREQUENCIES:
        return _(
            "It repeats by a rule that cannot be read: only daily and weekly. Please export single events."
        )
    interval = rule.get("INTERVAL", [1])[0]
    if interval < 1 or (rule["FREQ"] == ["DAILY"] and "BYDAY" in rule):
        return _(
            "It repeats by a rule that cannot be read: only daily and weekly. Please export single events."
        )
    if _instant(begin) < at - OLDEST_RULE:
        return _("It has been repeating for more than ten years. Please export single events.")
    return ""


def _most(event: Any, at: datetime) -> int:
    """At most so many occurrences, without expanding them."""
    rule = event.get("RRULE")
    if rule is None:
        return 1
    ends = _instant(rule["UNTIL"][0]) if "UNTIL" in rule else at + AHEAD
    days = max(0, (min(ends, at + AHEAD) - max(_instant(event["DTSTART"].dt), at)).days)
    each = days if rule["FREQ"] == ["DAILY"] else (days // 7 + 1) * len(rule.get("BYDAY", [1]))
    found = each // rule.get("INTERVAL", [1])[0] + 1
    return int(min(found, rule["COUNT"][0]) if "COUNT" in rule else found)


def _too_many() -> str:
    return _("This would be more than 1,000 shifts. Please export a shorter time.")


def _occurrences(calendar: Any, at: datetime) -> tuple[list[CalendarEvent], list[Fault]]:
    found: list[CalendarEvent] = []
    faults: list[Fault] = []
    try:
        query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True)
        components = query.between(at, at + AHEAD)
        found = [_event(component) for component in components]
    except Invalid as error:
        raise Invalid(errors={"file": error.detail}) from None
    except (ValueError, OverflowError, TypeError, KeyError, AttributeError):
        raise Invalid(errors={"file": _("This calendar file is damaged: it cannot be read.")}) from None
    if len(found) > MOST_SHIFTS:
        raise Invalid(errors={"file": _too_many()})
    there = {event.number for event in found}
    for component in calendar.walk("VEVENT"):
        number = int(component[NUMBER])
        if number not in there and "RRULE" not in component:
            faults.append(_fault(number, component, _out_of_reach(component, at)))
    return sorted(found, key=lambda event: (event.starts_at, event.number)), faults


def _out_of_reach(component: Any, at: datetime) -> str:
    return (
        _("It is over already.")
        if _instant(component["DTSTART"].dt) < at
        else _("It lies more than a year ahead.")
    )


def _event(component: Any) -> CalendarEvent:
    begin = component["DTSTART"].dt
    end = component["DTEND"].dt if "DTEND" in component else begin + component["DURATION"].dt
    return CalendarEvent(
        number=int(component[NUMBER]),
        summary=_summary(component),
        emails=tuple(dict.fromkeys(_emails(component))),
        starts_at=_instant(begin),
        ends_at=_instant(end),
    )


def _instant(value: date | datetime) -> datetime:
    """In UTC, as times of one zone are compared by what the clock shows. A whole day from its first instant on; a time
    without a zone in that of the service."""
    if not isinstance(value, datetime):
        return begin_of(value).astimezone(UTC)
    return value.astimezone(UTC) if value.tzinfo is not None else instant(value)


def _emails(component: Any) -> Iterator[str]:
    for name in ("ATTENDEE", "ORGANIZER"):
        given = component.get(name, [])
        for address in given if isinstance(given, list) else [given]:
            text = str(address).strip().lower()
            yield text.removeprefix("mailto:")


def _summary(component: Any) -> str:
    return str(component.get("SUMMARY", "")).strip()[:200]


def _fault(number: int, component: Any, reason: str) -> Fault:
    return Fault(number, _summary(component), _begins(component), reason)


def _begins(component: Any) -> str:
    try:
        begin = getattr(component.get("DTSTART"), "dt", "")
    except BrokenCalendarProperty:
        return ""
    return begin.isoformat(" ")[:16] if isinstance(begin, datetime) else str(begin)
