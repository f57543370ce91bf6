"""The pages of the log."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from audit import access, actions, keys
from audit.forms import FilterForm, PeriodForm
from audit.requests import actor_of
from medicus.lib import clock
from medicus.lib.errors import Invalid

LINES_AT_ONCE = 200


@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """The events of the admin's own organisation, the newest first."""
    form = FilterForm(request.GET)
    try:
        wanted, status = form.wanted(), 200
    except Invalid as invalid:
        wanted, status = access.Wanted(), invalid.status
    page = actions.read_events(by=actor_of(request), wanted=wanted)
    form.offer(page.people)
    context = {
        "form": form,
        "page": page,
        "filtered": wanted != access.Wanted(),
        "seal": access.seal_state(),
        "key": keys.signer().verifier.vkey(),
    }
    return render(request, "audit/events.html", context, status=status)


@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The sealed events of the admin's own organisation as a file that proves itself."""
    since, until = PeriodForm(request.POST).period()
    lines = actions.export(by=actor_of(request), since=since, until=until)
    content = _asynchronously(lines) if isinstance(request, ASGIRequest) else lines
    return StreamingHttpResponse(
        content,
        content_type="application/x-ndjson",
        headers={
            "Content-Disposition": f'attachment; filename="medicus-audit-{clock.now():%Y-%m-%d}.ndjson"'
        },
    )


async def _asynchronously(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read the database in the request's thread, some lines at a time."""
    while chunk := b"".join(await sync_to_async(lambda: list(islice(lines, LINES_AT_ONCE)))()):
        yield chunk
