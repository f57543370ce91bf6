"""Health of this process (live) and of what it needs (ready), for proxies and orchestrators."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from identity.access import public
from storage.objects.probe import probe


@public
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "live"})


@public
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. Without the object store the service still answers, messages and
    all: that is 200 as well, but `degraded`."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        away = {"status": "unavailable", "database": False}
        return JsonResponse(away, status=503, headers={"Retry-After": "5"})
    has_store = probe.answers()
    status = "ready" if has_store else "degraded"
    return JsonResponse({"status": status, "database": True, "store": has_store})
