"""The API keys of an organisation, for its administrators."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from identity import access, actions
from identity.access import actor_of
from identity.api_key_forms import ApiKeyForm
from identity.views.answers import get_or_post
from medicus.lib.actor import Scope
from medicus.lib.errors import Invalid


@get_or_post
def api_keys(request: HttpRequest) -> HttpResponse:
    """All keys, with the form for a new one."""
    by = actor_of(request)
    organisation_id = access.administered(by=by)
    form = ApiKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_api_key(by=by, organisation_id=organisation_id, **form.key())
        except Invalid as error:
            form.take(error)
        else:
            return _shown_once(request, made)
    context = {"form": form, "keys": access.api_keys(by=by)}
    return render(request, "identity/api_keys.html", context, status=400 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, api_key_id: uuid.UUID) -> HttpResponse:
    """End one at once."""
    revoked = actions.revoke_api_key(by=actor_of(request), api_key_id=api_key_id)
    messages.success(request, _("%(name)s opens nothing any more.") % {"name": revoked.name})
    return redirect("identity:api-keys")


def _shown_once(request: HttpRequest, made: actions.MadeKey) -> HttpResponse:
    """Show a key, here and nowhere else: it is not kept, neither in a session nor in a message."""
    provisions = Scope.SCIM in made.key.scopes
    context = {
        "key": access.card_of_key(made.key),
        "token": made.token,
        "scim_address": f"{settings.ORIGIN}/scim/v2" if provisions else "",
    }
    return render(request, "identity/api_key_made.html", context)
