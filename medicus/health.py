"""Health of this process (live) and of what it needs (ready), for proxies and orchestrators."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from identity.access import public


@public
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "live"})


@public
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": False}, status=503)
    return JsonResponse({"status": "ready", "database": True})
