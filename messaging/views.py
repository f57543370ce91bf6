"""The pages of conversations: shells for the island that reads and writes them in the browser."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from identity import access as identity
from identity.access import actor_of, for_patients
from medicus.lib.actor import Role
from medicus.lib.errors import NotFound
from messaging import actions


@for_patients
@require_safe
def conversations(request: HttpRequest, group_id: uuid.UUID | None = None) -> HttpResponse:
    """All conversations, or one. The page is the same for all: the server knows no title and no text."""
    if actor_of(request).has(Role.PATIENT):
        return _own_messages(request)
    return render(request, "messaging/conversations.html", {"group_id": group_id, "new": False})


def _own_messages(request: HttpRequest) -> HttpResponse:
    """A patient's messages. What setting up a browser means is said before it begins, once per person."""
    by = actor_of(request)
    fresh = identity.current_identity_key(by=by) is None
    context = {
        "explain": fresh and "begin" not in request.GET,
        "kit_since": None if fresh else identity.recovery_kit_since(by=by),
        "fresh": fresh,
    }
    return render(request, "messaging/own_messages.html", context)


@require_safe
def new_conversation(request: HttpRequest) -> HttpResponse:
    """The same shell, open at a new conversation; `?person=` says with whom, `?patient=` with which patient."""
    if "patient" in request.GET:
        return _to_patient(request)
    return render(
        request, "messaging/conversations.html", {"group_id": None, "new": True, "invited": _invited(request)}
    )


def _to_patient(request: HttpRequest) -> HttpResponse:
    """What is there already opens instead; why nothing can begin stands in the folder.

    Raises:
        NotFound: no patient whose folder the actor opens.
    """
    try:
        patient_id = uuid.UUID(request.GET["patient"])
    except ValueError as error:
        raise NotFound from error
    found = actions.look_at_correspondence(by=actor_of(request), patient_id=patient_id)
    if len(found.open_ones) == 1:
        return redirect("messaging:conversation", found.open_ones[0].group_id)
    if found.open_ones or not found.reachable:
        return redirect(f"{reverse('storage:patient', args=[patient_id])}#correspondence")
    context = {"group_id": None, "new": True, "patient": found, "patient_id": patient_id}
    return render(request, "messaging/conversations.html", context)


def _invited(request: HttpRequest) -> identity.DirectoryEntry | None:
    """The person of the address as the directory shows them to this actor; nobody for all others."""
    try:
        person_id = uuid.UUID(request.GET.get("person", ""))
        person = identity.person(person_id)
    except (ValueError, NotFound):
        return None
    name = f"{person.given_name} {person.family_name}"
    found = identity.directory(by=actor_of(request), sought=identity.Sought(query=name)).results
    return next((entry for entry in found if entry.person_id == person_id), None)
