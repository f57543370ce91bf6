"""The policies of an organisation, for its administrators."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from identity import access, actions
from identity.access import PolicyCard, actor_of
from identity.administration_forms import PolicyForm
from identity.policies import PolicyName
from identity.views.answers import client_address, get_or_post
from medicus.lib.errors import Invalid


@get_or_post
def policies(request: HttpRequest) -> HttpResponse:
    """All policies, each with a form of its own."""
    by = actor_of(request)
    cards = access.policies(by=by)
    if request.method != "POST":
        return _page(request, cards)
    card = next((card for card in cards if card.name == request.POST.get("name")), None)
    if card is None:
        raise Invalid(_("Please choose one of these."))
    form = PolicyForm(request.POST, policy=card)
    value = _wanted(request, form, card.name)
    if "default" not in request.POST and not form.is_valid():
        return _page(request, cards, form)
    try:
        actions.change_policies(
            by=by,
            organisation_id=access.administered(by=by),
            values={card.name: value},
            address=client_address(request),
        )
    except Invalid as error:
        form.take(error)
        return _page(request, cards, form)
    messages.success(request, _("Saved: %(policy)s.") % {"policy": card.title})
    return redirect("identity:policies")


def _wanted(request: HttpRequest, form: PolicyForm, name: PolicyName) -> Any:
    """What was chosen; None is the default."""
    return form.cleaned_data[name] if "default" not in request.POST and form.is_valid() else None


def _page(request: HttpRequest, cards: list[PolicyCard], wrong: PolicyForm | None = None) -> HttpResponse:
    shown = []
    for card in cards:
        mine = wrong is not None and card.name in wrong.fields
        shown.append((card, wrong if mine else PolicyForm(policy=card)))
    context = {"policies": shown, "form": wrong, "address": client_address(request)}
    return render(request, "identity/policies.html", context, status=400 if wrong else 200)
