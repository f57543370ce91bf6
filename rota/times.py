"""Times of day as people write them, in the time zone of the service; the database keeps instants.

Twice a year a clock is set: the hour that it jumps over does not exist, and of an hour that comes twice the first is
meant. A week later is the same time of day, however many hours that are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from identity.days import begin_of
from medicus.lib.errors import Invalid


def instant(local: datetime) -> datetime:
    """The instant of a time of day without a zone.

    Raises:
        Invalid: the clock jumps over it.
    """
    aware = local.replace(tzinfo=timezone.get_default_timezone(), fold=0)
    found = aware.astimezone(UTC)
    if found.astimezone(timezone.get_default_timezone()).replace(tzinfo=None) != local.replace(fold=0):
        raise Invalid(_("On this day the clock jumps over this time. Please choose another one."))
    return found


def weekly(starts_at: datetime, ends_at: datetime, *, weeks: int) -> Iterator[tuple[datetime, datetime]]:
    """A time and the same time of day in each of the weeks that follow.

    Raises:
        Invalid: one of them falls into an hour that the clock jumps over.
    """
    first, last = _local(starts_at), _local(ends_at)
    yield starts_at, ends_at
    for week in range(1, weeks + 1):
        later = timedelta(weeks=week)
        yield instant(first + later), instant(last + later)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def bounds_of_day(day: date) -> tuple[datetime, datetime]:
    """The first instant of a day and of the next: 23, 24 or 25 hours."""
    return begin_of(day), begin_of(day + timedelta(days=1))


def _local(at: datetime) -> datetime:
    return timezone.localtime(at).replace(tzinfo=None)
