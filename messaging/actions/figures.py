"""Counting for the figures of the administration, in the background."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import Length
from django.utils import timezone

from identity.days import begin_of, end_of, first_day
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from messaging.models import Entry, Group
from messaging.models_figures import MessagingDay
from messaging.states import EntryKind


def count_recent_days(*, by: Actor) -> None:
    """Count yesterday and today anew, and what no run has come to: all days from the last one that was counted, and the
    first time from the first group on.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    today = timezone.localdate(now())
    since = _first_uncounted(today - timedelta(days=1))
    if since is not None:
        _count([since + timedelta(days=place) for place in range((today - since).days + 1)])


def count_all_days(*, by: Actor) -> None:
    """Count every day anew of which something is stored: messages expire.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    storing = MessagingDay.objects.filter(stored_bytes__gt=0).order_by("on")
    _count(list(storing.values_list("on", flat=True).distinct()))


def _first_uncounted(yesterday: date) -> date | None:
    """Days are counted in order: whatever comes after the last row had no messages, or was not counted."""
    last: date | None = MessagingDay.objects.aggregate(last=Max("on"))["last"]
    if last is not None:
        return min(last, yesterday)
    begins: datetime | None = Group.objects.aggregate(first=Min("created_at"))["first"]
    return first_day(begins) if begins else None


def _count(days: Collection[date]) -> None:
    """One statement a day: each is short, however much there is."""
    for on in days:
        MessagingDay.objects.bulk_create(
            _counted(on),
            update_conflicts=True,
            unique_fields=["organisation", "on"],
            update_fields=["messages", "stored_bytes", "counted_at"],
        )


def _counted(on: date) -> Iterable[MessagingDay]:
    of_day = Entry.objects.filter(at__gte=begin_of(on), at__lt=end_of(on))
    rows = of_day.values("device__organisation").annotate(
        messages=Count("seq", filter=Q(kind=EntryKind.APPLICATION.value)), stored_bytes=Sum(Length("body"))
    )
    return [
        MessagingDay(
            organisation_id=row["device__organisation"],
            on=on,
            messages=row["messages"],
            stored_bytes=row["stored_bytes"],
            counted_at=now(),
        )
        for row in rows
    ]
