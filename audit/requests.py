"""What a request carries for us, set by the middleware above, and files that both doors answer with."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from medicus.lib.actor import Actor
from medicus.lib.errors import Unauthenticated


def actor_of(request: HttpRequest | Request) -> Actor:
    """Who acts.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise Unauthenticated
    return actor


def proof_file(content: bytes, event_id: UUID) -> HttpResponse:
    """A proof (C2SP tlog-proof) as a download."""
    name = f"medicus-audit-{event_id}.tlog-proof"
    return HttpResponse(
        content,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
