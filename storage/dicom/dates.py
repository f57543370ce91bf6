"""Days and times as DICOM writes them (PS3.5 table 6.2-1: DA, TM).

A time is the one that the clock of the device's hospital showed, and stays so wherever it is read: a radiologist looks
for "the CT of 07:27". Timezone Offset From UTC (0008,0201) says which instant that was; it shifts nothing (PS3.3
C.12.1.1.8)."""

import re
from datetime import date, time

DAY = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(\.\d{1,6})?")


def as_day(text: str) -> date | None:
    """The day of a DA, also in the old form with dots; None where it is none."""
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def as_time(text: str) -> time | None:
    """The time of a TM to the second, also in the old form with colons; None where it is none."""
    found = TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    try:
        return time(hour, minute, min(second, 59))
    except ValueError:
        return None
