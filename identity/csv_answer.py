"""A list as a file, for pages and the API alike."""

from collections.abc import Iterable

from django.http import HttpResponse

from medicus.lib.clock import now


def csv_file(lines: Iterable[str], name: str) -> HttpResponse:
    """Answer with the lines of a CSV file that a browser saves under this name and the day."""
    return HttpResponse(
        "".join(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="medicus-{name}-{now():%Y-%m-%d}.csv"'},
    )
