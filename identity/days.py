"""Validity in whole days, both included, in the time zone of the service; the database keeps instants."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def begin_of(day: date) -> datetime:
    """The first instant of a day."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """The first instant after a day: a validity "until" a day holds before it."""
    return begin_of(day + timedelta(days=1))


def first_day(begins: datetime) -> date:
    """The day on which a validity begins."""
    return timezone.localdate(begins)


def last_day(ends: datetime) -> date:
    """The last day on which a validity that ends at an instant still holds."""
    return timezone.localdate(ends - timedelta(microseconds=1))
