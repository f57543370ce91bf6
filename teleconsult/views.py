"""The pages of `teleconsult`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.access import actor_of
from teleconsult.actions import open_work_list


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person who has just arrived."""
    return render(request, "teleconsult/home.html", {"work": open_work_list(by=actor_of(request))})
