"""The people of an organisation, for its administrators."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from identity import access, actions, mail
from identity.access import actor_of
from identity.access.offboarding import sheets_of
from identity.access.staff import staff_membership
from identity.administration_forms import InviteForm, PlaceForm, StaffFilterForm, place_of
from identity.views.answers import get_or_post
from medicus.lib.errors import Conflict, Invalid


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the organisation, found by name, function, department and state."""
    by = actor_of(request)
    form = StaffFilterForm(request.GET, departments=access.departments(by=by))
    wanted = form.wanted()
    found = access.staff(by=by, wanted=wanted, page=form.wanted_page)
    kept = {
        name: request.GET[name] for name in ("q", "function", "department", "only") if request.GET.get(name)
    }
    context = {
        "form": form,
        "found": found,
        "searched": wanted != access.Wanted(),
        "kept": kept,
    }
    return render(request, "identity/people.html", context)


@get_or_post
def person(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """One person's place in the organisation, and what an administrator does with it."""
    by = actor_of(request)
    file = access.staff_file(by=by, membership_id=membership_id)
    options: dict[str, Any] = {"initial": place_of(file.entry), "departments": access.departments(by=by)}
    if request.method != "POST":
        return _page(request, file, PlaceForm(**options))
    form = PlaceForm(request.POST, **options)
    if form.is_valid():
        begins = staff_membership(by=by, membership_id=membership_id).valid_from
        try:
            actions.change_membership(by=by, membership_id=membership_id, **form.place(begins=begins))
        except (Invalid, Conflict) as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("identity:person", membership_id)
    return _page(request, file, form)


@get_or_post
def invite(request: HttpRequest) -> HttpResponse:
    """Add a person, and show the link with which they begin."""
    by = actor_of(request)
    options: dict[str, Any] = {
        "departments": access.departments(by=by),
        "initial": {"valid_from": localdate()},
    }
    form = InviteForm(request.POST or None, **options)
    if request.method == "POST" and form.is_valid():
        try:
            invited = actions.invite_person(
                by=by, organisation_id=access.administered(by=by), **form.person(), **form.place()
            )
        except (Invalid, Conflict) as error:
            form.take(error)
        else:
            return _link(request, invited)
    return render(request, "identity/invite.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
def invite_again(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Make a new link in place of the one before."""
    return _link(request, actions.invite_again(by=actor_of(request), membership_id=membership_id))


@require_POST
def reset_password(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Forget a password, and show the link with which another is set."""
    return _link(request, actions.reset_password(by=actor_of(request), membership_id=membership_id))


@require_POST
def revoke_invitation(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Withdraw a link."""
    actions.revoke_invitation(by=actor_of(request), membership_id=membership_id)
    messages.success(request, _("The link does not work any more."))
    return redirect("identity:person", membership_id)


@require_POST
def deactivate(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Close the organisation to a person."""
    membership = actions.deactivate_membership(by=actor_of(request), membership_id=membership_id)
    messages.success(request, _("%(name)s has no access any more.") % {"name": membership.person.name})
    return redirect("identity:person", membership_id)


@require_POST
def reactivate(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Open the organisation to a person again."""
    membership = actions.reactivate_membership(by=actor_of(request), membership_id=membership_id)
    messages.success(request, _("%(name)s has access again.") % {"name": membership.person.name})
    return redirect("identity:person", membership_id)


@require_POST
def reset_second_factor(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Make room for another second factor, after a check at the desk of who asks."""
    by = actor_of(request)
    membership = staff_membership(by=by, membership_id=membership_id)
    actions.reset_second_factor(by=by, person_id=membership.person_id)
    messages.success(
        request,
        _("%(name)s sets up a new second factor at the next sign-in.") % {"name": membership.person.name},
    )
    return redirect("identity:person", membership_id)


@require_POST
def reset_identity_key(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Make room for another identity key of somebody who has lost every device, after a check at the desk of who asks."""
    by = actor_of(request)
    membership = staff_membership(by=by, membership_id=membership_id)
    which = {"person_id": membership.person_id, "organisation_id": membership.organisation_id}
    actions.reset_identity_key(by=by, **which)
    messages.success(
        request,
        _("%(name)s gets a new key at the next sign-in. Others see that it is new.")
        % {"name": membership.person.name},
    )
    return redirect("identity:person", membership_id)


@get_or_post
def revoke_device(request: HttpRequest, device_id: uuid.UUID) -> HttpResponse:
    """Ask whether a device of somebody is to be revoked for ever; then do it."""
    by = actor_of(request)
    device = access.staff_device(by=by, device_id=device_id)
    if request.method != "POST":
        return render(request, "identity/staff_device_revoke.html", {"device": device})
    actions.revoke_device(by=by, device_id=device_id)
    messages.success(request, _("The device is revoked."))
    return redirect("identity:person", membership_id=device.membership_id)


def _link(request: HttpRequest, invited: actions.Invited) -> HttpResponse:
    """Show a link, here and nowhere else: it is not kept, neither in a session nor in a message."""
    file = access.staff_file(by=actor_of(request), membership_id=invited.invitation.membership_id)
    context = {
        "entry": file.entry,
        "link": mail.link_of(invited.token),
        "expires_at": invited.invitation.expires_at,
        "mailed": mail.is_configured(),
    }
    return render(request, "identity/invited.html", context)


def _page(request: HttpRequest, file: access.StaffFile, form: PlaceForm) -> HttpResponse:
    sheets = sheets_of(by=actor_of(request), membership_id=file.entry.membership_id)
    context = {
        "sheets": sheets,
        "offboarded": any(sheet.undone_at is None for sheet in sheets),
        "file": file,
        "entry": file.entry,
        "has_password": file.has_password,
        "provider_account": access.provider_account_of(
            by=actor_of(request), membership_id=file.entry.membership_id
        ),
        "has_identity_key": access.has_identity_key(
            by=actor_of(request), membership_id=file.entry.membership_id
        ),
        "form": form,
        "statement": access.statement(by=actor_of(request), membership_id=file.entry.membership_id),
        "invitation": access.latest_invitation(by=actor_of(request), membership_id=file.entry.membership_id),
    }
    return render(request, "identity/person.html", context, status=400 if form.errors else 200)
