"""One way to write a day and an instant, on every page: nobody takes a month for a day."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

AT = datetime(2004, 1, 19, 13, 27)  # noqa: DTZ001 - as a device's clock showed it
NAMED = re.compile(r'(?:\|date:|\|time:|now )"([^"]+)"')
#: Weekdays, a day alone, and seconds; whatever has a day and a month in it has a name.
PLAIN = {"l", "D", "j", "H:i:s"}


def written(template: str, language: str) -> str:
    with translation.override(language):
        return Template(template).render(Context({"at": AT, "day": date(1950, 9, 3)}))


@pytest.mark.parametrize(
    ("language", "instant", "day"),
    [("de", "19.01.2004, 13:27", "03.09.1950"), ("en", "19 Jan 2004, 13:27", "3 Sep 1950")],
)
def test_days_and_instants(language: str, instant: str, day: str) -> None:
    assert written('{{ at|date:"SHORT_DATETIME_FORMAT" }}', language) == instant
    assert written('{{ day|date:"SHORT_DATE_FORMAT" }}', language) == day


def test_no_page_has_a_format_of_its_own() -> None:
    pages = Path(settings.BASE_DIR).glob("*/templates/**/*.html")
    formats = {name for page in pages for name in NAMED.findall(page.read_text())}
    assert "SHORT_DATE_FORMAT" in formats, "the pattern finds nothing any more"
    assert {name for name in formats - PLAIN if not name.endswith("_FORMAT")} == set()
