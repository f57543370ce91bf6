"""What keeps signed-in people from everything until they fulfil a policy of their organisation, and leads them there."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from identity import access
from identity.access import SignedIn
from identity.policies import permits
from identity.refusals import NetworkNotPermitted, PasskeyRequired
from identity.states import Way
from identity.views.answers import client_address
from medicus.lib import problems

ADDING = frozenset({"identity:passkey-add", "identity:passkey-registration"})


def hold(request: HttpRequest, found: SignedIn) -> HttpResponse | None:
    """Refuse what a policy refuses; None: nothing does."""
    address = client_address(request)
    if not permits(found.policy.networks, address):
        told = _("Your organisation permits work from its own networks only. Your address is %(address)s.")
        return problems.answer(request, NetworkNotPermitted(told % {"address": address}))
    if not found.wants_passkey:
        return None
    adds = _may_add(found)
    if adds and request.resolver_match and request.resolver_match.view_name in ADDING:
        return None
    if problems.wants_json(request):
        return problems.response(PasskeyRequired(_("Your organisation demands a passkey.")))
    if adds:
        return HttpResponseRedirect(reverse("identity:passkey-add"))
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{reverse('identity:confirm')}?{query}")


def must_show_passkey(request: HttpRequest) -> bool:
    """Whether only a passkey that the person has gets them on."""
    found = access.signed_in_of(request)
    return found is not None and found.wants_passkey and not _may_add(found)


def _may_add(found: SignedIn) -> bool:
    """Who has no passkey adds one; so does who has lost it, after a recovery code."""
    return found.session.way == Way.RECOVERY_CODE or not access.own_passkeys(by=found.actor)
