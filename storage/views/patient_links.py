"""The page on which clinicians let a patient sign in; and what patients do with their own shares."""

import uuid
from collections.abc import Callable
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity import mail
from identity.access import actor_of, for_patients
from identity.forms import PlainForm
from medicus.lib.errors import Conflict, Invalid
from storage import access, actions
from storage.patient_link_forms import DocumentForm, InvitePatientForm, ReasonForm


@require_GET
def sign_in(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Where a patient's own access stands, and what can be done about it."""
    return _page(request, patient_id)


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Make a link and a code, and show both, once."""
    form = InvitePatientForm(request.POST or None)
    if request.method != "POST":
        return _page(request, patient_id)
    if not form.is_valid():
        return _page(request, patient_id, invite=form)
    try:
        made = actions.invite_to_record(
            by=actor_of(request), patient_id=patient_id, language=get_language() or "de", **form.cleaned_data
        )
    except (Invalid, Conflict) as error:
        form.take(error)
        return _page(request, patient_id, invite=form)
    link = mail.patient_link_of(made.token)
    context = {
        "folder": actions.open_patient_folder(by=actor_of(request), patient_id=patient_id),
        "link": link,
        "qr": segno.make(link, error="m").svg_data_uri(scale=4, border=2),
        "code": made.code,
        "expires_at": made.invitation.expires_at,
        "mailed": form.cleaned_data["email"] if mail.is_configured() else "",
    }
    return render(request, "storage/patient_invited.html", context)


@require_POST
def withdraw(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Withdraw the invitation that nobody has taken up."""
    actions.withdraw_invitation(by=actor_of(request), patient_id=patient_id)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("storage:patient-sign-in", patient_id)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The patient was here with an identity document."""
    done = _("The identity is noted as checked in person.")
    return _act(
        request, patient_id, name="confirm", kind=DocumentForm, action=actions.confirm_patient, done=done
    )


@require_http_methods(["GET", "POST"])
def unconfirm(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Take the check in person back."""
    done = _("The check in person is taken back.")
    return _act(
        request,
        patient_id,
        name="unconfirm",
        kind=ReasonForm,
        action=actions.withdraw_confirmation,
        done=done,
    )


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """End the patient's own access."""
    done = _("The patient's own access has ended.")
    return _act(
        request, patient_id, name="end", kind=ReasonForm, action=actions.end_patient_access, done=done
    )


@for_patients
@require_POST
def revoke_own(request: HttpRequest, share_id: uuid.UUID) -> HttpResponse:
    """A patient ends the sharing of one of their findings, at once."""
    ended = actions.revoke_own_share(by=actor_of(request), share_id=share_id)
    messages.success(request, _("%(name)s has no access any more.") % {"name": ended.recipient})
    return redirect("/#shares")


def _act(
    request: HttpRequest,
    patient_id: uuid.UUID,
    *,
    name: str,
    kind: type[PlainForm],
    action: Callable[..., None],
    done: str,
) -> HttpResponse:
    """Do what one form asks for. The page with its errors stands at its address, and people load it again."""
    if request.method != "POST":
        return _page(request, patient_id)
    form = kind(request.POST)
    if not form.is_valid():
        return _page(request, patient_id, **{name: form})
    try:
        action(by=actor_of(request), patient_id=patient_id, **form.cleaned_data)
    except (Invalid, Conflict) as error:
        form.take(error)
        return _page(request, patient_id, **{name: form})
    messages.success(request, done)
    return redirect("storage:patient-sign-in", patient_id)


def _page(request: HttpRequest, patient_id: uuid.UUID, **bound: PlainForm) -> HttpResponse:
    by = actor_of(request)
    context: dict[str, Any] = {
        "folder": actions.open_patient_folder(by=by, patient_id=patient_id),
        "standing": access.sign_in_standing(by=by, patient_id=patient_id),
        "invite": InvitePatientForm(auto_id="invite_%s"),
        "confirm": DocumentForm(auto_id="confirm_%s"),
        "unconfirm": ReasonForm(auto_id="unconfirm_%s"),
        "end": ReasonForm(auto_id="end_%s"),
    }
    status = Invalid.status if bound else 200
    return render(request, "storage/patient_sign_in.html", context | bound, status=status)
