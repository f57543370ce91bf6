"""The page of legal holds, for administrators."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity import access as identity
from identity.access import actor_of
from medicus.lib.actor import Actor
from medicus.lib.errors import Conflict, Invalid
from messaging import access, actions
from messaging.forms import HoldForm, LiftForm


@require_http_methods(["GET", "POST"])
def holds(request: HttpRequest) -> HttpResponse:
    """All legal holds of the organisation, with the form that places one."""
    by = actor_of(request)
    if request.method != "POST":
        return _page(request, by, HoldForm())
    access.holds(by=by)
    form = HoldForm(request.POST)
    if form.is_valid():
        try:
            actions.place_hold(
                by=by, reason=form.cleaned_data["reason"], **_named(by, form.cleaned_data["what"])
            )
        except (Invalid, Conflict) as error:
            form.take(error)
        else:
            messages.success(request, _("The legal hold is in force."))
            return redirect("messaging:holds")
    return _page(request, by, form, status=400)


@require_POST
def lift(request: HttpRequest, hold_id: uuid.UUID) -> HttpResponse:
    """Lift one."""
    by = actor_of(request)
    access.own_hold(by=by, hold_id=hold_id)
    form = LiftForm(request.POST)
    if form.is_valid():
        actions.lift_hold(by=by, hold_id=hold_id, reason=form.cleaned_data["reason"])
        messages.success(request, _("The legal hold is lifted."))
        return redirect("messaging:holds")
    return _page(request, by, HoldForm(), lifting=(hold_id, form), status=400)


def _named(by: Actor, what: str) -> dict[str, uuid.UUID]:
    """What the one field of the form means.

    Raises:
        Invalid: neither a number nor the address of somebody here.
    """
    try:
        return {"group_id": uuid.UUID(what.strip())}
    except ValueError:
        found = identity.staff(by=by, wanted=identity.Wanted(query=what.strip())).results
    people = {entry.person_id for entry in found if entry.email.casefold() == what.strip().casefold()}
    if len(people) != 1:
        raise Invalid(
            errors={"what": _("This is no number of a conversation, and nobody here has this address.")}
        )
    return {"person_id": people.pop()}


def _page(
    request: HttpRequest,
    by: Actor,
    form: HoldForm,
    *,
    lifting: tuple[uuid.UUID, LiftForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    cards = access.holds(by=by)
    lasting = [
        (
            card,
            lifting[1] if lifting and lifting[0] == card.hold_id else LiftForm(auto_id=f"{card.hold_id}-%s"),
        )
        for card in cards
        if card.lifted_at is None
    ]
    lifted = [card for card in cards if card.lifted_at is not None]
    context = {"form": form, "lasting": lasting, "lifted": lifted}
    return render(request, "messaging/holds.html", context, status=status)
