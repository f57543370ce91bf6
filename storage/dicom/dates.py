"""Days and instants as DICOM writes them (PS3.5 table 6.2-1: DA, TM; PS3.3 C.12.1.1.8 for the offset)."""

import re
from datetime import date, datetime, timedelta, timezone, tzinfo

DAY = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(\.\d{1,6})?")
OFFSET = re.compile(r"([+-])(\d{2})(\d{2})")


def as_day(text: str) -> date | None:
    """The day of a DA, also in the old form with dots; None where it is none."""
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def as_instant(day: str, time: str, offset: str, *, local: tzinfo) -> datetime | None:
    """The instant of a DA and a TM; None without a time.

    offset: Timezone Offset From UTC (0008,0201); `local` where the file does not say it."""
    on, found = as_day(day), TIME.fullmatch(time)
    if on is None or found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    try:
        return datetime(
            on.year, on.month, on.day, hour, minute, min(second, 59), tzinfo=_zone(offset) or local
        )
    except ValueError:
        return None


def _zone(offset: str) -> timezone | None:
    found = OFFSET.fullmatch(offset)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    span = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        return timezone(-span if sign == "-" else span)
    except ValueError:
        return None
