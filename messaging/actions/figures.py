"""Counting for the figures of the administration, in the background."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Length
from django.utils import timezone

from identity.days import begin_of, end_of, first_day
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from messaging.models import Entry, Group
from messaging.models_figures import MessagingDay
from messaging.states import EntryKind


def count_recent_days(*, by: Actor) -> None:
    """Count today and yesterday anew; the first time, every day that there was.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    if not MessagingDay.objects.exists():
        _count(_days_with_groups())
        return
    today = timezone.localdate(now())
    _count([today - timedelta(days=1), today])


def count_all_days(*, by: Actor) -> None:
    """Count every day anew of which something is stored: messages expire.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    storing = MessagingDay.objects.filter(stored_bytes__gt=0).order_by("on")
    _count(list(storing.values_list("on", flat=True).distinct()))


def _days_with_groups() -> list[date]:
    """Since the first group was made."""
    begins = Group.objects.aggregate(first=Min("created_at"))["first"]
    if begins is None:
        return []
    first, last = first_day(begins), timezone.localdate(now())
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


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
