"""The page on which a person sets another password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from identity import actions
from identity.access import actor_of
from identity.forms import NewPasswordForm
from identity.views.account import to_account
from identity.views.answers import get_or_post
from medicus.lib.errors import Invalid
from medicus.lib.freshness import require_fresh


@sensitive_post_parameters("password", "again")
@get_or_post
def password(request: HttpRequest) -> HttpResponse:
    """Set another password; all other sessions end. The second factor is asked for before anything is typed."""
    require_fresh(actor_of(request))
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        try:
            actions.change_password(
                by=actor_of(request), session=request.session, password=form.cleaned_data["password"]
            )
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("The new password holds. All your other sessions are ended."))
            return to_account()
    return render(request, "identity/password.html", {"form": form}, status=400 if form.errors else 200)
