"""/api/v1/findings/<id>/file and /preview: bytes of a finding, as they came in, whole or a range (RFC 9110).

Decrypted piece by piece while they go out: no plaintext stays in memory or on a disk. A plain Django view,
for DRF would buffer; the middleware has let nobody in who is not signed in.
"""

import uuid
from collections.abc import AsyncIterator, Iterator

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_safe

from identity.access import actor_of
from medicus.lib import problems
from storage import actions
from storage.documents import SUFFIXES
from storage.ranges import RangeNotSatisfiable
from storage.uploads.raw import in_thread


@require_safe
def finding_file(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponseBase:
    """The file, byte for byte what was uploaded: an image as DICOM, a document under its own type."""
    try:
        opened = actions.open_file(
            by=actor_of(request), finding_id=finding_id, range_header=request.headers.get("Range", "")
        )
    except RangeNotSatisfiable as error:
        return _not_satisfiable(error)
    pieces = _pieces(request, opened.pieces) if request.method == "GET" else ()
    answer = StreamingHttpResponse(
        pieces,
        status=opened.wanted.status,
        content_type=opened.media_type,
        headers=opened.wanted.headers,
    )
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{finding_id}.{SUFFIXES.get(opened.media_type, "bin")}"'
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _not_satisfiable(error: RangeNotSatisfiable) -> HttpResponse:
    answer = problems.response(error)
    for name, value in error.headers.items():
        answer.headers[name] = value
    return answer


def _pieces(request: HttpRequest, pieces: Iterator[bytes]) -> Iterator[bytes] | AsyncIterator[bytes]:
    """As the server wants them: ASGI would read an ordinary iterator to its end before the first byte."""
    return _in_threads(pieces) if isinstance(request, ASGIRequest) else pieces


async def _in_threads(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await in_thread(next, pieces, b""):
        yield piece


@require_GET
def finding_preview(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    """The small picture for lists, as PNG."""
    picture = actions.open_preview(by=actor_of(request), finding_id=finding_id)
    return HttpResponse(picture, "image/png")
