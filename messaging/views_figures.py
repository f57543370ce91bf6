"""The page of messaging in figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity import plot
from identity.access import actor_of
from messaging import access


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How much the organisation writes and stores, and which of its devices nobody uses."""
    found = access.messaging_figures(by=actor_of(request))
    context = {
        "figures": found,
        "columns": plot.columns([day.messages for day in found.days]),
        "columns_width": plot.STEP * len(found.days),
        "plot_height": plot.HEIGHT,
    }
    return render(request, "messaging/figures.html", context)
