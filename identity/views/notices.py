"""The answers to a notice of a sign-in from a new browser."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from identity import actions
from identity.access import actor_of
from identity.views.answers import next_address


@require_POST
def mine(request: HttpRequest, sign_in_id: uuid.UUID) -> HttpResponse:
    """It was me."""
    actions.confirm_sign_in(by=actor_of(request), session=request.session, sign_in_id=sign_in_id)
    return HttpResponseRedirect(next_address(request))


@require_POST
def not_mine(request: HttpRequest, sign_in_id: uuid.UUID) -> HttpResponse:
    """It was not me: everything but this session ends, and a new password is asked for."""
    actions.dispute_sign_in(by=actor_of(request), session=request.session, sign_in_id=sign_in_id)
    told = _(
        "That session and all others but this one are ended, and your administrators can see it. "
        "Please choose a new password now, and look through your passkeys and devices."
    )
    messages.warning(request, told)
    return HttpResponseRedirect(reverse("identity:password"))
