"""The pages of the log."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit import access, actions, fhir, keys
from audit.forms import AccessLogForm, ExportForm, FilterForm, PatientNumberForm
from audit.requests import actor_of, proof_file
from medicus.lib import clock
from medicus.lib.errors import Invalid, NotFound

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
        "others": _others(request),
        "seal": access.seal_state(),
        "key": keys.signer().verifier.vkey(),
    }
    return render(request, "audit/events.html", context, status=status)


def _others(request: HttpRequest) -> str:
    """The filter but for the person, and from the first page on: what a person's name leads to."""
    rest = request.GET.copy()
    for name in ("person", "before"):
        rest.pop(name, None)
    return rest.urlencode()


@require_http_methods(["GET", "POST"])
def find_access_log(request: HttpRequest) -> HttpResponse:
    """Lead from a patient's number, which never stands in an address, to who looked at their data."""
    access.require_officer(by=actor_of(request))
    form = PatientNumberForm(request.POST or None)
    if form.is_valid():
        try:
            found = access.patient_numbered(by=actor_of(request), number=form.cleaned_data["number"])
            return redirect("audit:access-log", found)
        except NotFound:
            form.add_error("number", _("No patient of your organisation has this number."))
    status = Invalid.status if form.errors else 200
    return render(request, "audit/find_access_log.html", {"form": form}, status=status)


@require_GET
def access_log(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Who looked at one patient's data, for the hospital's officer to answer the patient."""
    form = AccessLogForm(request.GET)
    try:
        wanted, status = form.wanted(), 200
    except Invalid as invalid:
        wanted, status = access.Period(), invalid.status
    log = actions.read_access_log(by=actor_of(request), patient_id=patient_id, period=wanted)
    context = {"form": form, "log": log, "filtered": wanted != access.Period(), "now": clock.now()}
    return render(request, "audit/access_log.html", context, status=status)


@require_GET
def proof(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """One event of the admin's own organisation with its proof, as a file."""
    return proof_file(actions.prove(by=actor_of(request), event_id=event_id), event_id)


@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The events of the admin's own organisation: the sealed ones as a file that proves itself, or in FHIR."""
    form = ExportForm(request.POST)
    since, until = form.period()
    if form.as_fhir():
        lines = fhir.lines(
            actions.export_rows(by=actor_of(request), since=since, until=until), settings.ORIGIN
        )
        return _download(request, lines, fhir.NDJSON, "medicus-audit-fhir")
    lines = actions.export(by=actor_of(request), since=since, until=until)
    return _download(request, lines, "application/x-ndjson", "medicus-audit")


def _download(
    request: HttpRequest, lines: Iterator[bytes], content_type: str, name: str
) -> StreamingHttpResponse:
    content = _asynchronously(lines) if isinstance(request, ASGIRequest) else lines
    return StreamingHttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}-{clock.now():%Y-%m-%d}.ndjson"'},
    )


async def _asynchronously(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read the database in the request's thread, some lines at a time."""
    while chunk := b"".join(await sync_to_async(lambda: list(islice(lines, LINES_AT_ONCE)))()):
        yield chunk
