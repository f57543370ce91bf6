"""The pages of conversations: shells for the island that reads and writes them in the browser."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity import access as identity
from medicus.lib.errors import NotFound


@require_safe
def conversations(request: HttpRequest, group_id: uuid.UUID | None = None) -> HttpResponse:
    """All conversations, or one. The page is the same for all: the server knows no title and no text."""
    return render(request, "messaging/conversations.html", {"group_id": group_id, "new": False})


@require_safe
def new_conversation(request: HttpRequest) -> HttpResponse:
    """The same shell, open at a new conversation; `?person=` says with whom."""
    invited = _invited(request)
    return render(
        request, "messaging/conversations.html", {"group_id": None, "new": True, "invited": invited}
    )


def _invited(request: HttpRequest) -> identity.DirectoryEntry | None:
    """The person of the address as the directory shows them to this actor; nobody for all others."""
    try:
        person_id = uuid.UUID(request.GET.get("person", ""))
        person = identity.person(person_id)
    except (ValueError, NotFound):
        return None
    name = f"{person.given_name} {person.family_name}"
    found = identity.directory(by=identity.actor_of(request), sought=identity.Sought(query=name)).results
    return next((entry for entry in found if entry.person_id == person_id), None)
